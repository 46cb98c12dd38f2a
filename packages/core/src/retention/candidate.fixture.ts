import { formatRecoveryPointId } from "../recoveryPointId.js";
import type { RetentionCandidate } from "./RetentionPlan.js";

/** A good recovery point of a moment, for tests; `run` tells those of one moment apart. */
export function candidate(slot: string | Date, given: Partial<RetentionCandidate> = {}, run = "aaaaaaaa"): RetentionCandidate {
  const moment = new Date(slot);
  return {
    id: formatRecoveryPointId({ slot: moment, run }),
    slot: moment,
    good: true,
    provenAt: null,
    pinned: undefined,
    inUse: false,
    removing: false,
    unreadable: null,
    ...given,
  };
}
