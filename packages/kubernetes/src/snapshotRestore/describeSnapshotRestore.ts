import type * as pulumi from "@pulumi/pulumi";
import { RestoredVolumeMode, type SnapshotRestoreArgs } from "./SnapshotRestoreArgs.js";

/** The arguments once everything is known. */
export type KnownSnapshotRestore = pulumi.Unwrap<SnapshotRestoreArgs>;
export type KnownRestoredClaim = KnownSnapshotRestore["claims"][number];

/** A restore in sentences, one a line, the surprising ones first: the engine shows three lines, of 150 characters each. */
export function describeSnapshotRestore({ namespace, claims, awaitBound, protect = true, retainOnDelete }: KnownSnapshotRestore): string {
  const unjudged = claims.filter(({ snapshot }) => snapshot.restoreSize === undefined).map(({ claimName }) => claimName);
  return [
    ...claims.map((claim) => claimText(claim, namespace)),
    "the volumes that were cut are not touched; a snapshot counts once, when its claim is made: another one later does nothing, another claimName restores anew",
    "what comes back is what was cut, damage included; that PostgreSQL starts from it, and every table can be read, is shown by `pgkeep drill --physical` alone",
    ...(unjudged.length === 0
      ? []
      : [
          `whether ${unjudged.join(", ")} ${unjudged.length === 1 ? "is" : "are"} large enough only the storage tells: no restoreSize was given`,
        ]),
    awaitBound === true
      ? "a deployment waits until the volumes are there, at most 24 hours"
      : "a deployment does NOT wait for the volumes: a snapshot that is missing or not ready leaves its claim pending, and `kubectl describe pvc` tells",
    "a driver that takes no snapshots may make an empty volume of it: the class must be of the driver that cut it",
    protect
      ? "protected: a destroy, another class or mode are refused until protect: false is deployed"
      : `NOT protected: a destroy${retainOnDelete === true ? " leaves them in the cluster" : " deletes them, and their data with them unless their class says Retain"}`,
  ].join("\n");
}

function claimText({ claimName, snapshot, size, storageClassName, volumeMode }: KnownRestoredClaim, namespace: string): string {
  const source = snapshot.claimName === undefined ? "" : ` of ${snapshot.claimName}`;
  const mode = volumeMode === RestoredVolumeMode.Block ? ", a device" : "";
  const inClass = storageClassName === undefined ? "the default class" : `the class ${storageClassName}`;
  return `new claim ${claimName} in ${namespace}, ${size} of ${inClass}${mode}, with what the VolumeSnapshot ${snapshot.name}${source} holds`;
}
