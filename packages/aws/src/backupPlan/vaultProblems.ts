import { type Problem, vaultLockProblems } from "@pgkeep/core";
import type { BackupVaultArgs } from "./BackupPlanArgs.js";
import { lockOf } from "./planRules.js";

/** What is wrong with an own vault. */
export function vaultProblems(where: string, vault: BackupVaultArgs | undefined, protect: boolean | undefined): Problem[] {
  if (vault === undefined) return [];
  const lock = lockOf(vault);
  const problems = lock === undefined ? [] : vaultLockProblems(`${where}.lock`, lock);
  if (vault.unlocked === true && vault.lock !== undefined) {
    problems.push({ where: `${where}.unlocked`, reason: "a lock is declared, too", next: "remove one of the two" });
  }
  if (vault.forceDestroy === true && lock !== undefined) {
    const reason = "a destroy would delete every recovery point, and the lock is there to prevent just that";
    problems.push({ where: `${where}.forceDestroy`, reason, next: "remove it, or say unlocked: true for a vault of development" });
  }
  if (vault.forceDestroy === true && protect !== false) {
    const reason = "the vault is protected, so that nothing could ever be destroyed by it";
    problems.push({ where: `${where}.forceDestroy`, reason, next: "remove it, or say protect: false for a vault of development" });
  }
  return problems;
}
