import { counted, formatSize } from "@pgkeep/core";
import type { RetentionResult } from "../retention/RetentionResult.js";
import type { RetentionAfterBackup } from "../retention/retentionAfterBackup.js";
import { describeHiddenPoints } from "./describeRetentionPlan.js";

/** What retention did, for people. */
export function describeRetention(result: RetentionResult): string {
  const { plan, removed, finished, heldByStore, givenUp, leftovers, unfinishedWrites } = result;
  if (plan.stopped !== null) return `Retention stopped and removed nothing: ${plan.stopped}.`;
  const gone = [...removed, ...finished];
  const lines = [
    gone.length === 0
      ? "No recovery point was removed."
      : `Removed ${counted(gone.length, "recovery point")} (${sum(gone)}): ${gone.map(({ id }) => id).join(", ")}.`,
    `Kept ${counted(plan.keep.length, "recovery point")}.`,
  ];
  if (leftovers.length > 0) lines.push(`Removed what ${counted(leftovers.length, "run")} left that did not commit (${sum(leftovers)}).`);
  if (unfinishedWrites > 0) lines.push(`Removed ${counted(unfinishedWrites, "unfinished write")}.`);
  for (const { id, until, reason, whole } of heldByStore) {
    const end = until === null ? "until the store lets it go" : `until ${until.toISOString()}`;
    lines.push(`${whole ? id : `What is left of ${id}`} is kept ${end}: ${reason}.`);
  }
  for (const { id, reason } of givenUp) lines.push(`${id} stays after all: ${reason}.`);
  lines.push(...describeHiddenPoints(result.hidden));
  return lines.join("\n");
}

function sum(list: readonly { bytes: number }[]): string {
  return formatSize(list.reduce((total, { bytes }) => total + bytes, 0));
}

/** The lines behind those of a backup; none where it does not prune. */
export function describeRetentionAfterBackup(retention: RetentionAfterBackup | undefined): string {
  if (!retention) return "";
  const words = retention.kind === "applied" ? describeRetention(retention.result) : `Retention behind it failed: ${retention.problem}`;
  return `\n\n${words}`;
}
