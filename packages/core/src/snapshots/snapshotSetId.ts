import { formatRecoveryPointId, isRecoveryPointId, parseRecoveryPointId, type RecoveryPointId } from "../recoveryPointId.js";

/** Which run took a set, and at which attempt. */
export interface SnapshotSetId extends RecoveryPointId {
  /** From 1 on: an attempt whose set failed, or whose workloads came back too early, is followed by another with names of its own. */
  attempt: number;
}

/**
 * Writes the id of a set: a recovery point's in small letters, because objects of Kubernetes are named by it, and from the second attempt on its number.
 * Ids sort by time.
 */
export function formatSnapshotSetId({ attempt, ...run }: SnapshotSetId): string {
  return `${formatRecoveryPointId(run).toLowerCase()}${attempt === 1 ? "" : `-${attempt}`}`;
}

/** Reads an id; undefined where it is none. */
export function parseSnapshotSetId(text: string): SnapshotSetId | undefined {
  const [, slot = "", run = "", attempt] = /^(\d{8}t\d{6}z)-([a-z0-9]{8})(?:-([2-9]|[1-9]\d{1,2}))?$/.exec(text) ?? [];
  const id = `${slot.toUpperCase()}-${run}`;
  return isRecoveryPointId(id) ? { ...parseRecoveryPointId(id), attempt: Number(attempt ?? 1) } : undefined;
}
