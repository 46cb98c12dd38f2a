import { isDeferred } from "@pgkeep/core";
import type { BackupPlanArgs, BackupPlanCopyArgs, BackupPlanRuleArgs, BackupVaultArgs } from "./BackupPlanArgs.js";
import { BackupVaultLockMode } from "./BackupPlanArgs.js";
import { backupPresetRules } from "./backupPresets.js";

/** What a rule does where nothing is said. */
export const RULE_DEFAULTS = { startWindowMinutes: 60, completionWindowMinutes: 1440, timeZone: "UTC" } as const;

/** The rules that are declared, those of a preset among them. */
export function declaredRules({ rules, preset, destinations = [] }: BackupPlanArgs): BackupPlanRuleArgs[] {
  if (rules !== undefined) return rules;
  return preset === undefined
    ? []
    : backupPresetRules(
        preset,
        destinations.map(({ name }) => name),
      );
}

/** A rule as far as its values are known. */
export interface KnownRule {
  name: string;
  continuous: boolean;
  schedule: string | undefined;
  timeZone: string | undefined;
  retentionDays: number | undefined;
  coldStorageAfterDays: number | undefined;
  startWindowMinutes: number | undefined;
  completionWindowMinutes: number | undefined;
  copies: KnownCopy[];
}

export interface KnownCopy {
  to: string;
  retentionDays: number | undefined;
  coldStorageAfterDays: number | undefined;
}

export function knownRule(rule: BackupPlanRuleArgs, timeZone: unknown): KnownRule {
  return {
    name: rule.name,
    continuous: rule.continuous ?? false,
    schedule: known<string>(rule.schedule),
    timeZone: known<string>(rule.timeZone ?? timeZone ?? RULE_DEFAULTS.timeZone),
    retentionDays: known<number>(rule.retentionDays),
    coldStorageAfterDays: known<number>(rule.coldStorageAfterDays),
    startWindowMinutes: known<number>(rule.startWindowMinutes ?? RULE_DEFAULTS.startWindowMinutes),
    completionWindowMinutes: known<number>(rule.completionWindowMinutes ?? RULE_DEFAULTS.completionWindowMinutes),
    copies: (rule.copies ?? []).map((copy) => knownCopy(copy, rule)),
  };
}

function knownCopy(copy: BackupPlanCopyArgs, rule: BackupPlanRuleArgs): KnownCopy {
  return {
    to: copy.to,
    retentionDays: known<number>(copy.retentionDays ?? rule.retentionDays),
    coldStorageAfterDays: known<number>(copy.coldStorageAfterDays),
  };
}

/** A value that need not be waited for. */
export function known<Value>(value: unknown): Value | undefined {
  return isDeferred(value) ? undefined : (value as Value | undefined);
}

/** An own vault's lock as AWS Backup means it: without days to think it is one of governance mode. */
export function lockOf({ lock = {}, unlocked }: BackupVaultArgs) {
  if (unlocked === true) return undefined;
  const { mode = BackupVaultLockMode.Governance, ...limits } = lock;
  return { compliance: mode === BackupVaultLockMode.Compliance, ...limits };
}
