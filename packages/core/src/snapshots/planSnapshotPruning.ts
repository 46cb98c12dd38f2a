import { formatDuration } from "../duration.js";

/** A snapshot of a database's storage, as a service tells of it. */
export interface StorageSnapshot {
  id: string;
  /** What it is a snapshot of: the identifier of an RDS instance, for example. */
  source: string;
  /** Null while it is being taken. */
  takenAt: Date | null;
  /** By the service's own name. Only what is `available` restores. */
  status: string;
  /** Whether somebody asked for it. Others belong to a service's own retention. */
  manual: boolean;
  tags: Readonly<Record<string, string>>;
}

/** What a pruning leaves. */
export interface SnapshotRules {
  /** Only snapshots that bear it are ever removed. */
  tag: { key: string; value: string };
  /** How many of each source stay, at least 1: the newest ones that are available. */
  keep: number;
  /** In milliseconds: what is younger stays too. */
  olderThan?: number | undefined;
}

export interface PlannedSnapshot extends Pick<StorageSnapshot, "id" | "source" | "takenAt"> {
  /** Why it stays, or goes. */
  reason: string;
}

/** Which snapshots stay, and why. Newest first, by source. */
export interface SnapshotPlan {
  keep: PlannedSnapshot[];
  remove: PlannedSnapshot[];
  /** How many others there are, which bear another tag or none, or which nobody asked for: they are never touched. */
  others: number;
}

/**
 * Decides which snapshots go. Whatever the rules say, nothing goes that does not bear the tag, that nobody asked for or that is not available, and
 * the newest available one of each source stays. The result does not depend on the order of `snapshots`.
 */
export function planSnapshotPruning(
  snapshots: readonly StorageSnapshot[],
  { tag, keep, olderThan = 0 }: SnapshotRules,
  now: Date,
): SnapshotPlan {
  const least = Math.max(1, Math.floor(keep));
  const meant = snapshots.filter(({ manual, tags }) => manual && Object.hasOwn(tags, tag.key) && tags[tag.key] === tag.value);
  const plan: SnapshotPlan = { keep: [], remove: [], others: snapshots.length - meant.length };
  const ranks = new Map<string, number>();
  for (const snapshot of [...meant].sort(bySourceNewestFirst)) {
    const { id, source, takenAt, status } = snapshot;
    const planned = (reason: string) => ({ id, source, takenAt, reason });
    if (status !== "available" || takenAt === null) {
      plan.keep.push(planned(`its status is ${status}: only what is available is removed`));
      continue;
    }
    const rank = (ranks.get(source) ?? 0) + 1;
    ranks.set(source, rank);
    const age = now.getTime() - takenAt.getTime();
    if (rank === 1) plan.keep.push(planned(`the newest of ${source}`));
    else if (rank <= least) plan.keep.push(planned(`among the newest ${least} of ${source}`));
    else if (age < olderThan) plan.keep.push(planned(`younger than ${formatDuration(olderThan)}`));
    else
      plan.remove.push(
        planned(`not among the newest ${least} of ${source}${olderThan > 0 ? `, and older than ${formatDuration(olderThan)}` : ""}`),
      );
  }
  return plan;
}

function bySourceNewestFirst(one: StorageSnapshot, other: StorageSnapshot): number {
  if (one.source !== other.source) return one.source < other.source ? -1 : 1;
  const [first, second] = [one, other].map(({ takenAt }) => takenAt?.getTime() ?? Number.POSITIVE_INFINITY) as [number, number];
  if (first !== second) return first > second ? -1 : 1;
  return one.id < other.id ? 1 : -1;
}
