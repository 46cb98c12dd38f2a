import { type SnapshotMember, type SnapshotSet, SnapshotVerdict } from "./SnapshotSet.js";
import { SnapshotConsistency } from "./volumeSnapshotLabels.js";

/** A snapshot as it is when all went well. */
export function memberOf(claim: string, cutAt: Date, given: Partial<SnapshotMember> = {}): SnapshotMember {
  const name = `snapshot-${claim}`;
  return {
    ...{ name, uid: `uid-${claim}`, claim, cutAt, ready: true, bound: true, error: null },
    ...{ content: `content-${claim}`, retained: false, restoreSize: "1Gi", verdict: SnapshotVerdict.Good },
    ...given,
  };
}

/** A set of two volumes, good and whole. */
export function setOf(id: string, cutAt: Date, given: Partial<SnapshotSet> = {}): SnapshotSet {
  return {
    ...{ id, claims: ["data", "wal"], group: null, members: [memberOf("data", cutAt), memberOf("wal", cutAt)] },
    ...{ verdict: SnapshotVerdict.Good, reason: null, consistency: SnapshotConsistency.Stopped, createdAt: cutAt },
    ...given,
  };
}
