import {
  type BackupStart,
  backupsOverlap,
  MaintenanceMeeting,
  maintenanceBlock,
  meetsMaintenance,
  runIntervals,
  vaultOfArn,
} from "@pgkeep/core";
import type { KnownRule, lockOf } from "./planRules.js";
import { scheduleOf } from "./scheduleProblems.js";

/** A vault in words: given, or own with what protects its recovery points. */
export interface DescribedVault {
  /** By which the reader knows it. */
  called: string;
  given?: string;
  own?: {
    keyGiven: boolean;
    lock: ReturnType<typeof lockOf>;
    administrators: readonly string[];
    forceDestroy: boolean;
  };
}

export interface DescribedPlan {
  vault: DescribedVault;
  destinations: readonly (DescribedVault & { place: string })[];
  rules: readonly KnownRule[];
  selections: readonly { name: string; tags?: Record<string, string>; resourceArns?: readonly string[] }[];
  roleGiven: boolean;
  rds: boolean;
  protect: boolean;
  maintenanceWindow: string | undefined;
}

/** The plan in sentences, one a line, for whoever reviews a preview; what would be lost comes first. The engine cuts lines at 150 characters. */
export function describeBackupPlan(plan: DescribedPlan): string {
  const rules = plan.rules.flatMap((rule) => readRule(rule) ?? []);
  return [
    ...lossLines(rules),
    ...vaultLines(plan.vault, plan.protect),
    ...rules.flatMap((rule) => ruleLines(rule, plan)),
    ...overlapLines(rules),
    ...plan.destinations.flatMap((destination) => vaultLines(destination, plan.protect)),
    ...plan.selections.map(({ name, tags, resourceArns = [] }) =>
      tags === undefined
        ? `${name}: backs up ${resourceArns.join(", ")}`
        : `${name}: backs up each RDS instance of the Region that has ${Object.entries(tags)
            .map(([key, value]) => `${key}=${value}`)
            .join(" and ")}, later ones too`,
    ),
    plan.roleGiven ? "role: the one given" : "role: an own one, for RDS instances alone",
    "restores: none is tested by this plan; declare RestoreTesting with its vault",
    ...costLines(rules, plan),
  ].join("\n");
}

interface DescribedRule {
  rule: KnownRule;
  retentionDays: number;
  start: BackupStart;
  /** The schedule as it was written. */
  text: string;
  longest: number;
}

function readRule(rule: KnownRule): DescribedRule | undefined {
  const read = scheduleOf(rule);
  if (read === undefined || rule.retentionDays === undefined || rule.startWindowMinutes === undefined) return undefined;
  const { cron, timeZone } = read.schedule;
  return {
    rule,
    retentionDays: rule.retentionDays,
    start: { schedule: read.schedule, startWindowMinutes: rule.startWindowMinutes },
    text: `${cron.text} (${timeZone})`,
    longest: runIntervals(read.schedule).longest,
  };
}

function lossLines(rules: readonly DescribedRule[]): string[] {
  const continuous = rules.find(({ rule }) => rule.continuous);
  const snapshots = rules.filter(({ rule }) => !rule.continuous);
  const worst = snapshots.map(({ longest, start }) => longest + start.startWindowMinutes).sort((a, b) => a - b)[0];
  return [
    ...(continuous === undefined
      ? ["no point-in-time recovery by this plan: what RDS itself keeps is the instance's"]
      : [`RPO: about 5 minutes; restores to any second of the last ${days(continuous.retentionDays)}`]),
    ...(worst === undefined ? [] : [`RPO by snapshots: ${hours(worst)}, the longest time between two and the time to begin`]),
  ];
}

function ruleLines(described: DescribedRule, { destinations, maintenanceWindow }: DescribedPlan): string[] {
  const { rule, retentionDays, start, text } = described;
  const { name, continuous, coldStorageAfterDays } = rule;
  const begins = `${text}, begins within ${hours(start.startWindowMinutes)}`;
  return [
    continuous
      ? `${name}: continuous, kept ${days(retentionDays)}; brought up to date at ${begins}`
      : `${name}: a snapshot at ${begins}, kept ${days(retentionDays)}${coldStorageAfterDays ? `, in cold storage after ${days(coldStorageAfterDays)}` : ""}`,
    ...(continuous
      ? [`${name}: the instance's own retention and backup window are AWS Backup's from now on; RDS must not be told others`]
      : []),
    ...rule.copies.map((copy) => {
      const place = destinations.find(({ called }) => called === copy.to)?.place ?? "";
      const kept = copy.retentionDays === undefined ? "" : `, kept ${days(copy.retentionDays)}`;
      const cold = copy.coldStorageAfterDays ? `, in cold storage after ${days(copy.coldStorageAfterDays)}` : "";
      return `${name}: copied to ${copy.to} (${place})${kept}${cold}${continuous ? "; a snapshot there, without point-in-time recovery" : ""}`;
    }),
    ...maintenanceLines(described, maintenanceWindow),
  ];
}

