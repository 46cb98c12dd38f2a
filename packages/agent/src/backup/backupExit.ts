import { ExitCode } from "@pgkeep/core";
import type { BackupResult } from "./backup.js";

/** What a backup that committed ends with: a suspicious recovery point is no failure, but somebody has to look, and trying again does not help. */
export function backupExit({ anomaly }: Pick<BackupResult, "anomaly">): ExitCode {
  return anomaly.findings.length > 0 ? ExitCode.Suspicious : ExitCode.Done;
}
