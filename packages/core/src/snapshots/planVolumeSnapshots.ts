import { planRetention } from "../retention/planRetention.js";
import type { RetentionPlan } from "../retention/RetentionPlan.js";
import { judgeSnapshotSet } from "./judgeSnapshotSet.js";
import { type SnapshotSet, SnapshotVerdict, takenAt } from "./SnapshotSet.js";
import type { VolumeSnapshotConfig } from "./volumeSnapshotConfig.js";

/** What a set counts as now. */
export enum SnapshotStanding {
  Good = "good",
  /** It was good, and is not now: it counts for nothing, and nobody removes it. */
  Damaged = "damaged",
  Failed = "failed",
  /** Nobody decided yet, and its run may live. */
  Running = "running",
  Removing = "removing",
}

/** A set's standing, and why it is not good. */
export interface JudgedSnapshotSet {
  set: SnapshotSet;
  standing: SnapshotStanding;
  reason: string | null;
}

/** Which sets stay and which go, and why. Lists are oldest first. */
export interface VolumeSnapshotPlan {
  /** What the policy says of the good sets. Null without a policy: all of them stay. */
  retention: RetentionPlan | null;
  /** Failed sets beyond `keepFailed`. */
  failed: { id: string; reason: string }[];
  /** Removals that an earlier run began. */
  unfinished: string[];
}

const MINUTE = 60_000;

/** What a set counts as. */
export function standingOf(set: SnapshotSet, config: VolumeSnapshotConfig, now: Date): JudgedSnapshotSet {
  if (set.verdict === SnapshotVerdict.Removing) return { set, standing: SnapshotStanding.Removing, reason: "its removal began" };
  if (set.verdict === SnapshotVerdict.Failed) return { set, standing: SnapshotStanding.Failed, reason: set.reason };
  if (set.verdict === SnapshotVerdict.Good) {
    // How far apart they were cut was judged when they were taken; a smaller bound of today says nothing of then.
    const judged = judgeSnapshotSet(set, { maxSpread: Number.POSITIVE_INFINITY });
    if (judged.state === "good") return { set, standing: SnapshotStanding.Good, reason: null };
    const reason = `it was good, and now ${(judged.state === "wrong" ? judged.problems : judged.waitingFor).join("; ")}`;
    return { set, standing: SnapshotStanding.Damaged, reason };
  }
  // A try that follows another of the same run may take up its set.
  const longest = 2 * config.readyWithin + config.resumeWithin + 10 * MINUTE;
  if (now.getTime() - set.createdAt.getTime() <= longest) return { set, standing: SnapshotStanding.Running, reason: null };
  return { set, standing: SnapshotStanding.Failed, reason: "its run ended before anybody judged it" };
}

/**
 * Decides which sets go. The policy sees good sets alone, under the time of the storage; nothing good goes while the newest set is not good. Failed ones
 * go beyond the newest `keepFailed`, whatever the newest is, for else the storage's limits would keep the next from succeeding; but none while no set is good.
 */
export function planVolumeSnapshots(sets: readonly SnapshotSet[], config: VolumeSnapshotConfig, now: Date): VolumeSnapshotPlan {
  const judged = [...sets].sort(olderFirst).map((set) => standingOf(set, config, now));
  const of = (standing: SnapshotStanding) => judged.filter((one) => one.standing === standing);
  const failed = of(SnapshotStanding.Failed);
  const newest = judged.findLast(({ standing }) => standing !== SnapshotStanding.Running && standing !== SnapshotStanding.Removing);
  const concerns = newest?.standing === SnapshotStanding.Failed ? [`the newest set, ${newest.set.id}, failed: ${newest.reason}`] : [];
  const candidates = judged.filter(({ standing }) => standing === SnapshotStanding.Good || standing === SnapshotStanding.Damaged);
  return {
    retention:
      config.retention === undefined
        ? null
        : planRetention(
            candidates.map(({ set, standing, reason }) => ({
              id: set.id,
              slot: takenAt(set) ?? set.createdAt,
              good: true,
              provenAt: null,
              pinned: undefined,
              inUse: false,
              removing: false,
              unreadable: standing === SnapshotStanding.Damaged ? (reason ?? "") : null,
            })),
            config.retention,
            { now, timeZone: config.timeZone, concerns },
          ),
    failed:
      of(SnapshotStanding.Good).length === 0
        ? []
        : failed.slice(0, Math.max(0, failed.length - config.keepFailed)).map(({ set, reason }) => ({
            id: set.id,
            reason: `failed, and not among the newest ${config.keepFailed} of those: ${reason}`,
          })),
    unfinished: of(SnapshotStanding.Removing).map(({ set }) => set.id),
  };
}

function olderFirst(one: SnapshotSet, other: SnapshotSet): number {
  return one.createdAt.getTime() - other.createdAt.getTime() || (one.id < other.id ? -1 : 1);
}
