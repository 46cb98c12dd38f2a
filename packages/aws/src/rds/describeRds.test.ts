import { describe, expect, it, test } from "vitest";
import { describeExisting } from "./describeExisting.js";
import { describeRds, type KnownRds } from "./describeRds.js";
import { RdsBackupOwner, RdsStorageType } from "./RdsPostgresArgs.js";

const key = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555";
const smallest: KnownRds = {
  engineVersion: "16",
  instanceClass: "db.t4g.medium",
  network: { vpcId: "vpc-1", subnetIds: ["a", "b"] },
  passwordGiven: false,
};
const linesOf = (args: Partial<KnownRds>) => describeRds("orders", { ...smallest, ...args }).split("\n");
const line = (start: string, args: Partial<KnownRds>) => linesOf(args).filter((text) => text.startsWith(start));

const restored = (from: string) => [
  "restore: applied at creation only, never to an instance that exists",
  `restore: from ${from}`,
  "restore: names and key are the source's; so is the master password, until a second step right after the restore",
];

it("says everything that is so unless said", () => {
  expect(linesOf({})).toEqual([
    "destroy: refused by Pulumi (protect) and by RDS (deletion protection)",
    "after a deletion: a final snapshot (orders-final-…) until somebody deletes it, automated backups for the rest of their retention",
    "recovery: to any second of the last 14 days; about 5 minutes of changes can be lost (RPO)",
    "times: backup window 03:00-03:30 UTC each day; maintenance sun:04:30-sun:05:30 UTC, changes that need a restart wait for it",
    "restore: none; one that is added now does nothing to an instance that exists",
    "server: PostgreSQL 16 (minor upgrades by AWS), db.t4g.medium, a standby in another zone",
    "storage: 20 GiB of gp3, grows by itself to 40 GiB, never shrinks",
    "encryption: a KMS key of its own, rotated every 365 days; a destroy leaves it, for the snapshots need it",
    "connections: TLS enforced, port 5432, logins by passwords and IAM, no public address",
    "connections: from nobody, unless the security group has other rules",
    "master user: postgres (at creation only), password by RDS in Secrets Manager, rotated every 7 days, gone with the instance",
    "logs: postgresql, upgrade for 30 days; Performance Insights for 7 days",
    "cost: the standby doubles instance and storage",
    "cost: backups beyond the size of all your databases' storage in the Region",
    "cost: the KMS key, each month",
    "cost: after a deletion the final snapshot, until somebody deletes it",
  ]);
});

