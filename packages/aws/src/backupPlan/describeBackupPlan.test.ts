import { describe, expect, it } from "vitest";
import { type BackupPlanArgs, BackupPlanPreset, BackupVaultLockMode } from "./BackupPlanArgs.js";
import { backupPlanPolicy } from "./backupPlanPolicy.js";

const base: BackupPlanArgs = {
  selections: [{ name: "shop", tags: { backup: "production", tier: "1" } }],
  preset: BackupPlanPreset.Production,
};
const told = (changes: Partial<BackupPlanArgs>) =>
  new Promise<string[]>((resolve) => backupPlanPolicy("shop", { ...base, ...changes }).apply((text) => resolve(text.split("\n"))));

describe("a plan in words", () => {
  it("says what can be lost, who can delete what is kept, and what it costs", async () =>
    expect(await told({})).toEqual([
      "no point-in-time recovery by this plan: what RDS itself keeps is the instance's",
      "RPO by snapshots: 25 h, the longest time between two and the time to begin",
      "vault shop: locked in governance mode: nothing goes before its time unless the lock is lifted",
      "vault shop: a lock that is removed here stays in place; lift it by hand",
      "vault shop: protected from deletion and replacement; a key of its own",
      "vault shop: nobody may delete recovery points by hand",
      "daily: a snapshot at 0 2 * * * (UTC), begins within 1 h, kept 30 days",
      "weekly: a snapshot at 0 2 * * SUN (UTC), begins within 1 h, kept 365 days",
      "daily and weekly overlap: AWS Backup takes one backup then, that of weekly, kept 365 days",
      "shop: backs up each RDS instance of the Region that has backup=production and tier=1, later ones too",
      "role: an own one, for RDS instances alone",
      "restores: none is tested by this plan; declare RestoreTesting with its vault",
      "cost: up to 82 snapshots of each database, and as many of each copy; RDS has no colder, cheaper tier",
    ]));

  it("says that a lock of compliance mode is for ever", async () => {
    const lock = { mode: BackupVaultLockMode.Compliance, changeableForDays: 3, minRetentionDays: 7, maxRetentionDays: 400 };
    expect(await told({ vault: { name: "safe", lock } })).toEqual(
      expect.arrayContaining([
        "vault safe: locked in COMPLIANCE mode: 3 days after deployment nobody can ever lift it, not even root or AWS",
        "vault safe: takes backups that are kept at least 7 days and at most 400 days; jobs with another retention fail",
      ]),
    );
  });

  it("says that a vault is not locked, and what a destroy does to it", async () =>
    expect(await told({ protect: false, vault: { unlocked: true, forceDestroy: true } })).toEqual(
      expect.arrayContaining([
        "vault shop: a destroy DELETES every recovery point in it",
        "vault shop: NOT locked: whoever may change its policy can delete every backup",
        "vault shop: NOT protected from deletion; a key of its own",
      ]),
    ));

  it("says what a continuous rule takes over, and that its copies are snapshots", async () =>
    expect(
      await told({
        preset: undefined as never,
        destinations: [{ name: "ireland", region: "eu-west-1" }],
        rules: [
          {
            name: "any-second",
            schedule: "0 5 * * *",
            retentionDays: 1 + 34,
            continuous: true,
            copies: [{ to: "ireland", retentionDays: 90 }],
          },
        ],
      }),
    ).toEqual(
      expect.arrayContaining([
        "RPO: about 5 minutes; restores to any second of the last 35 days",
        "any-second: continuous, kept 35 days; brought up to date at 0 5 * * * (UTC), begins within 1 h",
        "any-second: the instance's own retention and backup window are AWS Backup's from now on; RDS must not be told others",
        "any-second: copied to ireland (another Region, eu-west-1), kept 90 days; a snapshot there, without point-in-time recovery",
      ]),
    ));

  it("says when a backup that begins late meets maintenance, and when one always does", async () => {
    const rules = [{ name: "hourly", schedule: "30 * * * *", retentionDays: 2 }];
    expect(await told({ maintenanceWindow: "mon:04:00-mon:05:00", preset: undefined as never, rules })).toContain(
      "hourly: those within the maintenance window mon:04:00-mon:05:00 or the hour before fail",
    );
    expect(await told({ maintenanceWindow: "mon:03:30-mon:04:30" })).toContain(
      "daily: one that begins late can meet the maintenance window mon:03:30-mon:04:30 or the hour before, and fail",
    );
  });

  it("says where a vault or a role is another's", async () => {
    const vaultArn = "arn:aws:backup:eu-central-1:123456789012:backup-vault:theirs";
    const lines = await told({ vaultArn, roleArn: "arn:aws:iam::123456789012:role/backup" });
    expect(lines).toContain(`vault of the plan: the one given, ${vaultArn}; its lock, key and policy are its owner's`);
    expect(lines).toContain("role: the one given");
    expect(lines.join()).not.toContain("lift it by hand");
  });

  it("fits the engine's lines", async () => {
    const lock = { mode: BackupVaultLockMode.Compliance, changeableForDays: 3, minRetentionDays: 7, maxRetentionDays: 400 };
    for (const line of await told({ vault: { lock }, destinations: [{ name: "ireland", region: "eu-west-1" }] })) {
      expect(line.length, line).toBeLessThanOrEqual(150);
    }
  });
});
