export * from "./agentConfig.js";
export { type AnomalyThresholds, anomalySchema } from "./anomaly/anomalyConfig.js";
export { type ComparedManifest, findSuspicions } from "./anomaly/findSuspicions.js";
export { AnomalyKind, type Suspicion, suspicionSchema } from "./anomaly/Suspicion.js";
export { imageDigestProblem } from "./applicationConfig.js";
export {
  type ApplicationRecord,
  BEFORE,
  type Before,
  type GitRecord,
  type ImageRecord,
  type MigrationRecord,
  type MigrationTool,
} from "./applicationRecord.js";
export * from "./arguments/argumentProblems.js";
export * from "./arguments/argumentSchema.js";
export * from "./arguments/refusedArguments.js";
export * from "./aws/ageMetric.js";
export * from "./aws/backupCopy.js";
export * from "./aws/backupNames.js";
export * from "./aws/backupRetention.js";
export * from "./aws/backupSchedule.js";
export * from "./aws/backupWindows.js";
export * from "./aws/fargate.js";
export * from "./aws/imageRepository.js";
export * from "./aws/lifecycleExpiry.js";
export * from "./aws/logRetention.js";
export * from "./aws/maintenanceBlock.js";
export * from "./aws/parseArn.js";
export { rdsEndpointRegion, regionNameProblem } from "./aws/rdsEndpoint.js";
export * from "./aws/restoreTest.js";
export * from "./aws/retentionClass.js";
export * from "./aws/secretReference.js";
export * from "./aws/vaultLock.js";
export { byteLength } from "./byteLength.js";
export * from "./canonicalJson.js";
export * from "./configurationSchema.js";
export * from "./connection.js";
export { type ConnectionConfig, connectionSchema } from "./connectionConfig.js";
export { isLoopback, isSocketFolder } from "./connectionHost.js";
export * from "./connectionUri.js";
export { counted } from "./counted.js";
export * from "./drillResult.js";
export * from "./duration.js";
export * from "./exitCode.js";
export * from "./formatAgentConfig.js";
export * from "./manifest.js";
export { NotifiedEvent, NotifiedJob } from "./notifyConfig.js";
export * from "./parseAgentConfig.js";
export * from "./parseManifest.js";
export * from "./passwordFile.js";
export { periodSchema } from "./periodConfig.js";
export * from "./problem.js";
export { propertyPath, valueAt } from "./propertyPath.js";
export * from "./recoveryPointId.js";
export { refuse } from "./refuse.js";
export * from "./resolveConnection.js";
export { parseRetentionPolicy } from "./retention/parseRetentionPolicy.js";
export { planRetention, type RetentionCircumstances } from "./retention/planRetention.js";
export type { KeptRecoveryPoint, RemovedRecoveryPoint, RetentionCandidate, RetentionPlan } from "./retention/RetentionPlan.js";
export { type RetentionPolicy, retentionSchema } from "./retention/retentionConfig.js";
export * from "./retention/retentionRules.js";
export * from "./schedule/index.js";
export { SCHEDULED_JOBS, type ScheduleConfig, type ScheduledJob, scheduleSchema } from "./scheduleConfig.js";
export { holdsSecret, isPrivateKey } from "./secretText.js";
export { isSecretVariable } from "./secretVariables.js";
export * from "./size.js";
export { SslMode } from "./sslMode.js";
export * from "./storeLayout.js";
export { STORE_URL_FORMS, storeCredentialsPlace, storeKindOf } from "./storeUrl.js";
export * from "./timeName.js";
export * from "./verdict.js";