function maintenanceLines({ rule: { name }, start }: DescribedRule, window: string | undefined): string[] {
  const block = maintenanceBlock(window ?? "");
  if (block === undefined) return [];
  switch (meetsMaintenance(start.schedule, start.startWindowMinutes, block)) {
    case MaintenanceMeeting.WithinStartWindow:
      return [`${name}: one that begins late can meet the maintenance window ${window} or the hour before, and fail`];
    case MaintenanceMeeting.Unavoidable:
      return [`${name}: those within the maintenance window ${window} or the hour before fail`];
    default:
      return [];
  }
}

function overlapLines(rules: readonly DescribedRule[]): string[] {
  const snapshots = rules.filter(({ rule }) => !rule.continuous);
  return snapshots.flatMap((one, index) =>
    snapshots.slice(index + 1).flatMap((other) => {
      if (!backupsOverlap(one.start, other.start)) return [];
      const longer = other.retentionDays > one.retentionDays ? other : one;
      return [
        `${one.rule.name} and ${other.rule.name} overlap: AWS Backup takes one backup then, that of ${longer.rule.name}, kept ${days(longer.retentionDays)}`,
      ];
    }),
  );
}

function vaultLines({ called, given, own }: DescribedVault, protect: boolean): string[] {
  if (own === undefined) return [`vault ${called}: ${given ?? "given"}; its lock, key and policy are its owner's`];
  const { lock, administrators } = own;
  const limits = [
    lock?.minRetentionDays === undefined ? undefined : `at least ${days(lock.minRetentionDays)}`,
    lock?.maxRetentionDays === undefined ? undefined : `at most ${days(lock.maxRetentionDays)}`,
  ].filter((limit) => limit !== undefined);
  return [
    ...(own.forceDestroy ? [`vault ${called}: a destroy DELETES every recovery point in it`] : []),
    `vault ${called}: ${lockText(lock)}`,
    ...(limits.length === 0
      ? []
      : [`vault ${called}: takes backups that are kept ${limits.join(" and ")}; jobs with another retention fail`]),
    ...(lock === undefined ? [] : [`vault ${called}: a lock that is removed here stays in place; lift it by hand`]),
    `vault ${called}: ${protect ? "protected from deletion and replacement" : "NOT protected from deletion"}; ${own.keyGiven ? "the key given" : "a key of its own"}`,
    `vault ${called}: ${administrators.length === 0 ? "nobody may" : `only ${administrators.join(", ")} may`} delete recovery points by hand`,
  ];
}

function lockText(lock: ReturnType<typeof lockOf>): string {
  if (lock === undefined) return "NOT locked: whoever may change its policy can delete every backup";
  if (!lock.compliance) return "locked in governance mode: nothing goes before its time unless the lock is lifted";
  return `locked in COMPLIANCE mode: ${days(lock.changeableForDays ?? 0)} after deployment nobody can ever lift it, not even root or AWS`;
}

function costLines(rules: readonly DescribedRule[], { rds, destinations }: DescribedPlan): string[] {
  const count = rules
    .filter(({ rule }) => !rule.continuous)
    .reduce((sum, { retentionDays, longest }) => sum + Math.max(1, Math.floor((retentionDays * 24 * 60) / longest)), 0);
  return [
    ...(count === 0
      ? []
      : [`cost: up to ${count} snapshots of each database, and as many of each copy${rds ? "; RDS has no colder, cheaper tier" : ""}`]),
    ...(destinations.length === 0
      ? []
      : ["cost: copies to another Region are billed by transfer; the first is full, later ones are incremental"]),
  ];
}

/** Where a destination is, in words. */
export function placeText(region: string | undefined, vaultArn: string | undefined): string {
  if (region !== undefined) return `another Region, ${region}`;
  const vault = vaultOfArn(vaultArn ?? "");
  return vault === undefined ? "another vault" : `${vault.region}, account ${vault.account}`;
}

function days(count: number): string {
  return `${count} ${count === 1 ? "day" : "days"}`;
}

function hours(minutes: number): string {
  if (minutes >= 72 * 60 && minutes % 60 === 0) {
    const [whole, rest] = [Math.floor(minutes / (24 * 60)), (minutes / 60) % 24];
    return rest === 0 ? `${whole} days` : `${whole} days and ${rest} h`;
  }
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} minutes`;
}
