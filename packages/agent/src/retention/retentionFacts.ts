import { counted, formatSize } from "@pgkeep/core";
import type { JobFacts } from "../notify/notifier.js";
import type { RetentionResult } from "./RetentionResult.js";
import { retentionExit } from "./retentionExit.js";

/** What others are told of a retention run. One that stopped is told as a failure: somebody has to look. */
export function retentionFacts({ plan, removed, finished, heldByStore }: RetentionResult): JobFacts {
  const gone = [...removed, ...finished];
  const bytes = gone.reduce((sum, point) => sum + point.bytes, 0);
  const facts = { removed: gone.length, removedBytes: bytes, kept: plan.keep.length, heldByStore: heldByStore.length };
  const summary =
    plan.stopped === null
      ? `${counted(gone.length, "recovery point")} removed (${formatSize(bytes)}), ${plan.keep.length} stay`
      : `retention stopped: ${plan.stopped}`;
  return { exitCode: retentionExit(plan), summary, facts };
}
