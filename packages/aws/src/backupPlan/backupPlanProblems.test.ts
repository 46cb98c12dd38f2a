import { describeProblem } from "@pgkeep/core";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, test } from "vitest";
import { type BackupPlanArgs, BackupPlanPreset, type BackupPlanRuleArgs, BackupVaultLockMode } from "./BackupPlanArgs.js";
import { backupPlanProblems } from "./backupPlanProblems.js";

const place = "eu-central-1:123456789012";
const orders = `arn:aws:rds:${place}:db:orders`;
const files = `arn:aws:elasticfilesystem:${place}:file-system/fs-1`;
const roleArn = "arn:aws:iam::123456789012:role/backup";
const daily: BackupPlanRuleArgs = { name: "daily", schedule: "0 2 * * *", retentionDays: 30 };
const base: BackupPlanArgs = { selections: [{ name: "databases", resourceArns: [orders] }], rules: [daily] };
const told = (changes: object, name = "shop") => backupPlanProblems(name, { ...base, ...changes } as BackupPlanArgs).map(describeProblem);
const rule = (changes: object) => ({ rules: [{ ...daily, ...changes }] });
const ireland = { name: "ireland", region: "eu-west-1" };
const vaults = { name: "vaults", vaultArn: "arn:aws:backup:eu-central-1:222222222222:backup-vault:safe" };

describe("arguments that are right", () => {
  test.each<[string, object]>([
    ["a daily rule", {}],
    ["a preset", { rules: undefined, preset: BackupPlanPreset.Production }],
    ["a preset with a destination", { rules: undefined, preset: BackupPlanPreset.Production, destinations: [ireland] }],
    ["a selection by tags", { selections: [{ name: "databases", tags: { backup: "yes" } }] }],
    ["a continuous rule beside a daily one", { rules: [daily, { ...daily, name: "any-second", continuous: true, retentionDays: 35 }] }],
    [
      "a continuous rule whose copies are kept for longer",
      {
        destinations: [ireland],
        ...rule({ continuous: true, retentionDays: 35, copies: [{ to: "ireland", retentionDays: 365 }] }),
      },
    ],
    [
      "a continuous rule of 35 days in a vault that takes no less",
      { vault: { lock: { minRetentionDays: 35 } }, ...rule({ continuous: true, retentionDays: 35 }) },
    ],
    ["compliance spelled out", { vault: { lock: { mode: BackupVaultLockMode.Compliance, changeableForDays: 3 } } }],
    ["an existing vault", { vaultArn: `arn:aws:backup:${place}:backup-vault:theirs` }],
    ["copies to another account", { destinations: [vaults], region: "eu-central-1", ...rule({ copies: [{ to: "vaults" }] }) }],
    [
      "one rule to another Region and one to another account",
      {
        region: "eu-central-1",
        destinations: [ireland, vaults],
        rules: [
          { ...daily, copies: [{ to: "ireland" }] },
          { ...daily, name: "noon", schedule: "0 12 * * *", copies: [{ to: "vaults" }] },
        ],
      },
    ],
    [
      "cold storage of a file system",
      { roleArn, selections: [{ name: "files", resourceArns: [files] }], ...rule({ retentionDays: 120, coldStorageAfterDays: 30 }) },
    ],
    ["an unlocked vault that a destroy empties", { protect: false, vault: { unlocked: true, forceDestroy: true } }],
    [
      "values that are not known yet",
      {
        vaultArn: pulumi.output("later"),
        timeZone: pulumi.output("later"),
        maintenanceWindow: pulumi.output("later"),
        selections: [{ name: "databases", resourceArns: [pulumi.output("later")] }],
        ...rule({ retentionDays: pulumi.output(0), schedule: pulumi.output("never"), startWindowMinutes: pulumi.output(1) }),
      },
    ],
  ])("%s", (_, changes) => expect(told(changes)).toEqual([]));
});

