// Every component, by its own name: the engine finds components among the exports of the package's entry.
export {
  BackupAlarms,
  BackupBucket,
  BackupPlan,
  BackupReplication,
  PreDeploySnapshot,
  RdsPostgres,
  RestoreTesting,
  ScheduledDump,
} from "@pgkeep/aws";
export {
  BackupMonitoring,
  CnpgBackup,
  CnpgRecovery,
  DumpCronJob,
  KubernetesRestoreDrill,
  PreDeployBackup,
  RestoreJob,
  SnapshotClass,
  SnapshotRestore,
  SnapshotSchedule,
  VeleroSchedule,
} from "@pgkeep/kubernetes";
export { PostgresAccess } from "@pgkeep/postgresql";
