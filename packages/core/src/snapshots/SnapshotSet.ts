import type { SnapshotConsistency } from "./volumeSnapshotLabels.js";

/** What was found of a set, written on its objects: what they say of themselves may change later. */
export enum SnapshotVerdict {
  Good = "good",
  Failed = "failed",
  /** Its removal began. */
  Removing = "removing",
}

/** One VolumeSnapshot of a set, with what its content tells. */
export interface SnapshotMember {
  name: string;
  uid: string;
  /** Null where the storage told of a volume that nobody knows. */
  claim: string | null;
  /** When the storage cut the volume, by its own clock. */
  cutAt: Date | null;
  ready: boolean;
  /** Whether snapshot and content name each other. Null while there is no content. */
  bound: boolean | null;
  /** The last error of the snapshotter, which goes on trying. */
  error: string | null;
  /** Name of the VolumeSnapshotContent. */
  content: string | null;
  /** Whether the snapshot stays on the storage when this object goes. Null while there is no content. */
  retained: boolean | null;
  /** Bytes that a volume made from it needs at least, as Kubernetes writes them. */
  restoreSize: string | null;
  verdict: SnapshotVerdict | null;
}

/** The VolumeGroupSnapshot of a set. Its content and error are told as those of a member. */
export interface SnapshotGroup extends Pick<SnapshotMember, "name" | "uid" | "ready" | "bound" | "error" | "content" | "retained"> {}

/** All that one run took at once, as it lies in the cluster. */
export interface SnapshotSet {
  id: string;
  /** The claims that it is to hold, as they were when it was begun. */
  claims: string[];
  /** In mode group. */
  group: SnapshotGroup | null;
  /** In the order of the claims. */
  members: SnapshotMember[];
  verdict: SnapshotVerdict | null;
  /** Why it is not good. */
  reason: string | null;
  consistency: SnapshotConsistency | null;
  /** When its first object was made, by the API server's clock. */
  createdAt: Date;
}

/** When the storage cut the first volume of a set. Null while none is cut. */
export function takenAt({ members }: Pick<SnapshotSet, "members">): Date | null {
  const times = members.flatMap(({ cutAt }) => (cutAt === null ? [] : [cutAt.getTime()]));
  return times.length === 0 ? null : new Date(Math.min(...times));
}

/** How far apart a set's volumes were cut, in milliseconds. */
export function spreadOf({ members }: Pick<SnapshotSet, "members">): number {
  const times = members.flatMap(({ cutAt }) => (cutAt === null ? [] : [cutAt.getTime()]));
  return times.length === 0 ? 0 : Math.max(...times) - Math.min(...times);
}