describe("arguments that are wrong are told with where, what, and why", () => {
  test.each<[string, object, string]>([
    ["neither rules nor a preset", { rules: undefined }, "rules: this is missing: nothing says when to back up"],
    ["both", { preset: BackupPlanPreset.Staging }, "preset: rules are given, too"],
    ["no selection", { selections: [] }, "selections: this list is empty"],
    ["a selection of nothing", { selections: [{ name: "none" }] }, "selections[0]: this selects nothing"],
    [
      "a selection of everything",
      { selections: [{ name: "all", tags: {} }] },
      "selections[0].tags: without a tag this would select every RDS instance",
    ],
    [
      "tags and ARNs",
      { selections: [{ name: "both", tags: { a: "b" }, resourceArns: [orders] }] },
      "selections[0].tags: resourceArns are given, too",
    ],
    ["no ARN", { selections: [{ name: "x", resourceArns: ["orders"] }] }, "selections[0].resourceArns[0]: this is no ARN"],
    ["a database of another Region", { region: "eu-west-1" }, "selections[0].resourceArns[0]: a plan backs up what is in its own Region"],
    [
      "a file system without a role for it",
      { selections: [{ name: "files", resourceArns: [files] }] },
      "the component's own role may back up RDS instances alone",
    ],
    [
      "cold storage of an instance",
      rule({ retentionDays: 365, coldStorageAfterDays: 30 }),
      "rules[0].coldStorageAfterDays: RDS snapshots have no cold storage",
    ],
    [
      "cold storage of what tags choose",
      { selections: [{ name: "x", tags: { a: "b" } }], ...rule({ retentionDays: 365, coldStorageAfterDays: 30 }) },
      "RDS snapshots have no cold storage",
    ],
    [
      "cold storage of a copy for 89 days",
      {
        roleArn,
        selections: [{ name: "files", resourceArns: [files] }],
        destinations: [ireland],
        ...rule({ copies: [{ to: "ireland", retentionDays: 119, coldStorageAfterDays: 30 }] }),
      },
      "rules[0].copies[0].coldStorageAfterDays: what goes to cold storage stays there for at least 90 days",
    ],
    ["a rule kept for no day", rule({ retentionDays: 0 }), "rules[0].retentionDays: AWS Backup keeps a recovery point for 1 to 36500 days"],
    [
      "a continuous rule of 36 days",
      rule({ continuous: true, retentionDays: 36 }),
      "rules[0].retentionDays: a continuous backup is kept for 1 to 35 days",
    ],
    [
      "a continuous rule that expires before its next run",
      rule({ continuous: true, retentionDays: 7, schedule: "0 2 * * SUN" }),
      "allowed:  more than the 7 days between two runs of 0 2 * * SUN",
    ],
    [
      "two continuous rules",
      {
        rules: [
          { ...daily, continuous: true },
          { ...daily, name: "other", continuous: true },
        ],
      },
      "rules[1].continuous: there is one continuous backup of an RDS instance at a time, and daily keeps it",
    ],
    [
      "a rule below its vault's lock",
      { vault: { lock: { minRetentionDays: 31 } } },
      "rules[0].retentionDays: the lock of the vault of the plan demands at least 31 days",
    ],
    [
      "a rule above its vault's lock",
      { vault: { name: "safe", lock: { maxRetentionDays: 29 } } },
      "the lock of the vault safe allows at most 29 days",
    ],
    [
      "a continuous rule in a vault that takes no less than 36",
      { vault: { lock: { minRetentionDays: 36 } }, ...rule({ continuous: true, retentionDays: 35 }) },
      "a continuous backup keeps at most 35 days: lower minRetentionDays",
    ],
    [
      "a copy below its vault's lock",
      { destinations: [{ ...ireland, vault: { lock: { minRetentionDays: 31 } } }], ...rule({ copies: [{ to: "ireland" }] }) },
      "rules[0].copies[0].retentionDays: the lock of the vault ireland demands at least 31 days",
    ],
    [
      "compliance half said",
      { vault: { lock: { mode: BackupVaultLockMode.Compliance } } },
      "vault.lock.changeableForDays: mode: compliance needs it spelled out",
    ],
    [
      "days to think in governance mode",
      { vault: { lock: { changeableForDays: 3 } } },
      "vault.lock.changeableForDays: this makes a lock of compliance mode",
    ],
    ["a lock and none", { vault: { unlocked: true, lock: {} } }, "vault.unlocked: a lock is declared, too"],
    [
      "a locked vault that a destroy empties",
      { protect: false, vault: { forceDestroy: true } },
      "vault.forceDestroy: a destroy would delete every recovery point",
    ],
    [
      "a protected vault that a destroy empties",
      { vault: { unlocked: true, forceDestroy: true } },
      "vault.forceDestroy: the vault is protected",
    ],
    [
      "an own vault and one that exists",
      { vault: {}, vaultArn: `arn:aws:backup:${place}:backup-vault:theirs` },
      "vaultArn: an own vault is declared, too",
    ],
    ["a vault by its name alone", { vaultArn: "theirs" }, "vaultArn: this is no ARN of a backup vault"],
    ["a name of a vault that AWS does not take", { vault: { name: "a" } }, "vault.name: AWS Backup takes no such name"],
    ["a schedule of every half hour", rule({ schedule: "*/30 * * * *" }), "rules[0].schedule: AWS Backup runs a rule once an hour at most"],
    [
      "a schedule in the maintenance window",
      { maintenanceWindow: "sun:02:00-sun:03:00" },
      "rules[0].schedule: AWS Backup cannot begin a backup of an RDS instance then",
    ],
    ["a schedule in the hour before it", { maintenanceWindow: "sun:03:00-sun:03:30" }, "rules[0].schedule: AWS Backup cannot begin"],
    ["no maintenance window", { maintenanceWindow: "sunday night" }, "maintenanceWindow: this is no weekly window"],
    ["a time zone that there is not", { timeZone: "Berlin" }, "rules[0].timeZone: there is no such time zone"],
    ["too little time to begin", rule({ startWindowMinutes: 59 }), "rules[0].startWindowMinutes: AWS Backup needs at least an hour"],
    [
      "too little time to end",
      rule({ startWindowMinutes: 120, completionWindowMinutes: 179 }),
      "rules[0].completionWindowMinutes: a job must have at least an hour beyond",
    ],
    ["a copy to nowhere", rule({ copies: [{ to: "mars" }] }), "rules[0].copies[0].to: no destination of this name is declared"],
    [
      "a copy to another Region of another account",
      {
        region: "eu-west-3",
        vaultArn: "arn:aws:backup:eu-west-3:123456789012:backup-vault:theirs",
        selections: [{ name: "x", tags: { a: "b" } }],
        destinations: [vaults],
        ...rule({ copies: [{ to: "vaults" }] }),
      },
      "rules[0].copies[0].to: this vault is in another Region and in another account",
    ],
    [
      "copies to another Region and to another account in one rule",
      {
        vaultArn: `arn:aws:backup:${place}:backup-vault:theirs`,
        destinations: [ireland, vaults],
        ...rule({ copies: [{ to: "ireland" }, { to: "vaults" }] }),
      },
      "rules[0].copies: one rule copies RDS snapshots to another Region or to another account, not both",
    ],
    [
      "a destination that is nowhere",
      { destinations: [{ name: "x" }] },
      "destinations[0].region: this is missing: nothing says which vault is meant",
    ],
    [
      "a destination in two places",
      { destinations: [{ ...ireland, vaultArn: vaults.vaultArn }] },
      "destinations[0].vaultArn: a Region for an own vault is given, too",
    ],
    ["settings of another's vault", { destinations: [{ ...vaults, vault: {} }] }, "destinations[0].vault: this vault exists"],
    [
      "two vaults of one name in one Region",
      { destinations: [ireland, { ...ireland, name: "dublin" }] },
      "destinations[1].region: there is a vault of this name in this Region already",
    ],
    ["two rules of one name", { rules: [daily, daily] }, "rules[1].name: this name is given twice"],
    [
      "two selections of one name",
      { selections: [base.selections[0], base.selections[0]] },
      "selections[1].name: this name is given twice",
    ],
    [
      "two destinations of one name",
      { destinations: [ireland, { ...ireland, region: "eu-west-3" }] },
      "destinations[1].name: this name is given twice",
    ],
    ["a rule's name of 51 characters", rule({ name: "a".repeat(51) }), "rules[0].name: AWS Backup takes no such name (51 characters)"],
    ["no such argument", { retention: 7 }, "retention: there is no such argument"],
  ])("%s", (_, changes, expected) => expect(told(changes).join("\n")).toContain(expected));

  it("a component's name that no vault can have", () =>
    expect(told({}, "s h o p").join("\n")).toContain("vault.name: AWS Backup takes no such name"));
  it("several at once", () =>
    expect(told({ maintenanceWindow: "x", ...rule({ retentionDays: 0, startWindowMinutes: 1 }) })).toHaveLength(3));
});
