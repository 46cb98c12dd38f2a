import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AgentTaskArchitecture, RetentionPreset, ScheduledDump, type ScheduledDumpArgs, SslMode } from "../../packages/aws/src/index.js";
import { parseAgentConfig, SnapshotFallback } from "../../packages/core/src/index.js";
import { DUMP, IMAGE, OTHER_IMAGE, PLACE, PRUNER_POLICY, RECIPIENTS } from "../support/dumpArguments.js";
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

/** As it was when the component landed. Never written again: an upgrade must read what is out there. */
const landed = fileURLToPath(new URL("states/aws-scheduled-dump-1.json", import.meta.url));
const signingKey = `arn:aws:ssm:${PLACE}:parameter/shop/signing-key`;
const webhook = `arn:aws:secretsmanager:${PLACE}:secret:shop/webhook-AbCdEf`;
const canary = "a canary in an input";

/** Every argument. */
const declared: ScheduledDumpArgs = {
  ...DUMP,
  server: {
    host: "db.shop.example.org",
    port: 5433,
    username: "pgkeep_dump",
    passwordSecretArn: `arn:aws:secretsmanager:${PLACE}:secret:shop/dump-AbCdEf`,
    passwordJsonKey: "pw",
    sslMode: SslMode.VerifyFull,
    sslRootCertificate: "rds",
    maintenanceDatabase: "postgres",
  },
  store: { ...DUMP.store, prunerPolicy: PRUNER_POLICY },
  schedule: "15 */6 * * *",
  timeZone: "UTC",
  deadline: "90m",
  signing: { privateKeySecretArn: signingKey, publicKeys: ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="] },
  objectives: { rpo: "26h", provenWithin: "35d" },
  retention: { preset: RetentionPreset.Production, keepMonthly: 12, keepWithin: "48h", minimum: 5, keepSuspicious: "90d" },
  retentionSchedule: "0 6 * * *",
  dump: {
    parallel: 4,
    compressionLevel: 6,
    waive: ["subscription:app"],
    snapshotTimeout: "60s",
    lockTimeout: "5s",
    snapshotFallback: SnapshotFallback.Fail,
  },
  freshnessHours: 12,
  region: "eu-central-1",
  tags: { team: "shop" },
  task: {
    image: IMAGE,
    cpu: 512,
    memory: 1024,
    ephemeralStorage: 50,
    architecture: AgentTaskArchitecture.Arm64,
    platformVersion: "1.4.0",
    user: "10001:10001",
    stopTimeout: 60,
    environment: { PGKEEP_BY: "the nightly dump" },
    secrets: { PGKEEP_WEBHOOK_URL: webhook },
    secretKeyArns: [`arn:aws:kms:${PLACE}:key/11111111-2222-3333-4444-555555555555`],
    network: { ...DUMP.task.network, allowInDatabaseGroup: true, httpsPrefixListIds: ["pl-s3"], httpsCidrs: ["10.0.0.0/16"] },
    logs: { retentionDays: 30, kmsKeyArn: `arn:aws:kms:${PLACE}:key/11111111-2222-3333-4444-555555555555` },
  },
};

const declare = (args: ScheduledDumpArgs) => () => {
  const { effectivePolicy, agentConfiguration, topicArn, ecsClusterArn, deadLetterQueueArn, logGroupName, securityGroupId } =
    new ScheduledDump("dump", args);
  const outputs = { effectivePolicy, agentConfiguration, topicArn, ecsClusterArn, deadLetterQueueArn, logGroupName, securityGroupId };
  return Promise.resolve(outputs as Record<string, pulumi.Output<unknown>>);
};

describe.skipIf(missingEngine() !== undefined)("ScheduledDump, deployed with every argument", () => {
  let stack: EngineStack;

  beforeAll(async () => {
    stack = await startStack({ program: declare(declared), providers: [awsProvider()] });
    await stack.up();
  });
  afterAll(() => stack?.dispose());

  const resource = async (name: string, type: string) => {
    const found = (await stack.resources()).find((one) => one.name === name && one.type === type);
    return found ?? expect.fail(`${type} ${name} is not there`);
  };

  it("is to the engine what it was", async () => {
    await expect(await identitySnapshot(stack)).toMatchFileSnapshot("golden/aws-scheduled-dump-identity.txt");
  });

  it("has nothing to change the second time", async () => {
    const { steps } = await stack.preview({ refresh: true });
    expect(steps.filter(({ op }) => op !== "same" && op !== "refresh")).toEqual([]);
  });

  it("gives the agent a configuration that the agent takes, and that says what the arguments say", async () => {
    const { agentConfiguration } = await stack.outputs();
    const config = parseAgentConfig(JSON.parse(agentConfiguration?.value as string));
    expect(config).toMatchObject({
      cluster: "shop",
      databases: ["shop-core", "shop-backend"],
      connection: { host: "db.shop.example.org", port: 5433, user: "pgkeep_dump", sslmode: "verify-full", sslrootcert: "rds" },
      store: { url: "s3://shop-backups/postgres", region: "eu-central-1" },
      encryption: { recipients: RECIPIENTS },
      dump: { parallel: 4, compressionLevel: 6, waive: ["subscription:app"] },
      snapshot: { timeout: 60_000, lockTimeout: 5000 },
      objectives: { rpo: 26 * 3_600_000 },
      retention: { keepMonthly: 12, afterBackup: false },
    });
  });

  it("names secrets by their ARN alone, and lets the pruner have none of them", async () => {
    const { outputs } = await resource("dump-prune-task", "aws:ecs/taskDefinition:TaskDefinition");
    const [pruner] = JSON.parse(outputs.containerDefinitions as string) as { secrets: unknown[]; command: string[] }[];
    expect(pruner?.secrets).toEqual([]);
    expect(pruner?.command.slice(0, 3)).toEqual(["retention", "apply", "--yes"]);
    const rights = await resource("dump-execution", "aws:iam/rolePolicy:RolePolicy");
    const { Statement } = JSON.parse(rights.outputs.policy as string) as { Statement: { Sid: string; Resource: string[] }[] };
    expect(Object.fromEntries(Statement.map(({ Sid, Resource }) => [Sid, Resource]))).toMatchObject({
      ReadSecrets: [`arn:aws:secretsmanager:${PLACE}:secret:shop/dump-AbCdEf`, webhook],
      ReadParameters: [signingKey],
    });
  });

  it("upgrades what it deployed when it landed without replacing or deleting anything", async () => {
    if (!existsSync(landed)) await saveState(stack, landed);
    const steps = await upgradeCheck(landed, { program: declare(declared), providers: [awsProvider()] });
    expect(steps.length).toBeGreaterThan(25);
  });
});

it.skipIf(missingEngine() !== undefined)("ScheduledDump shows nothing that was marked as a secret, in state, logs and diffs", async () => {
  const environment = { NOTE: pulumi.secret(canary) };
  const program = (image: string) => declare({ ...DUMP, task: { ...DUMP.task, image, environment } });
  const stack = await startStack({ program: program(IMAGE), providers: [awsProvider()] });
  try {
    await stack.up();
    await stack.preview({ program: program(OTHER_IMAGE) });
    assertNoCanary(stack, [canary]);
  } finally {
    await stack.dispose();
  }
});

it.skipIf(missingEngine() !== undefined)(
  "ScheduledDump takes a cluster, a topic, a queue, a log group and a security group that exist, and makes none of its own",
  async () => {
    const theirs = {
      ecsClusterArn: `arn:aws:ecs:${PLACE}:cluster/theirs`,
      topicArn: `arn:aws:sns:${PLACE}:theirs`,
      deadLetterQueueArn: `arn:aws:sqs:${PLACE}:theirs`,
    };
    const network = { subnetIds: ["subnet-a"], securityGroupId: "sg-theirs" };
    const logs = { groupArn: `arn:aws:logs:${PLACE}:log-group:/theirs/dump:*` };
    const stack = await startStack({
      program: declare({ ...DUMP, ...theirs, freshnessHours: 0, task: { image: IMAGE, network, logs } }),
      providers: [awsProvider()],
    });
    try {
      await stack.up();
      const made = (await stack.resources()).map(({ type }) => type).filter((type) => type.startsWith("aws:"));
      expect(made.sort()).toEqual([
        "aws:cloudwatch/eventRule:EventRule",
        "aws:cloudwatch/eventTarget:EventTarget",
        "aws:ecs/taskDefinition:TaskDefinition",
        "aws:iam/role:Role",
        "aws:iam/role:Role",
        "aws:iam/role:Role",
        "aws:iam/rolePolicy:RolePolicy",
        "aws:iam/rolePolicy:RolePolicy",
        "aws:iam/rolePolicy:RolePolicy",
        "aws:scheduler/schedule:Schedule",
        "aws:scheduler/scheduleGroup:ScheduleGroup",
      ]);
      const outputs = await stack.outputs();
      expect(outputs).toMatchObject({
        ecsClusterArn: { value: theirs.ecsClusterArn },
        topicArn: { value: theirs.topicArn },
        deadLetterQueueArn: { value: theirs.deadLetterQueueArn },
        logGroupName: { value: "/theirs/dump" },
        securityGroupId: { value: "sg-theirs" },
      });
      expect(outputs.effectivePolicy?.value).toContain("NOT that there is no recovery point for too long");
    } finally {
      await stack.dispose();
    }
  },
);

it.skipIf(missingEngine() !== undefined)(
  "ScheduledDump can be previewed while every leaf input is unknown, and deletes nothing then",
  async () => {
    const { replaced } = await previewWithUnknowns(
      (leaf) => {
        const { network, logs: _, environment: __, secrets: ___, secretKeyArns, ...task } = declared.task;
        const leaves = <Group extends object>(group: Group) =>
          Object.fromEntries(Object.entries(group).map(([name, value]) => [name, leaf(value)])) as unknown as Group;
        return new ScheduledDump("dump", {
          ...leaves({
            cluster: "shop",
            databases: ["shop-core"],
            schedule: "15 */6 * * *",
            timeZone: "UTC",
            deadline: "90m",
            enabled: true,
            encryptionRecipients: RECIPIENTS,
            ecsClusterArn: `arn:aws:ecs:${PLACE}:cluster/theirs`,
            deadLetterQueueArn: `arn:aws:sqs:${PLACE}:theirs`,
            tags: { team: "shop" },
          }),
          server: leaves(declared.server),
          store: leaves(declared.store),
          signing: leaves(declared.signing ?? {}),
          objectives: leaves(declared.objectives ?? {}),
          retention: leaves(declared.retention ?? {}),
          dump: leaves(declared.dump ?? {}),
          retentionSchedule: "0 6 * * *",
          protect: false,
          task: {
            ...leaves(task),
            secretKeyArns: leaf(secretKeyArns as string[]),
            environment: { NOTE: leaf("x") },
            secrets: { PGKEEP_WEBHOOK_URL: leaf(webhook) },
            network: {
              ...leaves({ subnetIds: ["subnet-a"], vpcId: "vpc-1", databaseSecurityGroupId: "sg-database" }),
              allowInDatabaseGroup: network.allowInDatabaseGroup ?? false,
              httpsCidrs: [leaf("10.0.0.0/16")],
            },
            logs: leaves({ retentionDays: 30 }),
          },
        });
      },
      { providers: [awsProvider()] },
    );
    // What a change of its own input replaces, were it another value: the next revision of a task, and a security group with its rules. None of it keeps anything.
    expect(replaced.filter((name) => !/^dump-(prune-)?(task|to-|into-)/.test(name))).toEqual([]);
  },
);