describe("what changes a meaning changes a line", () => {
  test.each<[string, Partial<KnownRds>, string[]]>([
    ["destroy", { protect: false }, ["destroy: DELETES the instance"]],
    [
      "destroy",
      { deletionProtection: false },
      ["destroy: refused by Pulumi (protect); RDS itself would DELETE the instance for whoever asks (deletion protection is off)"],
    ],
    ["destroy", { protect: false, deletionProtection: true }, ["destroy: refused by RDS (deletion protection), not by Pulumi"]],
    ["after", { finalSnapshot: false }, ["after a deletion: automated backups for the rest of their retention"]],
    ["after", { finalSnapshot: false, keepAutomatedBackups: false }, ["after a deletion: NOTHING stays, neither snapshot nor backups"]],
    [
      "recovery",
      { backups: { retentionDays: 0, unprotected: true } },
      ["recovery: NONE: there are no automated backups, and no way back to any point in time (unprotected)"],
    ],
    [
      "recovery",
      { backups: { retentionDays: 1 } },
      ["recovery: to any second of the last 1 day; about 5 minutes of changes can be lost (RPO)"],
    ],
    [
      "recovery",
      { backups: { owner: RdsBackupOwner.AwsBackup } },
      ["recovery: retention and backup window belong to AWS Backup; a new instance keeps 14 days until that has begun"],
    ],
    [
      "times: backup",
      { backups: { owner: RdsBackupOwner.AwsBackup } },
      ["times: backup window by AWS Backup; maintenance sun:04:30-sun:05:30 UTC, changes that need a restart wait for it"],
    ],
    [
      "times: AWS",
      { backups: { owner: RdsBackupOwner.AwsBackup }, maintenanceWindow: "sun:00:30-sun:01:00" },
      ["times: AWS Backup begins nothing in sat:23:30-sun:01:00 UTC, maintenance and the hour before"],
    ],
    [
      "times",
      { applyImmediately: true },
      ["times: backup window 03:00-03:30 UTC each day; maintenance sun:04:30-sun:05:30 UTC, changes are made at once"],
    ],
    ["restore", { restore: { time: "2026-11-30T03:00:00Z", sourceIdentifier: "live" } }, restored("live at 2026-11-30T03:00:00Z")],
    ["restore", { restore: { latest: true, sourceResourceId: "db-ABC" } }, restored("db-ABC at its latest moment")],
    ["restore", { restore: { snapshotIdentifier: "before-deploy" } }, restored("snapshot before-deploy")],
    [
      "server",
      { engineVersion: "16.4", multiAz: false, allowMajorVersionUpgrade: true },
      ["server: PostgreSQL 16.4 (no upgrades by AWS; a higher MAJOR may be deployed), db.t4g.medium, ONE zone, no standby"],
    ],
    [
      "storage",
      { storage: { kind: RdsStorageType.Io2, allocatedGib: 100, maxGib: 0, iops: 1000 } },
      ["storage: 100 GiB of io2, 1000 operations a second, does not grow by itself, never shrinks"],
    ],
    ["encryption", { encryption: { kmsKeyArn: key } }, [`encryption: key ${key} (at creation only)`]],
    [
      "encryption",
      { encryption: { deleteKeyOnDestroy: true, deletionWindowDays: 7 } },
      ["encryption: a KMS key of its own, rotated every 365 days; a destroy DELETES it after 7 days, and snapshots with it"],
    ],
    [
      "connections",
      {
        parameters: { groupName: "given" },
        iamAuthentication: false,
        network: {
          clients: [{ name: "app", securityGroupId: "sg-1" }],
          destinations: [{ name: "s3", prefixListId: "pl-1", port: 443 }],
        },
      },
      [
        "connections: TLS as parameter group given has it (not looked at), port 5432, logins by passwords, no IAM, no public address",
        "connections: from app (sg-1)",
        "connections: to s3 (pl-1), port 443",
      ],
    ],
    [
      "master",
      { passwordGiven: true, masterUsername: "owner", databaseName: "orders" },
      ["master user: owner (at creation only), password given, in the state as a secret"],
    ],
    ["first database", { databaseName: "orders" }, ["first database: orders (at creation only)"]],
    ["logs", { logs: { exports: [] }, performanceInsightsDays: 0 }, ["logs: none exported; Performance Insights off"]],
    ["cost: Perf", { performanceInsightsDays: 31 }, ["cost: Performance Insights beyond 7 days, by vCPU"]],
  ])("%s: %j", (start, args, expected) => expect(line(start, args)).toEqual(expected));
});

it("keeps to lines that the engine does not cut", () => {
  const longest = linesOf({
    storage: { allocatedGib: 40_000, iops: 64_000, throughput: 4000 },
    encryption: { kmsKeyArn: key },
    backups: { window: "22:00-23:00" },
    databaseName: "d".repeat(63),
    restore: {
      time: "2026-11-30T03:00:00Z",
      sourceAutomatedBackupsArn: `arn:aws:rds:ap-southeast-2:123456789012:auto-backup:ab-${"x".repeat(39)}`,
    },
  }).map(({ length }) => length);
  expect(Math.max(...longest)).toBeLessThanOrEqual(150);
});

it("says of an existing instance that nothing of it is looked at", () => {
  expect(describeExisting("arn:aws:rds:eu-central-1:123456789012:db:orders")).toBe(
    [
      "destroy: orders stays as it is, nothing of it is declared here",
      "backups, retention, windows, encryption and protection of it are NOT managed here, nor looked at",
    ].join("\n"),
  );
});
