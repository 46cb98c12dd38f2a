/** What the name of a VolumeSnapshot tells that a schedule took: `SCHEDULE-SET-CLAIM`. */
export interface MemberSnapshotName {
  /** Time and run of its set; of several tries of a run only one set is good. */
  run: string;
  /** What the claim may be called that it is of: two answers where a try's number may be part of either. */
  claims: string[];
}

/** Reads such a name; undefined of others, as those that a group's members have, which the controller makes up. */
export function parseMemberSnapshotName(name: string): MemberSnapshotName | undefined {
  const [, run, rest] = /^[a-z0-9-]+?-(\d{8}t\d{6}z-[0-9a-z]{8})-(.+)$/.exec(name) ?? [];
  if (run === undefined || rest === undefined) return undefined;
  const [, claim] = /^(?:[2-9]|[1-9]\d{1,2})-(.+)$/.exec(rest) ?? [];
  return { run, claims: claim === undefined ? [rest] : [rest, claim] };
}
