import { GroupSnapshotApiVersion, type SnapshotClassArgs, SnapshotDeletionPolicy } from "./SnapshotClassArgs.js";

/** What of the values the description needs. */
export interface DescribedSnapshotClass {
  driver: string;
  deletionPolicy: SnapshotDeletionPolicy;
  isDefault: boolean;
  isGroupDefault: boolean;
  usedByVelero: boolean;
}

/** The whole declaration in sentences, one a line, the surprising ones first: the engine shows three lines, of 150 characters each. */
export function describeSnapshotClass(
  described: DescribedSnapshotClass,
  { groups, protect = true }: Pick<SnapshotClassArgs, "groups" | "protect">,
): string {
  const { driver, deletionPolicy, isDefault, isGroupDefault, usedByVelero } = described;
  const groupVersion = groups?.apiVersion ?? GroupSnapshotApiVersion.V1;
  return [
    deletionPolicy === SnapshotDeletionPolicy.Retain
      ? "Retain: snapshots outlive their VolumeSnapshot and its namespace; nothing expires them but whoever prunes"
      : "Delete: whoever deletes a VolumeSnapshot, or its namespace, deletes the snapshot on the storage",
    `snapshots by ${driver}${isDefault ? ", the default class of this driver: another default one beside it stops all snapshots" : ", where a VolumeSnapshot names this class"}`,
    groups === undefined
      ? "groups: none, so volumes are cut one after another and are no consistent set by themselves"
      : `groups: several volumes at one instant, by groupsnapshot.storage.k8s.io/${groupVersion}${isGroupDefault ? ", the default class of this driver" : ""}`,
    ...(usedByVelero ? ["Velero takes its snapshots by this class, and deletes them when its backup expires, whatever is said here"] : []),
    "a change of the policy or of parameters applies to later snapshots only",
    "a snapshot lies on the same storage as its volume: pair it with dumps in a store elsewhere",
    protect
      ? "protected: a destroy, another driver and every change of the class of groups are refused until protect: false is deployed"
      : "NOT protected: a destroy deletes the classes, which the schedules that name them then miss",
  ].join("\n");
}

/** The same of classes that somebody else made. */
export function describeExistingClass(className: string, groupClassName: string | undefined): string {
  return [
    `snapshots by the class ${className}, which exists and is not managed here: its own policy decides what outlives a namespace`,
    groupClassName === undefined
      ? "groups: none"
      : `groups: several volumes at one instant by the class ${groupClassName}, which exists too`,
  ].join("\n");
}
