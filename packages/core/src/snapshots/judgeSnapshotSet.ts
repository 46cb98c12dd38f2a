import { formatDuration } from "../duration.js";
import { type SnapshotMember, type SnapshotSet, spreadOf } from "./SnapshotSet.js";
import type { VolumeSnapshotConfig } from "./volumeSnapshotConfig.js";

/** What a set is at this moment. */
export type SnapshotSetState =
  | { state: "good" }
  /** It may still become good. */
  | { state: "pending"; waitingFor: string[] }
  /** Waiting will not help. */
  | { state: "wrong"; problems: string[] };

/**
 * Whether a set is good: every claim has one snapshot and nothing else has; all are ready, bound both ways and without an error; the storage told when
 * it cut them; and those of a group were cut within `maxSpread`.
 */
export function judgeSnapshotSet(
  set: Pick<SnapshotSet, "claims" | "group" | "members">,
  { maxSpread }: Pick<VolumeSnapshotConfig, "maxSpread">,
): SnapshotSetState {
  const { claims, group, members } = set;
  const absent = claims.filter((claim) => !members.some((member) => member.claim === claim));
  // The controller makes the members before it calls the group ready, so that none comes later.
  const complete = group?.ready === true;
  const spread = spreadOf(set);
  const allCut = absent.length === 0 && members.every(({ cutAt }) => cutAt !== null);
  const problems = [
    ...members.filter(({ claim }) => claim === null || !claims.includes(claim)).map(describeExtra),
    ...claims
      .filter((claim) => members.filter((member) => member.claim === claim).length > 1)
      .map((claim) => `${claim} has several snapshots`),
    ...(complete ? absent.map((claim) => `${claim} has no snapshot in the group, which is ready without it`) : []),
    ...[...members, ...(group === null ? [] : [group])]
      .filter(({ bound }) => bound === false)
      .map(({ name, content }) => `${name} names the content ${content}, which is another's`),
    ...(group !== null && allCut && spread > maxSpread
      ? [
          `the volumes were cut ${formatDuration(spread)} apart, and ${formatDuration(maxSpread)} are allowed (maxSpread): they are of no one instant`,
        ]
      : []),
  ];
  if (problems.length > 0) return { state: "wrong", problems };
  const waitingFor = [
    ...(group === null ? [] : waitFor(group)),
    ...(complete ? [] : absent.map((claim) => `${claim} has no snapshot yet`)),
    ...members.flatMap((member) => [...waitFor(member), ...(member.cutAt === null ? [`${member.name}: no time at which it was cut`] : [])]),
  ];
  return waitingFor.length > 0 ? { state: "pending", waitingFor } : { state: "good" };
}

/** Whether the storage has cut every volume: what was stopped may then go on, although it may take long until the snapshots are ready. */
export function isCut({ claims, members }: Pick<SnapshotSet, "claims" | "members">): boolean {
  return claims.every((claim) => members.some((member) => member.claim === claim && member.cutAt !== null && member.bound === true));
}

function describeExtra({ name, claim }: SnapshotMember): string {
  return claim === null
    ? `${name} is of a volume that belongs to no claim`
    : `${name} is of the claim ${claim}, which does not belong to the set`;
}

function waitFor({ name, ready, bound, error }: Pick<SnapshotMember, "name" | "ready" | "bound" | "error">): string[] {
  if (error !== null) return [`${name}: ${error}`];
  if (bound === null) return [`${name} has no content yet`];
  return ready ? [] : [`${name} is not ready yet`];
}
