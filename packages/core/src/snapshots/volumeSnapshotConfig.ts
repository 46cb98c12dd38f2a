import { z } from "zod";
import { durationSchema } from "../duration.js";
import { LONGEST_LABEL_NAME, namespaceProblem, OBJECT_NAME_FORM, objectNameProblem } from "../kubernetes/objectName.js";
import { type Refusal, refuse } from "../refuse.js";
import { retentionSchema } from "../retention/retentionConfig.js";
import { RetentionEnforcer } from "../retention/retentionRules.js";
import { timeZoneSchema } from "../schedule/timeZone.js";
import { uniqueList } from "../uniqueList.js";

/** Version of the document that this release writes and reads. */
export const VOLUME_SNAPSHOT_CONFIG_VERSION = 1;

/** The variable that holds this document in a Pod of `pgkeep snapshot take` or `pgkeep snapshot resume`. `--config FILE` names a file instead. */
export const VOLUME_SNAPSHOT_CONFIG_VARIABLE = "PGKEEP_SNAPSHOTS_YAML";

/**
 * The variable with the Pod's own UID (downward API, `metadata.uid`), beside PGKEEP_RUN_ID and PGKEEP_JOB_NAME of every Pod of the agent. By it the
 * watchdog sees at once that the run which stopped the workloads is over; without it, only by `resumeWithin`.
 */
export const POD_UID_VARIABLE = "PGKEEP_POD_UID";

/** How the volumes of a set come to be of one instant. */
export enum VolumeSnapshotMode {
  /** A VolumeGroupSnapshot: the storage cuts all volumes at one instant. Nothing is stopped. Needs a driver that can do that. */
  Group = "group",
  /** What writes is stopped, each volume is cut, and what was stopped is brought back. Any driver that takes snapshots will do. */
  Quiesce = "quiesce",
  /** One volume, cut while it is written to. */
  Single = "single",
}

/** What can be stopped for snapshots. */
export enum QuiescedKind {
  Deployment = "Deployment",
  StatefulSet = "StatefulSet",
}

/** Versions of groupsnapshot.storage.k8s.io that the agent speaks. */
export const GROUP_SNAPSHOT_VERSIONS = ["v1", "v1beta2"] as const;

/** The name of a schedule becomes part of each snapshot's, before the set's id and the claim. */
const LONGEST_NAME = 52;
const LONGEST_CLAIM = 150;

const nameSchema = (problemOf: (name: string) => string | undefined, allowed = OBJECT_NAME_FORM) =>
  z.string().superRefine((name, context) => {
    const reason = problemOf(name);
    if (reason !== undefined) refuse(context, { reason, allowed });
  });
const objectName = nameSchema((name) => objectNameProblem(name));

