import { counted, maintenanceBlock, type RdsWindows, weeklyWindowText } from "@pgkeep/core";
import type * as pulumi from "@pulumi/pulumi";
import { describeRestore } from "./describeRestore.js";
import { RdsBackupOwner, type RdsPeerArgs, type RdsPostgresArgs } from "./RdsPostgresArgs.js";
import { knownWindows, RDS_DEFAULTS, upgradesMinors } from "./rdsDefaults.js";
import { rdsStorage } from "./storageProblems.js";

/** The arguments with every value known, without the password, of which only that it is given is said. */
export type KnownRds = pulumi.Unwrap<Omit<RdsPostgresArgs, "masterPassword" | "tags" | "existing">> & { passwordGiven: boolean };

/**
 * The whole declaration in sentences, one a line, for whoever reviews a preview. What a destroy does comes first: where nothing is compared, as in
 * a destroy itself, the engine shows three lines of a text and no more. It cuts lines at 150 characters.
 */
export function describeRds(identifier: string, args: KnownRds): string {
  const windows = knownWindows(args.backups?.window, args.maintenanceWindow);
  return [
    describeDestroy(args),
    describeRemains(identifier, args),
    describeRecovery(args),
    describeTimes(args, windows),
    ...describeAwsBackup(args, windows),
    ...describeRestore(args.restore),
    describeServer(args),
    describeStorage(args),
    describeEncryption(args),
    ...describeConnections(args),
    ...describeMaster(args),
    describeObservation(args),
    ...describeCosts(args),
  ].join("\n");
}

function describeDestroy({ protect = true, deletionProtection = protect }: KnownRds): string {
  if (protect && deletionProtection) return "destroy: refused by Pulumi (protect) and by RDS (deletion protection)";
  if (protect)
    return "destroy: refused by Pulumi (protect); RDS itself would DELETE the instance for whoever asks (deletion protection is off)";
  return deletionProtection ? "destroy: refused by RDS (deletion protection), not by Pulumi" : "destroy: DELETES the instance";
}

function describeRemains(identifier: string, { finalSnapshot = true, keepAutomatedBackups = true, backups }: KnownRds): string {
  const kept = keepAutomatedBackups && backups?.unprotected !== true;
  const remains = [
    ...(finalSnapshot ? [`a final snapshot (${identifier}-final-…) until somebody deletes it`] : []),
    ...(kept ? ["automated backups for the rest of their retention"] : []),
  ];
  return remains.length === 0 ? "after a deletion: NOTHING stays, neither snapshot nor backups" : `after a deletion: ${remains.join(", ")}`;
}

function describeRecovery({ backups }: KnownRds): string {
  const days = backups?.retentionDays ?? RDS_DEFAULTS.retentionDays;
  if (backups?.owner === RdsBackupOwner.AwsBackup) {
    return `recovery: retention and backup window belong to AWS Backup; a new instance keeps ${counted(days, "day")} until that has begun`;
  }
  return days === 0
    ? "recovery: NONE: there are no automated backups, and no way back to any point in time (unprotected)"
    : `recovery: to any second of the last ${counted(days, "day")}; about 5 minutes of changes can be lost (RPO)`;
}

function describeTimes({ backups, applyImmediately = false }: KnownRds, { backup, maintenance }: RdsWindows): string {
  const waits = applyImmediately ? "changes are made at once" : "changes that need a restart wait for it";
  const owned = backups?.owner === RdsBackupOwner.AwsBackup ? "backup window by AWS Backup" : `backup window ${backup} UTC each day`;
  const daily = backups?.unprotected === true ? "no backup window" : owned;
  return `times: ${daily}; maintenance ${maintenance} UTC, ${waits}`;
}

function describeAwsBackup({ backups }: KnownRds, { maintenance }: RdsWindows): string[] {
  const block = backups?.owner === RdsBackupOwner.AwsBackup ? maintenanceBlock(maintenance) : undefined;
  return block === undefined ? [] : [`times: AWS Backup begins nothing in ${weeklyWindowText(block)} UTC, maintenance and the hour before`];
}

function describeServer({ engineVersion = "", instanceClass, multiAz = true, ...args }: KnownRds): string {
  const minors = upgradesMinors({ engineVersion, ...args }) ? "minor upgrades by AWS" : "no upgrades by AWS";
  const majors = args.allowMajorVersionUpgrade ? "; a higher MAJOR may be deployed" : "";
  const zones = multiAz ? "a standby in another zone" : "ONE zone, no standby";
  return `server: PostgreSQL ${engineVersion} (${minors}${majors}), ${instanceClass}, ${zones}`;
}

