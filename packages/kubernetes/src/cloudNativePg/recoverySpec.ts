import type * as pulumi from "@pulumi/pulumi";
import type { CnpgRecoveryArgs } from "./CnpgRecoveryArgs.js";
import { BARMAN_PLUGIN, clusterPlugin } from "./cnpgSpecs.js";

/** The arguments once everything is known. */
export type KnownCnpgRecovery = pulumi.Unwrap<CnpgRecoveryArgs>;

/** What a Cluster calls the one that it comes from. */
const ORIGIN = "origin";

/** The parts of a Cluster's spec (postgresql.cnpg.io/v1) that count when it is made, and never again. */
export function recoveryParts({ source, targetTime, backupId, database, owner }: KnownCnpgRecovery) {
  const target = given({ targetTime, backupID: backupId });
  return {
    bootstrap: {
      recovery: { source: ORIGIN, ...given({ database, owner }), ...(Object.keys(target).length === 0 ? {} : { recoveryTarget: target }) },
    },
    externalClusters: [
      {
        name: ORIGIN,
        plugin: { name: BARMAN_PLUGIN, parameters: { barmanObjectName: source.objectStoreName, serverName: source.serverName } },
      },
    ],
  };
}

/** The others, which change in place. */
export function lastingParts({ instances = 1, imageName, storageSize, storageClass, walStorageSize, archive }: KnownCnpgRecovery) {
  const inClass = given({ storageClass });
  return {
    instances,
    ...given({ imageName }),
    storage: { size: storageSize, ...inClass },
    ...(walStorageSize === undefined ? {} : { walStorage: { size: walStorageSize, ...inClass } }),
    ...(archive === undefined ? {} : { plugins: [clusterPlugin(archive.objectStoreName, archive.serverName)] }),
  };
}

/** The whole declaration in sentences, one a line, the surprising ones first: the engine shows three lines, of 150 characters each. */
export function describeRecovery(clusterName: string, args: KnownCnpgRecovery): string {
  const { namespace, source, targetTime, archive, imageName, instances = 1, storageSize, protect = true, awaitReady = false } = args;
  return [
    `recovers ${source.serverName} of the ObjectStore ${source.objectStoreName} ${targetTime === undefined ? "to the newest WAL there is" : `to ${targetTime}`} into a new Cluster, ${clusterName} in ${namespace}`,
    "the Cluster that was backed up is not touched; source, time and backup count once: a change later does nothing, another clusterName recovers anew",
    archive === undefined
      ? "the new Cluster archives NO WAL and has no backups: for a look or a drill; give archive to keep it"
      : `the new Cluster archives its WAL as ${archive.serverName} of the ObjectStore ${archive.objectStoreName}; it needs a CnpgBackup of its own`,
    "passwords are new: Secrets are in no backup",
    imageName === undefined
      ? "PostgreSQL: the operator's default image, which must be of the major version that was backed up"
      : `PostgreSQL: ${imageName}`,
    `${instances} ${instances === 1 ? "instance" : "instances"} of ${storageSize}`,
    awaitReady
      ? "a deployment waits until it is ready, at most 24 hours"
      : "a deployment does not wait: whether it was recovered, kubectl get cluster tells",
    protect ? "protected: a destroy is refused until protect: false is deployed" : "NOT protected: a destroy deletes its data",
  ].join("\n");
}

function given(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
