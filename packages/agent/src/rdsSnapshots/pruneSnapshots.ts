import { planSnapshotPruning, type SnapshotPlan, type SnapshotRules } from "@pgkeep/core";
import type { Reporter } from "../reporter.js";
import type { RdsSnapshots } from "./RdsSnapshots.js";

/** What there is, and what a pruning would do. */
export interface SnapshotSurvey {
  region: string;
  tag: SnapshotRules["tag"];
  keep: number;
  /** In milliseconds. */
  olderThan: number | null;
  plan: SnapshotPlan;
  /** All manual snapshots of the Region and account, which AWS limits. */
  manual: number;
}

/** What a pruning did. */
export interface SnapshotPruning extends SnapshotSurvey {
  removed: string[];
  /** Others were faster. */
  gone: string[];
  stayed: { id: string; reason: string }[];
}

/** What a pruning would do. Removes nothing. */
export async function surveySnapshots(
  snapshots: RdsSnapshots,
  rules: SnapshotRules,
  now: Date,
  signal: AbortSignal,
): Promise<SnapshotSurvey> {
  const all = await snapshots.list(signal);
  return {
    region: snapshots.region,
    tag: rules.tag,
    keep: rules.keep,
    olderThan: rules.olderThan ?? null,
    plan: planSnapshotPruning(all, rules, now),
    manual: all.filter(({ manual }) => manual).length,
  };
}

/** Removes what the plan lets go, one after another, oldest first: an interruption leaves the newer ones. */
export async function pruneSnapshots(
  snapshots: RdsSnapshots,
  survey: SnapshotSurvey,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<SnapshotPruning> {
  const result: SnapshotPruning = { ...survey, removed: [], gone: [], stayed: [] };
  const oldestFirst = [...survey.plan.remove].sort((one, other) => (one.takenAt?.getTime() ?? 0) - (other.takenAt?.getTime() ?? 0));
  for (const { id } of oldestFirst) {
    signal.throwIfAborted();
    const removal = await snapshots.remove(id, signal);
    if (removal.kind === "stays") result.stayed.push({ id, reason: removal.reason });
    else (removal.kind === "removed" ? result.removed : result.gone).push(id);
    reporter.info(removal.kind === "stays" ? `${id} stays: ${removal.reason}` : `${id} is ${removal.kind}`, { snapshot: id });
  }
  return result;
}
