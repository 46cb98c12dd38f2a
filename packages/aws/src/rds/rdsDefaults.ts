import { DEFAULT_RDS_RETENTION, parseRdsEngineVersion, type RdsWindows, settleRdsWindows } from "@pgkeep/core";
import * as pulumi from "@pulumi/pulumi";
import { RdsLogExport, type RdsPostgresArgs } from "./RdsPostgresArgs.js";

/** What arguments have that do not say otherwise. */
export const RDS_DEFAULTS = {
  port: 5432,
  masterUsername: "postgres",
  retentionDays: DEFAULT_RDS_RETENTION,
  rotationDays: 365,
  deletionWindowDays: 30,
  logExports: [RdsLogExport.Postgresql, RdsLogExport.Upgrade],
  logRetentionDays: 30,
  performanceInsightsDays: 7,
};

/** Whether AWS upgrades minors: of a major alone, unless that is turned off. */
export function upgradesMinors({
  engineVersion = "",
  autoMinorVersionUpgrade,
}: Pick<RdsPostgresArgs, "engineVersion" | "autoMinorVersionUpgrade">) {
  return autoMinorVersionUpgrade ?? parseRdsEngineVersion(engineVersion).minor === undefined;
}

/** Both windows, once what is said of them is known. */
export function rdsWindows({ backups, maintenanceWindow }: RdsPostgresArgs): pulumi.Output<RdsWindows> {
  return pulumi.all([backups?.window, maintenanceWindow]).apply(([backup, maintenance]) => knownWindows(backup, maintenance));
}

/** Both windows. That there is room for both was judged before. */
export function knownWindows(backup: string | undefined, maintenance: string | undefined): RdsWindows {
  return settleRdsWindows(backup, maintenance) as RdsWindows;
}
