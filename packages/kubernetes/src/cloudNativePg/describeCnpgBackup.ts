import { CnpgBackupMethod, CnpgBackupOwner } from "./CnpgBackupArgs.js";
import { cnpgTimes, type KnownCnpgBackup } from "./cnpgSpecs.js";

/** The whole declaration in sentences, one a line, the surprising ones first: the engine shows three lines, of 150 characters each. */
export function describeCnpgBackup(args: KnownCnpgBackup): string {
  const { clusterName, method = CnpgBackupMethod.Plugin, suspend = false, backupOwner, immediate = true } = args;
  const times = cnpgTimes(args);
  const paused = suspend ? ", SUSPENDED: no backups are made" : "";
  return [
    `CloudNativePG backs up ${clusterName} by ${args.schedule} (UTC), which it reads as ${times.emitted.schedule}${paused}`,
    ...(method === CnpgBackupMethod.Plugin ? storeLines(args) : snapshotLines(args)),
    immediate ? "the first backup is made at once" : "the first backup is made at the next time: until then nothing can be recovered",
    backupOwner === CnpgBackupOwner.Cluster
      ? "a deleted Cluster takes its Backup objects with it"
      : "Backup objects stay when the Cluster is deleted, and nothing removes them by itself",
    "good is a Backup in phase completed alone, and proven none of them: recover to another Cluster, and look",
    ...[...times.notes, ...times.emitted.notes].map((note) => `schedule: ${note}`),
  ].join("\n");
}

function storeLines({ store = {}, serverName, clusterName, protect = true }: KnownCnpgBackup): string[] {
  const { existingName, destinationPath, retentionDays = 30 } = store;
  return [
    "WAL is archived only once spec.plugins of the Cluster has the output clusterPlugins: without it backups fail",
    ...(existingName === undefined
      ? [
          `recovery to any time of the last ${retentionDays} days; the plugin removes what that does not need, within half an hour`,
          `base backups and WAL in ${destinationPath}/${serverName ?? clusterName}`,
          protect
            ? "the ObjectStore is protected: a destroy is refused until protect: false is deployed"
            : "the ObjectStore is NOT protected",
        ]
      : [`base backups and WAL by the ObjectStore ${existingName}, which exists: its own policy says how long they are kept`]),
  ];
}

function snapshotLines({ online = true }: KnownCnpgBackup): string[] {
  return [
    "snapshots are never expired, neither by CloudNativePG nor here, and WAL is not removed either: prune them",
    online
      ? "taken while PostgreSQL runs: a snapshot restores only with the WAL that was archived meanwhile"
      : "taken of a stopped instance: on a primary nobody can write meanwhile",
    "by the class that spec.backup.volumeSnapshot.className of the Cluster names; on the same storage as the volumes",
  ];
}
