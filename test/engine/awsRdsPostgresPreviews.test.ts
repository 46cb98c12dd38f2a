import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RdsBackupOwner, RdsPostgres, type RdsPostgresArgs } from "../../packages/aws/src/index.js";
import { type EngineFailure, type EngineStack, missingEngine, startStack } from "../support/engine/index.js";
import { awsProvider } from "../support/engine/providers/aws/awsProvider.js";
import { randomProvider } from "../support/engine/providers/random/randomProvider.js";
import { sortedPreview } from "../support/sortedPreview.js";

const providers = () => [awsProvider(), randomProvider()];
/** Without what chance decided: the final snapshot's suffix, and its resource's id. */
const steady = (text: string) =>
  sortedPreview(text)
    .replace(/orders-final-[0-9a-f]{8}/g, "orders-final-1a2b3c4d")
    .replace(/\[id=[\w-]{6}\]/g, "[id=Gis8TQ]");
const golden = (name: string) => `golden/aws-rds-postgres-${name}.txt`;
const changed = (steps: readonly { op: string; type: string }[]) =>
  steps.flatMap(({ op, type }) => (op === "same" || type === "pulumi:pulumi:Stack" ? [] : [`${op} ${type.split(":").at(-1)}`])).sort();

/** What a reviewer of a pull request reads. After each preview the change is made, so that the next one begins where it ended. */
describe.skipIf(missingEngine() !== undefined)("previews of RdsPostgres", () => {
  let stack: EngineStack;
  let args: RdsPostgresArgs = {
    engineVersion: "16",
    instanceClass: "db.m7g.large",
    storage: { allocatedGib: 100 },
    network: {
      vpcId: "vpc-0a1b2c3d",
      subnetIds: ["subnet-0a", "subnet-0b"],
      clients: [{ name: "app", securityGroupId: "sg-0a1b2c3d" }],
    },
    databaseName: "orders",
    encryption: { kmsKeyArn: "arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d" },
    backups: { retentionDays: 30 },
    tags: { team: "payments" },
  };

  const program = () => {
    const { host, masterSecretArn, effectivePolicy } = new RdsPostgres("orders", args);
    return Promise.resolve({ host, masterSecretArn, effectivePolicy });
  };
  /** Compares the preview with the file, makes the change, and tells what it did. */
  const deployed = async (name: string) => {
    await expect(steady(await stack.previewText())).toMatchFileSnapshot(golden(name));
    return changed((await stack.up()).steps);
  };
  const instance = async () => (await stack.resources()).find(({ type }) => type === "aws:rds/instance:Instance");

  beforeAll(async () => {
    stack = await startStack({ program, providers: providers() });
  });
  afterAll(() => stack?.dispose());

  it("the first deployment, after which nothing is left to do", async () => {
    await deployed("first-deployment");
    const outputs = await stack.outputs();
    expect(outputs.host?.value).toBe("orders.c9akciq32.eu-central-1.rds.amazonaws.com");
    expect(outputs.masterSecretArn?.value).toContain(":secret:rds!");
    expect(changed((await stack.preview({ refresh: true })).steps).filter((step) => !step.startsWith("refresh"))).toEqual([]);
  });

  it("retention from 30 days to 7: changed in place, and one line says what that means", async () => {
    args = { ...args, backups: { retentionDays: 7 } };
    expect(await deployed("retention-changed")).toEqual(["update Instance", "update RdsPostgres"]);
  });

  it("a backup window moved, and maintenance with it", async () => {
    args = { ...args, backups: { retentionDays: 7, window: "23:30-00:30" } };
    expect(await deployed("window-moved")).toEqual(["update Instance", "update RdsPostgres"]);
    expect((await instance())?.inputs).toMatchObject({ backupWindow: "23:30-00:30", maintenanceWindow: "mon:01:30-mon:02:30" });
  });

  it("a restore added: the instance stays, only its next final snapshot gets another name", async () => {
    const { id } = (await instance()) ?? {};
    args = { ...args, restore: { time: "2026-11-29T03:00:00Z", sourceIdentifier: "orders-before" } };
    expect(await deployed("restore-added")).toEqual([
      "create-replacement RandomId",
      "delete-replaced RandomId",
      "replace RandomId",
      "update Instance",
      "update RdsPostgres",
    ]);
    expect((await instance())?.id).toBe(id);
    expect((await instance())?.inputs).not.toHaveProperty("restoreToPointInTime");
  });

  it("and the restore removed", async () => {
    const { restore: _, ...rest } = args;
    args = rest;
    expect((await deployed("restore-removed")).filter((step) => step.endsWith("Instance"))).toEqual(["update Instance"]);
  });

  it("retention handed over to AWS Backup, which then changes what it likes", async () => {
    args = { ...args, backups: { owner: RdsBackupOwner.AwsBackup } };
    expect(await deployed("retention-handed-over")).toEqual(["update Instance", "update RdsPostgres"]);
    // Maintenance is beside the default again, since no window is said; retention and backup window stay as they were.
    expect((await instance())?.inputs).toMatchObject({ backupRetentionPeriod: 7, backupWindow: "23:30-00:30" });
  });

  it("another identifier is refused, for it would be another, empty instance", async () => {
    const before = args;
    args = { ...args, identifier: "orders-renamed" };
    const failure = (await stack.preview().catch((error: unknown) => error)) as EngineFailure;
    await expect(`${failure.diagnostics.join("\n").replace(/urn:pulumi:\S*::/, "urn:…::")}\n`).toMatchFileSnapshot(
      golden("rename-refused"),
    );
    args = before;
  });

  it("protection lifted: the first line says what a destroy does then", async () => {
    args = { ...args, protect: false };
    expect(await deployed("protection-lifted")).toContain("update Instance");
    await stack.destroy();
    expect(await stack.resources()).toEqual([]);
  });
});