const settingsSchema = z.strictObject({
  version: z.literal(VOLUME_SNAPSHOT_CONFIG_VERSION).describe("Version of this document: 1."),
  name: nameSchema(
    (name) => objectNameProblem(name, LONGEST_NAME) ?? namespaceProblem(name),
    `1 to ${LONGEST_NAME} lower-case letters, digits and hyphens`,
  ).describe(
    "Name of the schedule, 1 to 52 lower-case letters, digits and hyphens. Its snapshots are known by it: with another name it has none, and the former ones are nobody's.",
  ),
  namespace: nameSchema(namespaceProblem, "lower-case letters, digits and hyphens").describe(
    "Namespace of the claims, the workloads and the snapshots.",
  ),
  mode: z.enum(VolumeSnapshotMode).describe("How the volumes come to be of one instant: group, quiesce or single."),
  claims: z
    .array(nameSchema((name) => objectNameProblem(name, LONGEST_CLAIM)))
    .min(1)
    .superRefine(uniqueList("one snapshot of a volume is enough"))
    .describe(
      "Names of the PersistentVolumeClaims of a set, all of them; in mode single one. A set with a claim too few or too many is not good.",
    ),
  snapshotClass: objectName
    .optional()
    .describe(
      "VolumeSnapshotClass of the snapshots, in modes quiesce and single. Defaults to the cluster's default class of the volumes' driver.",
    ),
  groupSnapshotClass: objectName
    .optional()
    .describe("VolumeGroupSnapshotClass, in mode group. Defaults to the cluster's default class of the volumes' driver."),
  groupApiVersion: z
    .enum(GROUP_SNAPSHOT_VERSIONS)
    .default("v1")
    .describe("Version of groupsnapshot.storage.k8s.io that the cluster serves: v1 (default) or v1beta2. Checked when a set is taken."),
  selector: z
    .record(z.string().min(1), z.string())
    .optional()
    .describe(
      "Labels that in mode group select the claims: exactly those of `claims`, which is checked before and after. They are set by whoever makes the claims.",
    ),
  workloads: z
    .array(z.strictObject({ kind: z.enum(QuiescedKind).describe("Deployment or StatefulSet."), name: objectName }))
    .default([])
    .describe(
      "What writes to the volumes, stopped in mode quiesce in this order and brought back in the opposite one: the application before its database.",
    ),
  readyWithin: durationSchema("10m", { least: "1s" }).describe(
    "How long the storage may take until a set is usable, from its creation on, 1s to 24h. A set that is not good by then is marked as failed. Defaults to 10m.",
  ),
  maxSpread: durationSchema("10s", { least: "0s" }).describe(
    "How far the times may lie apart at which the members of a group were cut, 0s to 24h: what answers the groups' API may still cut one volume after another. Defaults to 10s, since a driver may give whole seconds and tell when each was registered.",
  ),
  stoppedWithin: durationSchema("5m", { least: "1s" }).describe(
    "How long the workloads' Pods may take to end, in mode quiesce, 1s to 24h. Then nothing is taken, and they are brought back. Defaults to 5m.",
  ),
  resumeWithin: durationSchema("30m", { least: "10s" }).describe(
    "How long the workloads may be stopped at most, in mode quiesce, 10s to 24h and longer than stoppedWithin. Then they are brought back whatever the storage does, by `pgkeep snapshot resume` if the run itself does not. Defaults to 30m.",
  ),
  timeZone: timeZoneSchema()
    .default("UTC")
    .describe("IANA time zone whose days, weeks, months and years retention counts. Defaults to UTC."),
  retention: retentionSchema
    .optional()
    .describe(
      "Which good sets stay: the rules of `pgkeep.yaml`, counted by the storage's own times. Absent: all of them. A change deletes nothing by itself; the next run follows it.",
    ),
  keepFailed: z
    .int()
    .min(1)
    .max(1000)
    .default(3)
    .describe(
      "How many of the newest failed sets stay for whoever looks into them, 1 to 1000. They never count as good. The others go with the next pruning. Defaults to 3.",
    ),
  expireRetained: z
    .boolean()
    .default(false)
    .describe(
      "Whether pruning a set whose deletion policy is Retain also deletes the snapshot on the storage, by setting the policy to Delete first. Defaults to false: only the objects in the namespace go, and what is left on the storage is listed.",
    ),
});

export const volumeSnapshotConfigSchema = settingsSchema.superRefine((config, context) => {
  for (const { path, ...refusal } of MODE_RULES[config.mode](config)) refuse(context, refusal, path);
  for (const { path, ...refusal } of retentionRefusals(config)) refuse(context, refusal, path);
});

/** What a schedule of volume snapshots does, with every default in place; durations are milliseconds. */
export type VolumeSnapshotConfig = z.infer<typeof settingsSchema>;
/** The same as it is written: defaults may be left out, durations are text. */
export type VolumeSnapshotConfigInput = z.input<typeof settingsSchema>;

type PlacedRefusal = Refusal & { path: PropertyKey[] };

