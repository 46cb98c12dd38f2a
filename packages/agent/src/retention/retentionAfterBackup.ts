import { type AgentConfig, ExitCode } from "@pgkeep/core";
import type { BackupResult } from "../backup/backup.js";
import { backupExit } from "../backup/backupExit.js";
import { applyRetention, type RetentionOptions } from "./applyRetention.js";
import type { RetentionResult } from "./RetentionResult.js";
import { retentionExit } from "./retentionExit.js";

/** What became of retention behind a backup. */
export type RetentionAfterBackup =
  | { kind: "applied"; result: RetentionResult }
  /** It failed; the recovery point is committed all the same. */
  | { kind: "failed"; problem: string };

/**
 * Prunes behind a backup where `retention.afterBackup` says so; undefined where it does not, or the backup is suspicious. Its failure is none of the
 * backup's, which is committed: it is told, and never thrown, unless the run was interrupted.
 */
export async function retentionAfterBackup(
  backup: Pick<BackupResult, "anomaly">,
  { config, ...options }: Omit<RetentionOptions, "policy"> & { config: AgentConfig },
): Promise<RetentionAfterBackup | undefined> {
  const policy = config.retention;
  if (policy?.afterBackup !== true || backupExit(backup) !== ExitCode.Done) return undefined;
  try {
    return { kind: "applied", result: await applyRetention({ ...options, config, policy }) };
  } catch (error) {
    if (options.signal?.aborted === true) throw error;
    const problem = (error as Error).message;
    options.reporter.warning(`the backup is committed, but retention behind it failed: ${problem}`);
    return { kind: "failed", problem };
  }
}

/** What a backup and the retention behind it end with: never an exit code that makes somebody try the backup again. */
export function backupAndRetentionExit(backup: Pick<BackupResult, "anomaly">, retention: RetentionAfterBackup | undefined): ExitCode {
  if (retention?.kind === "failed") return ExitCode.Suspicious;
  return retention && retentionExit(retention.result.plan) !== ExitCode.Done ? ExitCode.Suspicious : backupExit(backup);
}
