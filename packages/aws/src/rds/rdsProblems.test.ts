import type { Problem } from "@pgkeep/core";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, test } from "vitest";
import { RdsBackupOwner, RdsLogExport, type RdsPostgresArgs, RdsStorageType } from "./RdsPostgresArgs.js";
import { rdsProblems } from "./rdsProblems.js";

const now = new Date("2026-11-30T04:00:00Z");
const key = "arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d";
const existing = {
  arn: "arn:aws:rds:eu-central-1:123456789012:db:orders",
  resourceId: "db-ABC123",
  host: "orders.c9.eu-central-1.rds.amazonaws.com",
  securityGroupId: "sg-0a1b",
};
const smallest: RdsPostgresArgs = {
  engineVersion: "16",
  instanceClass: "db.t4g.medium",
  network: { vpcId: "vpc-1", subnetIds: ["subnet-1", "subnet-2"] },
};
const problemsOf = (args: Partial<RdsPostgresArgs>, name = "orders") => rdsProblems(name, { ...smallest, ...args }, now);
const told = (problems: Problem[]) => problems.map(({ where, reason }) => `${where}: ${reason}`);
const places = (args: Partial<RdsPostgresArgs>, name?: string) => problemsOf(args, name).map(({ where }) => where);
const network = (more: Partial<RdsPostgresArgs["network"]>) => ({ network: { ...smallest.network, ...more } });
const client = { name: "app", securityGroupId: "sg-1" };

it("takes as little as can be declared", () => expect(problemsOf({})).toEqual([]));

it("takes all there is to declare", () => {
  const args: RdsPostgresArgs = {
    ...smallest,
    identifier: "orders-2",
    region: "eu-central-1",
    engineVersion: "16.4",
    autoMinorVersionUpgrade: false,
    allowMajorVersionUpgrade: true,
    multiAz: false,
    storage: { allocatedGib: 400, maxGib: 0, kind: RdsStorageType.Gp3, iops: 12_000, throughput: 500 },
    network: {
      subnetGroupName: "given",
      securityGroupId: "sg-0a1b2c",
      clients: [
        client,
        { name: "office", cidrIpv4: "10.0.0.0/8" },
        { name: "six", cidrIpv6: "2001:db8::/32" },
        { name: "list", prefixListId: "pl-1" },
      ],
      destinations: [{ name: "s3", prefixListId: "pl-2", port: 443 }],
    },
    port: 6432,
    databaseName: "orders",
    masterUsername: "owner",
    masterPassword: "correct-horse",
    iamAuthentication: false,
    encryption: { kmsKeyArn: key },
    backups: { retentionDays: 35, window: "23:45-00:30" },
    maintenanceWindow: "Sat:22:00-Sat:23:45",
    restore: { time: "2026-11-30T03:59:59Z", sourceIdentifier: "orders" },
    parameters: { values: [{ name: "max_locks_per_transaction", value: "512", needsRestart: true }] },
    logs: { exports: [RdsLogExport.Postgresql], retentionDays: 365, kmsKeyArn: key },
    performanceInsightsDays: 731,
    applyImmediately: true,
    protect: false,
    deletionProtection: true,
    finalSnapshot: false,
    keepAutomatedBackups: false,
    tags: { team: "payments" },
  };
  expect(rdsProblems("orders", args, now)).toEqual([]);
});

