import { type AgentConfig, planRetention, type RetentionCandidate } from "@pgkeep/core";
import type { ListedRecoveryPoint } from "../manifest/history.js";
import { provenAt } from "../manifest/readDrills.js";

/** Which recovery points a copy of all of them takes, newest first, and which not, with the reason. */
export interface CopyChoice {
  copy: string[];
  left: { id: string; reason: string }[];
}

/**
 * Everything that is missing at the far end, the newest first, since it is worth most; except what is being removed here, and what the copy's own retention would remove
 * again at once, which would otherwise be copied and removed for ever.
 */
export function chooseRecoveryPoints(
  here: readonly ListedRecoveryPoint[],
  there: readonly ListedRecoveryPoint[],
  { policy, timeZone, now }: { policy: NonNullable<AgentConfig["retention"]> | undefined; timeZone: string; now: Date },
): CopyChoice {
  const known = new Set(there.map(({ id }) => id));
  const missing = here.filter(({ id }) => !known.has(id));
  const going = policy ? goingAt([...there, ...missing], policy, timeZone, now) : new Map<string, string>();
  const choice: CopyChoice = { copy: [], left: [] };
  for (const { id, removing } of missing.toReversed()) {
    const reason = removing ? "its removal has begun" : going.get(id);
    if (reason === undefined) choice.copy.push(id);
    else choice.left.push({ id, reason });
  }
  return choice;
}

function goingAt(
  points: readonly ListedRecoveryPoint[],
  policy: NonNullable<AgentConfig["retention"]>,
  timeZone: string,
  now: Date,
): Map<string, string> {
  const { remove, withheld } = planRetention(points.map(candidateOf), policy, { now, timeZone });
  return new Map([...remove, ...withheld].map(({ id, reason }) => [id, `the copy's retention would let it go: ${reason}`]));
}

function candidateOf({ id, slot, good, pinned, removing, drills }: ListedRecoveryPoint): RetentionCandidate {
  return { id, slot, good, provenAt: provenAt(drills), pinned, inUse: false, removing, unreadable: null };
}
