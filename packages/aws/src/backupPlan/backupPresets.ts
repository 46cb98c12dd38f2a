import { BackupPlanPreset, type BackupPlanRuleArgs } from "./BackupPlanArgs.js";

const DAILY: BackupPlanRuleArgs = { name: "daily", schedule: "0 2 * * *", retentionDays: 30 };

const PRESETS: Record<BackupPlanPreset, BackupPlanRuleArgs[]> = {
  [BackupPlanPreset.Staging]: [{ ...DAILY, retentionDays: 7 }],
  // At the same time on purpose: of rules that overlap AWS Backup takes one backup, for the longer retention, and so none twice.
  [BackupPlanPreset.Production]: [DAILY, { name: "weekly", schedule: "0 2 * * SUN", retentionDays: 365 }],
};

/** The rules of a preset, each copied to all of the destinations named; for a program that wants to change some of them. */
export function backupPresetRules(preset: BackupPlanPreset, destinations: string[] = []): BackupPlanRuleArgs[] {
  return PRESETS[preset].map((rule) => ({ ...rule, ...(destinations.length === 0 ? {} : { copies: destinations.map((to) => ({ to })) }) }));
}