describe("limits, at and beyond", () => {
  test.each<[string, Partial<RdsPostgresArgs>, string[]]>([
    ["retention of -1", { backups: { retentionDays: -1 } }, ["backups.retentionDays"]],
    ["retention of 0", { backups: { retentionDays: 0 } }, ["backups.retentionDays"]],
    ["retention of 0, spelled out", { backups: { retentionDays: 0, unprotected: true } }, []],
    ["unprotected alone", { backups: { unprotected: true } }, ["backups.retentionDays"]],
    ["retention of 1", { backups: { retentionDays: 1 } }, []],
    ["retention of 35", { backups: { retentionDays: 35 } }, []],
    ["retention of 36", { backups: { retentionDays: 36 } }, ["backups.retentionDays"]],
    ["a backup window of 29 minutes", { backups: { window: "03:00-03:29" } }, ["backups.window"]],
    ["a backup window of 30 minutes", { backups: { window: "03:00-03:30" } }, []],
    ["maintenance of 29 minutes", { maintenanceWindow: "sun:03:00-sun:03:29" }, ["maintenanceWindow"]],
    ["maintenance of 30 minutes", { maintenanceWindow: "sun:03:00-sun:03:30" }, []],
    ["windows that touch", { backups: { window: "03:00-03:30" }, maintenanceWindow: "mon:03:30-mon:04:00" }, []],
    ["windows that share a minute", { backups: { window: "03:00-03:31" }, maintenanceWindow: "mon:03:30-mon:04:00" }, ["backups.window"]],
    [
      "windows that share one past midnight",
      { backups: { window: "23:45-00:30" }, maintenanceWindow: "sun:00:00-sun:00:30" },
      ["backups.window"],
    ],
    ["backups all day but 30 minutes", { backups: { window: "00:00-23:30" } }, []],
    ["backups all day but 29 minutes", { backups: { window: "00:00-23:31" } }, ["backups.window"]],
    ["maintenance all day but 29 minutes", { maintenanceWindow: "sun:00:00-sun:23:31" }, ["maintenanceWindow"]],
    ["an identifier of 63", { identifier: "a".repeat(63) }, []],
    ["an identifier of 64", { identifier: "a".repeat(64) }, ["identifier"]],
    ["PostgreSQL 13", { engineVersion: "13" }, ["engineVersion"]],
    ["PostgreSQL 14", { engineVersion: "14" }, []],
    ["PostgreSQL 18.1", { engineVersion: "18.1" }, []],
    ["PostgreSQL 19", { engineVersion: "19" }, ["engineVersion"]],
    ["a minor that AWS upgrades", { engineVersion: "16.4", autoMinorVersionUpgrade: true }, ["autoMinorVersionUpgrade"]],
    ["a major that AWS does not upgrade", { autoMinorVersionUpgrade: false }, []],
    ["19 GiB", { storage: { allocatedGib: 19 } }, ["storage.allocatedGib"]],
    ["20 GiB", { storage: { allocatedGib: 20 } }, []],
    ["io2 without operations", { storage: { kind: RdsStorageType.Io2 } }, ["storage.iops"]],
    ["growth of less than a tenth", { storage: { allocatedGib: 100, maxGib: 109 } }, ["storage.maxGib"]],
    ["growth of a tenth", { storage: { allocatedGib: 100, maxGib: 110 } }, []],
    ["port 1149", { port: 1149 }, ["port"]],
    ["port 1150", { port: 1150 }, []],
    ["port 65535", { port: 65_535 }, []],
    ["port 65536", { port: 65_536 }, ["port"]],
    ["rotation after 89 days", { encryption: { rotationDays: 89 } }, ["encryption.rotationDays"]],
    ["rotation after 90 days", { encryption: { rotationDays: 90 } }, []],
    ["rotation after 2560 days", { encryption: { rotationDays: 2560 } }, []],
    ["rotation after 2561 days", { encryption: { rotationDays: 2561 } }, ["encryption.rotationDays"]],
    ["a key gone in 6 days", { encryption: { deletionWindowDays: 6 } }, ["encryption.deletionWindowDays"]],
    ["a key gone in 7 days", { encryption: { deletionWindowDays: 7 } }, []],
    ["a key gone in 30 days", { encryption: { deletionWindowDays: 30 } }, []],
    ["a key gone in 31 days", { encryption: { deletionWindowDays: 31 } }, ["encryption.deletionWindowDays"]],
    ["logs for 2 days", { logs: { retentionDays: 2 } }, ["logs.retentionDays"]],
    ["logs for 3 days", { logs: { retentionDays: 3 } }, []],
    ["Performance Insights off", { performanceInsightsDays: 0 }, []],
    ["Performance Insights for 8 days", { performanceInsightsDays: 8 }, ["performanceInsightsDays"]],
    ["a password of 7", { masterPassword: "1234567" }, ["masterPassword"]],
    ["a password of 8", { masterPassword: "12345678" }, []],
    ["one subnet", network({ subnetIds: ["subnet-1"] }), ["network.subnetIds"]],
  ])("%s", (_, args, expected) => expect(places(args)).toEqual(expected));
});