const MODE_RULES: Record<VolumeSnapshotMode, (config: VolumeSnapshotConfig) => PlacedRefusal[]> = {
  [VolumeSnapshotMode.Group]: (config) => [
    ...given(Object.keys(config.selector ?? {}).length === 0, "selector", {
      reason: "this is missing: the storage finds the volumes of a group by the labels of their claims",
      allowed: "labels, for example app: orders",
      next: "label the claims, and write the same labels here",
    }),
    ...Object.entries(config.selector ?? {}).flatMap(([label, value]) =>
      /^$|^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/.test(value) && value.length <= LONGEST_LABEL_NAME
        ? []
        : [{ path: ["selector", label], reason: "Kubernetes takes this for no value of a label" }],
    ),
    ...noWorkloads(config),
    ...given(config.snapshotClass !== undefined, "snapshotClass", {
      reason: "the members of a group have the group's class",
      next: "remove it, or write groupSnapshotClass",
    }),
  ],
  [VolumeSnapshotMode.Quiesce]: (config) => [
    ...given(config.workloads.length === 0, "workloads", {
      reason: "this is missing: nothing would be stopped, and volumes that are cut one after another while they are written to are no set",
      next: "name every Deployment and StatefulSet that writes to the claims, or use the mode group",
    }),
    ...config.workloads.flatMap(({ kind, name }, index) =>
      config.workloads.findIndex((other) => other.kind === kind && other.name === name) === index
        ? []
        : [{ path: ["workloads", index], reason: "this workload is named twice", next: "remove one of them" }],
    ),
    ...given(config.resumeWithin <= config.stoppedWithin, "resumeWithin", {
      reason: "this is no longer than stoppedWithin: the workloads would be brought back before anything can be cut",
      next: "make it longer, or stoppedWithin shorter",
    }),
    ...noGroup(config),
  ],
  [VolumeSnapshotMode.Single]: (config) => [
    ...given(config.claims.length > 1, "claims", {
      reason: "these are several volumes, and single snapshots of them are of different instants: PostgreSQL does not come back from that",
      allowed: "one claim in mode single",
      next: "use the mode group or quiesce, or a schedule for each claim",
    }),
    ...noWorkloads(config),
    ...noGroup(config),
  ],
};

function given(applies: boolean, property: string, refusal: Refusal): PlacedRefusal[] {
  return applies ? [{ path: [property], ...refusal }] : [];
}

function noWorkloads({ mode, workloads }: VolumeSnapshotConfig): PlacedRefusal[] {
  const reason = `nothing is stopped in mode ${mode}`;
  return given(workloads.length > 0, "workloads", { reason, next: "remove it, or use the mode quiesce" });
}

function noGroup({ mode, selector, groupSnapshotClass }: VolumeSnapshotConfig): PlacedRefusal[] {
  const reason = `there is no group in mode ${mode}`;
  return [
    ...given(selector !== undefined, "selector", { reason, next: "remove it, or use the mode group" }),
    ...given(groupSnapshotClass !== undefined, "groupSnapshotClass", { reason, next: "remove it, or write snapshotClass" }),
  ];
}

function retentionRefusals({ retention }: VolumeSnapshotConfig): PlacedRefusal[] {
  if (retention === undefined) return [];
  const refusals: (PlacedRefusal | false)[] = [
    retention.enforcedBy !== RetentionEnforcer.Agent && {
      path: ["retention", "enforcedBy"],
      reason: "nobody but the agent removes volume snapshots",
      next: "remove it",
    },
    retention.afterBackup && {
      path: ["retention", "afterBackup"],
      reason: "a run prunes behind each good set whenever there is a policy",
      next: "remove it",
    },
    retention.keepSuspicious !== undefined && {
      path: ["retention", "keepSuspicious"],
      reason: "nothing is compared in a volume snapshot, so none is suspicious",
      next: "remove it; keepFailed says how many failed sets stay",
    },
  ];
  return refusals.filter((refusal) => refusal !== false);
}
