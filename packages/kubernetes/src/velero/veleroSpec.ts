import { goDuration, veleroSchedule } from "@pgkeep/core";
import type * as pulumi from "@pulumi/pulumi";
import { readSchedule, type TypedSchedule } from "../typedSchedule.js";
import { type VeleroHookCommandArgs, VeleroHookError, type VeleroScheduleArgs, VeleroVolumes } from "./VeleroScheduleArgs.js";

/** The arguments once everything is known. */
export type KnownVeleroSchedule = pulumi.Unwrap<VeleroScheduleArgs>;

/** When it runs, in Velero's own words. */
export function veleroTimes({ schedule, timeZone = "UTC" }: KnownVeleroSchedule): TypedSchedule<{ schedule: string; notes: string[] }> {
  const { schedule: read } = readSchedule(schedule, timeZone, veleroSchedule);
  if (read === undefined) throw new Error(`${schedule} was judged before`);
  return read;
}

/**
 * The spec of a Schedule (velero.io/v1). `skipImmediately` is left alone, for Velero's controller writes it itself; `useOwnerReferencesInBackup` is
 * never set: backups would go with the Schedule, and come back out of the storage (vmware-tanzu/velero#4093).
 */
export function veleroSpec(args: KnownVeleroSchedule): Record<string, unknown> {
  const { volumes = VeleroVolumes.Snapshot, hooks = [], paused, matchLabels } = args;
  return {
    schedule: veleroTimes(args).emitted.schedule,
    ...given({ paused }),
    template: {
      includedNamespaces: args.includedNamespaces,
      ...given({ excludedNamespaces: args.excludedNamespaces, labelSelector: matchLabels && { matchLabels } }),
      ttl: goDuration(args.ttl ?? "30d"),
      ...given({ storageLocation: args.storageLocation }),
      snapshotVolumes: volumes !== VeleroVolumes.None,
      snapshotMoveData: volumes === VeleroVolumes.MoveData,
      // A file system that is read while a database writes to it is no backup of the database.
      defaultVolumesToFsBackup: false,
      ...given({
        csiSnapshotTimeout: args.snapshotTimeout && goDuration(args.snapshotTimeout),
        itemOperationTimeout: args.operationTimeout && goDuration(args.operationTimeout),
        volumeGroupSnapshotLabelKey: args.volumeGroupLabelKey,
      }),
      ...(hooks.length === 0 ? {} : { hooks: { resources: hooks.map(hookSpec) } }),
    },
  };
}

/** By which class each driver's volumes are snapshotted. Velero copies the annotations of a Schedule to its backups. */
export function classAnnotations({ snapshotClasses = {} }: KnownVeleroSchedule): Record<string, string> {
  return Object.fromEntries(
    Object.entries(snapshotClasses).map(([driver, className]) => [`velero.io/csi-volumesnapshot-class_${driver}`, className]),
  );
}

function hookSpec({ name, matchLabels, namespaces, before, after }: NonNullable<KnownVeleroSchedule["hooks"]>[number]) {
  return {
    name,
    ...given({ includedNamespaces: namespaces }),
    includedResources: ["pods"],
    labelSelector: { matchLabels },
    ...given({ pre: before?.map(commandSpec), post: after?.map(commandSpec) }),
  };
}

function commandSpec({ command, container, timeout = "5m", onError = VeleroHookError.Fail }: pulumi.Unwrap<VeleroHookCommandArgs>) {
  return { exec: { ...given({ container }), command, onError, timeout: goDuration(timeout) } };
}

function given(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