describe("restores", () => {
  const encryption = { kmsKeyArn: key };
  const storage = { allocatedGib: 100 };
  const restored = (restore: RdsPostgresArgs["restore"]) => ({ restore: restore ?? {}, encryption, storage });
  test.each<[string, Partial<RdsPostgresArgs>, string[]]>([
    ["of a snapshot", restored({ snapshotIdentifier: "before-deploy" }), []],
    ["of the latest moment", restored({ latest: true, sourceIdentifier: "live" }), []],
    ["of a moment of what is gone", restored({ time: "2026-11-01T00:00:00Z", sourceResourceId: "db-ABC" }), []],
    [
      "of replicated backups",
      restored({ latest: true, sourceAutomatedBackupsArn: "arn:aws:rds:eu-west-1:123456789012:auto-backup:ab-x" }),
      [],
    ],
    ["of nothing", restored({}), ["restore", "restore"]],
    ["of two moments", restored({ time: "2026-11-01T00:00:00Z", latest: true, sourceIdentifier: "live" }), ["restore"]],
    ["of a moment of nothing", restored({ latest: true }), ["restore"]],
    ["of two sources", restored({ latest: true, sourceIdentifier: "live", sourceResourceId: "db-ABC" }), ["restore"]],
    ["of a snapshot and a source", restored({ snapshotIdentifier: "s", sourceIdentifier: "live" }), ["restore.sourceIdentifier"]],
    ["of now", restored({ time: "2026-11-30T04:00:00Z", sourceIdentifier: "live" }), []],
    ["of a second from now", restored({ time: "2026-11-30T04:00:01Z", sourceIdentifier: "live" }), ["restore.time"]],
    ["of a year ago, left in the program", restored({ time: "2025-11-30T04:00:00Z", sourceIdentifier: "live" }), []],
    ["of itself", restored({ latest: true, sourceIdentifier: "orders" }), ["restore.sourceIdentifier"]],
    ["without its source's key", { restore: { snapshotIdentifier: "s" }, storage }, ["encryption.kmsKeyArn"]],
    ["without a size", { restore: { snapshotIdentifier: "s" }, encryption }, ["storage.allocatedGib"]],
    ["from no resource id", restored({ latest: true, sourceResourceId: "orders" }), ["restore.sourceResourceId"]],
  ])("%s", (_, args, expected) => expect(places(args)).toEqual(expected));
});

