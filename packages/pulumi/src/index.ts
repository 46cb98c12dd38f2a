// Every component, by its own name: the engine finds components among the exports of the package's entry.
export { BackupBucket, BackupPlan, RdsPostgres, RestoreTesting, ScheduledDump } from "@pgkeep/aws";
export { PostgresAccess } from "@pgkeep/postgresql";