describe.skipIf(missingEngine() !== undefined)("RdsPostgres", () => {
  const first = async (name: string, args: RdsPostgresArgs) => {
    const stack = await startStack({
      program: () => {
        const { effectivePolicy, ...outputs } = new RdsPostgres("orders", args);
        const { identifier, arn, resourceId, host, port, databaseName, masterSecretArn, securityGroupId, kmsKeyArn } = outputs;
        return Promise.resolve({
          ...{ identifier, arn, resourceId, host, port, databaseName, masterSecretArn, securityGroupId, kmsKeyArn },
          effectivePolicy,
        });
      },
      providers: providers(),
    });
    try {
      await expect(steady(await stack.previewText())).toMatchFileSnapshot(golden(name));
      await stack.up();
      return { outputs: await stack.outputs(), resources: await stack.resources() };
    } finally {
      await stack.dispose();
    }
  };
  const smallest: RdsPostgresArgs = {
    engineVersion: "17",
    instanceClass: "db.t4g.medium",
    network: { vpcId: "vpc-0a1b2c3d", subnetIds: ["subnet-0a", "subnet-0b"] },
  };

  it("has everything of its own where nothing else is said: key, groups, parameters, logs", async () => {
    const { outputs, resources } = await first("own-parts", smallest);
    expect(outputs.kmsKeyArn?.value).toMatch(/:key\//);
    const key = resources.find(({ type }) => type === "aws:kms/key:Key");
    expect([key?.protect, key?.retainOnDelete]).toEqual([true, true]);
  });

  it("without backups only where that is spelled out, and in capitals", async () => {
    await first("unprotected", { ...smallest, backups: { retentionDays: 0, unprotected: true }, multiAz: false });
  });

  it("uses key, subnet group, security group and parameter group that exist, and declares none of them", async () => {
    const { resources } = await first("existing-parts", {
      ...smallest,
      network: { subnetGroupName: "platform", securityGroupId: "sg-0f0f0f0f", clients: [{ name: "office", cidrIpv4: "10.1.0.0/16" }] },
      encryption: { kmsKeyArn: "arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d" },
      parameters: { groupName: "platform-postgres17" },
      logs: { exports: [] },
    });
    expect(resources.map(({ type }) => type.split(":").at(-1)).sort()).toEqual([
      "Instance",
      "RandomId",
      "RdsPostgres",
      "SecurityGroupIngressRule",
      "Stack",
    ]);
  });

  it("restores a snapshot into a new instance, with its own groups and parameters", async () => {
    const { resources } = await first("restored", {
      ...smallest,
      storage: { allocatedGib: 100 },
      restore: { snapshotIdentifier: "orders-final-1a2b3c4d" },
      encryption: { kmsKeyArn: "arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d" },
      databaseName: "orders",
    });
    const { inputs } = resources.find(({ type }) => type === "aws:rds/instance:Instance") ?? {};
    expect(inputs).toMatchObject({ snapshotIdentifier: "orders-final-1a2b3c4d", manageMasterUserPassword: true });
    expect(inputs).toHaveProperty("dbSubnetGroupName");
    expect(inputs).toHaveProperty("vpcSecurityGroupIds");
    expect(inputs).toHaveProperty("parameterGroupName");
    expect(inputs).not.toHaveProperty("dbName");
  });

  it("takes an instance that exists, and declares nothing", async () => {
    const { outputs, resources } = await first("existing-instance", {
      existing: {
        arn: "arn:aws:rds:eu-central-1:123456789012:db:legacy",
        resourceId: "db-ABCDEFGHIJKL",
        host: "legacy.c9akciq32.eu-central-1.rds.amazonaws.com",
        securityGroupId: "sg-0f0f0f0f",
      },
    });
    expect(resources.map(({ type }) => type)).toEqual(["pulumi:pulumi:Stack", "pgkeep:index:RdsPostgres"]);
    expect([outputs.identifier?.value, outputs.port?.value, outputs.masterSecretArn?.value]).toEqual(["legacy", 5432, ""]);
  });
});
