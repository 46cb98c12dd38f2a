import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RdsPostgres, type RdsPostgresArgs } from "../../packages/aws/src/index.js";
import {
  assertNoCanary,
  type EngineStack,
  identitySnapshot,
  missingEngine,
  previewWithUnknowns,
  saveState,
  startStack,
  upgradeCheck,
} from "../support/engine/index.js";
import { awsProvider } from "../support/engine/providers/aws/awsProvider.js";
import { randomProvider } from "../support/engine/providers/random/randomProvider.js";

/** As it was when the component landed. Never written again: an upgrade must read what is out there. */
const landed = fileURLToPath(new URL("states/aws-rds-postgres-1.json", import.meta.url));
const canary = "canary-of-the-master-user";

const network = {
  vpcId: "vpc-0a1b2c3d",
  subnetIds: ["subnet-0a", "subnet-0b"],
  clients: [{ name: "app", securityGroupId: "sg-0a1b2c3d" }],
  destinations: [{ name: "s3", prefixListId: "pl-0a1b2c3d", port: 443 }],
};
const base: RdsPostgresArgs = {
  engineVersion: "16",
  instanceClass: "db.m7g.large",
  network,
  storage: { allocatedGib: 100 },
  databaseName: "orders",
  tags: { team: "payments" },
};
const declare = () => {
  const { arn, effectivePolicy, masterSecretArn } = new RdsPostgres("orders", base);
  new RdsPostgres("ledger", {
    ...base,
    masterPassword: canary,
    encryption: { kmsKeyArn: "arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d" },
    restore: { time: "2026-11-29T03:00:00Z", sourceIdentifier: "ledger-before" },
  });
  return Promise.resolve({ arn, effectivePolicy, masterSecretArn });
};
const providers = () => [awsProvider(), randomProvider()];

describe.skipIf(missingEngine() !== undefined)("RdsPostgres, deployed", () => {
  let stack: EngineStack;

  beforeAll(async () => {
    stack = await startStack({ program: declare, providers: providers() });
    await stack.up();
  });
  afterAll(() => stack?.dispose());

  it("is to the engine what it was", async () => {
    await expect(await identitySnapshot(stack)).toMatchFileSnapshot("golden/aws-rds-postgres-identity.txt");
  });

  it("leaves nothing to do for a second deployment", async () => {
    const { steps } = await stack.preview();
    expect(steps.filter(({ op }) => op !== "same")).toEqual([]);
  });

  it("shows no given password in state, logs and diffs", async () => {
    await stack.previewText();
    assertNoCanary(stack, [canary]);
  });

  it("upgrades what it deployed when it landed without replacing or deleting anything", async () => {
    if (!existsSync(landed)) await saveState(stack, landed);
    const steps = await upgradeCheck(landed, { program: declare, providers: providers() });
    expect(steps.length).toBeGreaterThan(20);
  });

  it("stays as it is where what restored it is taken out of the program", async () => {
    const program = () => {
      new RdsPostgres("orders", base);
      const encryption = { kmsKeyArn: "arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d" };
      new RdsPostgres("ledger", { ...base, masterPassword: canary, encryption });
      return Promise.resolve();
    };
    const { steps } = await stack.preview({ program });
    const instance = steps.filter(({ name }) => name === "ledger-instance");
    expect(instance.map(({ op, diff }) => [op, Object.keys(diff ?? {})])).toEqual([["update", ["finalSnapshotIdentifier"]]]);
    expect(steps.filter(({ op, name }) => /replace|delete/.test(op) && name !== "ledger-final-snapshot")).toEqual([]);
  });
});

it.skipIf(missingEngine() !== undefined)(
  "RdsPostgres can be previewed while every leaf input is unknown, and replaces nothing that holds data then",
  async () => {
    const { replaced } = await previewWithUnknowns(
      (leaf) => {
        new RdsPostgres("orders", {
          ...base,
          instanceClass: leaf("db.m7g.large"),
          allowMajorVersionUpgrade: leaf(false),
          multiAz: leaf(true),
          storage: { allocatedGib: leaf(100), maxGib: leaf(200) },
          network: {
            vpcId: leaf("vpc-0a1b2c3d"),
            subnetIds: leaf(["subnet-0a", "subnet-0b"]),
            clients: [{ name: "app", securityGroupId: leaf("sg-0a1b2c3d") }],
            destinations: [{ name: "s3", prefixListId: leaf("pl-0a1b2c3d"), port: leaf(443) }],
          },
          port: leaf(5432),
          databaseName: leaf("orders"),
          masterUsername: leaf("owner"),
          masterPassword: leaf(canary),
          iamAuthentication: leaf(true),
          encryption: { rotationDays: leaf(365), deletionWindowDays: leaf(30) },
          backups: { retentionDays: leaf(14), window: leaf("03:00-03:30") },
          maintenanceWindow: leaf("sun:05:00-sun:06:00"),
          parameters: { values: [{ name: "work_mem", value: leaf("65536") }] },
          logs: { retentionDays: leaf(30), kmsKeyArn: leaf("arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d") },
          performanceInsightsDays: leaf(7),
          applyImmediately: leaf(false),
          deletionProtection: leaf(true),
          finalSnapshot: leaf(true),
          keepAutomatedBackups: leaf(true),
          tags: { team: leaf("payments") },
        });
        new RdsPostgres("restored", {
          ...base,
          network: { subnetGroupName: leaf("platform"), securityGroupId: leaf("sg-0f0f0f0f") },
          encryption: { kmsKeyArn: leaf("arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d") },
          parameters: { groupName: leaf("platform-16") },
          restore: { time: "2026-11-29T03:00:00Z", sourceIdentifier: leaf("orders") },
        });
        new RdsPostgres("existing", {
          existing: {
            arn: leaf("arn:aws:rds:eu-central-1:123456789012:db:legacy"),
            resourceId: leaf("db-ABC"),
            host: leaf("legacy.example.org"),
            securityGroupId: leaf("sg-0f0f0f0f"),
          },
        });
      },
      { providers: providers() },
    );
    // A group of another VPC is another group, and another source another suffix.
    const harmless = /-(security-group|from-app|to-s3|final-snapshot)$/;
    expect(replaced.filter((name) => !harmless.test(name))).toEqual([]);
  },
);