describe("parts that exclude each other", () => {
  test.each<[string, Partial<RdsPostgresArgs>, string[]]>([
    ["own and given subnet group", network({ subnetGroupName: "given" }), ["network.subnetIds"]],
    ["own and given security group", network({ securityGroupId: "sg-1" }), ["network.vpcId"]],
    ["neither", { network: {} }, ["network.subnetIds", "network.vpcId"]],
    ["a client of two kinds", network({ clients: [{ ...client, cidrIpv4: "10.0.0.0/8" }] }), ["network.clients[0]"]],
    ["a client of no kind", network({ clients: [{ name: "app" }] }), ["network.clients[0]"]],
    ["two clients of one name", network({ clients: [client, client] }), ["network.clients[1].name"]],
    ["the whole Internet", network({ clients: [{ name: "all", cidrIpv4: "0.0.0.0/0" }] }), ["network.clients[0].cidrIpv4"]],
    ["the whole Internet, version 6", network({ clients: [{ name: "all", cidrIpv6: "::/0" }] }), ["network.clients[0].cidrIpv6"]],
    ["no range", network({ clients: [{ name: "all", cidrIpv4: "10.0.0.0/33" }] }), ["network.clients[0].cidrIpv4"]],
    ["a given key that is to rotate", { encryption: { kmsKeyArn: key, rotationDays: 90 } }, ["encryption.rotationDays"]],
    ["a key of another Region", { region: "eu-west-1", encryption: { kmsKeyArn: key } }, ["encryption.kmsKeyArn"]],
    ["an alias for a key", { encryption: { kmsKeyArn: "arn:aws:kms:eu-central-1:123456789012:alias/x" } }, ["encryption.kmsKeyArn"]],
    ["parameters for a given group", { parameters: { groupName: "given", values: [] } }, ["parameters.values"]],
    ["TLS turned off", { parameters: { values: [{ name: "rds.force_ssl", value: "0" }] } }, ["parameters.values[0].name"]],
    [
      "a parameter twice",
      {
        parameters: {
          values: [
            { name: "work_mem", value: "1" },
            { name: "work_mem", value: "2" },
          ],
        },
      },
      ["parameters.values[1].name"],
    ],
    ["a log twice", { logs: { exports: [RdsLogExport.Upgrade, RdsLogExport.Upgrade] } }, ["logs.exports[1]"]],
    [
      "two owners of the retention",
      { backups: { owner: RdsBackupOwner.AwsBackup, retentionDays: 7, window: "03:00-03:30" } },
      ["backups.retentionDays", "backups.window"],
    ],
    ["AWS Backup as the owner", { backups: { owner: RdsBackupOwner.AwsBackup } }, []],
  ])("%s", (_, args, expected) => expect(places(args)).toEqual(expected));
});

describe("an existing instance", () => {
  it("needs nothing else", () => expect(rdsProblems("orders", { existing, tags: { team: "payments" } }, now)).toEqual([]));

  it("stands alone", () => {
    expect(told(rdsProblems("orders", { existing, engineVersion: "16", backups: { retentionDays: 7 } }, now))).toEqual([
      "engineVersion: an existing instance is given, of which nothing is declared here",
      "backups: an existing instance is given, of which nothing is declared here",
    ]);
  });

  it("is named by its own ARN", () => {
    const arn = "arn:aws:rds:eu-central-1:123456789012:cluster:orders";
    expect(rdsProblems("orders", { existing: { ...existing, arn } }, now).map(({ where }) => where)).toEqual(["existing.arn"]);
  });
});

it("tells what is missing of a new one", () => {
  expect(told(rdsProblems("orders", {}, now))).toEqual([
    "engineVersion: this is missing",
    "instanceClass: this is missing",
    "network: this is missing",
  ]);
});

it("takes the component's name for the identifier, and says so where it is none", () => {
  expect(places({}, "orders-2")).toEqual([]);
  expect(problemsOf({}, "Orders")).toMatchObject([{ where: "identifier", received: `"Orders" (the component's name)` }]);
  expect(places({ identifier: "orders" }, "Orders")).toEqual([]);
});

it("leaves what is not known yet to later", () => {
  const later = <Value>(value: Value) => pulumi.output(value);
  const args = {
    instanceClass: later("?"),
    backups: { retentionDays: later(0), window: later("?") },
    maintenanceWindow: "sun:03:00-sun:04:00",
    storage: { allocatedGib: later(1), maxGib: 1 },
    masterPassword: later("?"),
    encryption: { kmsKeyArn: later("?") },
  };
  expect(problemsOf(args)).toEqual([]);
});

it("never shows a password", () => expect(JSON.stringify(problemsOf({ masterPassword: "short/1" }))).not.toContain("short/1"));