function describeStorage({ storage }: KnownRds): string {
  const { kind, allocated, maximum, iops, throughput } = rdsStorage(storage);
  const bought = [
    ...(iops === undefined ? [] : [`${iops} operations a second`]),
    ...(throughput === undefined ? [] : [`${throughput} MiB a second`]),
  ];
  const growth = maximum === 0 ? "does not grow by itself" : `grows by itself to ${maximum} GiB`;
  return [`storage: ${allocated} GiB of ${kind}`, ...bought, growth, "never shrinks"].join(", ");
}

function describeEncryption({ encryption = {} }: KnownRds): string {
  const { kmsKeyArn, rotationDays, deletionWindowDays, deleteKeyOnDestroy = false } = encryption;
  if (kmsKeyArn !== undefined) return `encryption: key ${kmsKeyArn} (at creation only)`;
  const after = deleteKeyOnDestroy
    ? `a destroy DELETES it after ${counted(deletionWindowDays ?? RDS_DEFAULTS.deletionWindowDays, "day")}, and snapshots with it`
    : "a destroy leaves it, for the snapshots need it";
  return `encryption: a KMS key of its own, rotated every ${rotationDays ?? RDS_DEFAULTS.rotationDays} days; ${after}`;
}

function describeConnections({ network, parameters, port, iamAuthentication = true }: KnownRds): string[] {
  const tls =
    parameters?.groupName === undefined ? "TLS enforced" : `TLS as parameter group ${parameters.groupName} has it (not looked at)`;
  const logins = iamAuthentication ? "passwords and IAM" : "passwords, no IAM";
  return [
    `connections: ${tls}, port ${port ?? RDS_DEFAULTS.port}, logins by ${logins}, no public address`,
    ...(network?.clients ?? []).map((peer) => `connections: from ${peer.name} (${peerText(peer)})`),
    ...(network?.clients?.length ? [] : ["connections: from nobody, unless the security group has other rules"]),
    ...(network?.destinations ?? []).map((peer) => `connections: to ${peer.name} (${peerText(peer)}), port ${peer.port}`),
  ];
}

function peerText({ securityGroupId, cidrIpv4, cidrIpv6, prefixListId }: pulumi.Unwrap<RdsPeerArgs>): string {
  return [securityGroupId, cidrIpv4, cidrIpv6, prefixListId].find((text) => text !== undefined) ?? "";
}

function describeMaster({ masterUsername, databaseName, passwordGiven }: KnownRds): string[] {
  const password = passwordGiven
    ? "password given, in the state as a secret"
    : "password by RDS in Secrets Manager, rotated every 7 days, gone with the instance";
  return [
    `master user: ${masterUsername ?? RDS_DEFAULTS.masterUsername} (at creation only), ${password}`,
    ...(databaseName === undefined ? [] : [`first database: ${databaseName} (at creation only)`]),
  ];
}

function describeObservation({ logs, performanceInsightsDays = RDS_DEFAULTS.performanceInsightsDays }: KnownRds): string {
  const exports = logs?.exports ?? RDS_DEFAULTS.logExports;
  const kept =
    exports.length === 0 ? "none exported" : `${exports.join(", ")} for ${logs?.retentionDays ?? RDS_DEFAULTS.logRetentionDays} days`;
  const insights = performanceInsightsDays === 0 ? "off" : `for ${performanceInsightsDays} days`;
  return `logs: ${kept}; Performance Insights ${insights}`;
}

function describeCosts({ multiAz = true, performanceInsightsDays = 7, encryption, finalSnapshot = true, backups }: KnownRds): string[] {
  return [
    ...(multiAz ? ["cost: the standby doubles instance and storage"] : []),
    ...(backups?.unprotected === true ? [] : ["cost: backups beyond the size of all your databases' storage in the Region"]),
    ...(performanceInsightsDays > 7 ? ["cost: Performance Insights beyond 7 days, by vCPU"] : []),
    ...(encryption?.kmsKeyArn === undefined ? ["cost: the KMS key, each month"] : []),
    ...(finalSnapshot ? ["cost: after a deletion the final snapshot, until somebody deletes it"] : []),
  ];
}
