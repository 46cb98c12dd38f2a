import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RestoreTesting, type RestoreTestingArgs } from "../../packages/aws/src/index.js";
import { previewFailure } from "../support/engine/failureOf.js";
import {
  type EngineStack,
  identitySnapshot,
  missingEngine,
  previewWithUnknowns,
  saveState,
  startStack,
  upgradeCheck,
} from "../support/engine/index.js";
import { awsProvider } from "../support/engine/providers/aws/awsProvider.js";
import { DRILL, RESTORE_TEST } from "../support/restoreTestArguments.js";
import { sortedPreview } from "../support/sortedPreview.js";

/** As it was when the component landed. Never written again: an upgrade must read what is out there. */
const landed = fileURLToPath(new URL("states/aws-restore-testing-1.json", import.meta.url));
/** Names that the provider chooses end in chance. */
const shown = (text: string) => sortedPreview(text).replace(/\b(tests(?:-[a-z]+)+)-[0-9a-f]{7}\b/g, "$1-…");
const golden = (name: string) => `golden/aws-restore-testing-${name}.txt`;

describe.skipIf(missingEngine() !== undefined)("RestoreTesting", () => {
  let stack: EngineStack;
  let args: RestoreTestingArgs;

  const program = () => {
    const { effectivePolicy, planArn, taskDefinitionArn, topicArn } = new RestoreTesting("tests", args);
    return Promise.resolve({ effectivePolicy, planArn, taskDefinitionArn, topicArn } as Record<string, pulumi.Output<unknown>>);
  };
  const planned = async () => (await stack.preview({ refresh: true })).steps.filter(({ op }) => op !== "same" && op !== "refresh");

  beforeAll(async () => {
    args = RESTORE_TEST;
    stack = await startStack({ program, providers: [awsProvider()] });
  });
  afterAll(() => stack?.dispose());

  it("the first deployment", async () => {
    await expect(shown(await stack.previewText())).toMatchFileSnapshot(golden("first-deployment"));
    await stack.up();
    expect(await planned()).toEqual([]);
  });

  it("is to the engine what it was", async () => {
    await expect(await identitySnapshot(stack)).toMatchFileSnapshot(golden("identity"));
  });

  it("upgrades what it deployed when it landed without replacing or deleting anything", async () => {
    if (!existsSync(landed)) await saveState(stack, landed);
    args = RESTORE_TEST;
    const steps = await upgradeCheck(landed, { program, providers: [awsProvider()] });
    expect(steps.length).toBeGreaterThan(15);
  });

  it("starts the drill for each completed restore job, with its job and its instance", async () => {
    const resources = await stack.resources();
    const find = (name: string, type: string) => resources.find((one) => one.name === name && one.type === type)?.inputs;
    expect(find("tests-restored", "aws:cloudwatch/eventTarget:EventTarget")).toMatchObject({
      inputTransformer: {
        inputTemplate:
          '{"containerOverrides":[{"name":"pgkeep","command":["drill","--physical","--restore-job",<job>,"--restored-arn",<instance>,"--deadline","690m"]}]}',
      },
      ecsTarget: { networkConfiguration: { assignPublicIp: false, subnets: ["subnet-drill-a"] } },
    });
    expect(find("tests-selection", "aws:backup/restoreTestingSelection:RestoreTestingSelection")).toMatchObject({
      restoreMetadataOverrides: { publiclyAccessible: "false", multiAz: "false" },
      validationWindowHours: 12,
    });
  });

  it("a longer window, any recovery point and a smaller class: nothing is made anew", async () => {
    args = { ...RESTORE_TEST, validationWindowHours: 24, selectionWindowDays: 90, instanceClass: "db.t4g.medium", schedule: "0 4 1 * *" };
    await expect(shown(await stack.previewText())).toMatchFileSnapshot(golden("window-changed"));
    expect((await planned()).map(({ name, op }) => `${op} ${name}`).sort()).toEqual([
      "update tests",
      "update tests-plan",
      "update tests-restored",
      "update tests-selection",
    ]);
    await stack.up();
  });

  it("the validation removed: the protected topic stands in the way", async () => {
    const { validation: _, ...without } = args;
    args = without;
    await expect(stack.preview()).rejects.toThrow(/tests-topic/);
    args = { ...RESTORE_TEST, validation: DRILL };
  });
});

it.skipIf(missingEngine() !== undefined)(
  "RestoreTesting takes groups, a cluster, a topic, a queue and a role that exist, and makes none of its own",
  async () => {
    const place = "eu-central-1:123456789012";
    const roleArn = "arn:aws:iam::123456789012:role/restore";
    const stack = await startStack({
      program: () => {
        const { roleArn: used } = new RestoreTesting("tests", {
          ...RESTORE_TEST,
          network: { subnetGroupName: "private", securityGroupId: "sg-restored" },
          roleArn,
          validation: {
            ...DRILL,
            task: {
              ...DRILL.task,
              network: { subnetIds: ["subnet-drill-a"], securityGroupId: "sg-drill" },
              logs: { groupArn: `arn:aws:logs:${place}:log-group:drills` },
            },
            ecsClusterArn: `arn:aws:ecs:${place}:cluster/shop`,
            topicArn: `arn:aws:sns:${place}:shop`,
            deadLetterQueueArn: `arn:aws:sqs:${place}:shop`,
          },
        });
        return Promise.resolve({ used } as Record<string, pulumi.Output<unknown>>);
      },
      providers: [awsProvider()],
    });
    try {
      await stack.up();
      const made = new Set((await stack.resources()).map(({ type }) => type).filter((type) => type.startsWith("aws:")));
      expect([...made].sort()).toEqual([
        "aws:backup/restoreTestingPlan:RestoreTestingPlan",
        "aws:backup/restoreTestingSelection:RestoreTestingSelection",
        "aws:cloudwatch/eventRule:EventRule",
        "aws:cloudwatch/eventTarget:EventTarget",
        "aws:ecs/taskDefinition:TaskDefinition",
        "aws:iam/role:Role",
        "aws:iam/rolePolicy:RolePolicy",
      ]);
      expect((await stack.outputs()).used?.value).toBe(roleArn);
    } finally {
      await stack.dispose();
    }
  },
);

it.skipIf(missingEngine() !== undefined)(
  "RestoreTesting can be previewed while every leaf input is unknown, and deletes nothing then",
  async () => {
    const { replaced } = await previewWithUnknowns(
      (leaf) =>
        new RestoreTesting("tests", {
          ...RESTORE_TEST,
          vaultArns: RESTORE_TEST.vaultArns.map((arn) => leaf(arn as string)),
          databaseArns: (RESTORE_TEST.databaseArns ?? []).map((arn) => leaf(arn as string)),
          schedule: leaf("0 4 * * SUN"),
          timeZone: leaf("UTC"),
          startWindowHours: leaf(4),
          selectionWindowDays: leaf(30),
          validationWindowHours: leaf(12),
          instanceClass: leaf("db.t4g.medium"),
          parameterGroupName: leaf("shop"),
          validation: {
            ...DRILL,
            cluster: leaf("shop"),
            databases: leaf(["shop-core"]),
            store: { url: leaf("s3://shop-backups/pgkeep"), drillPolicy: leaf(DRILL.store.drillPolicy as string) },
            task: { ...DRILL.task, image: leaf(DRILL.task.image as string) },
          },
        }),
      { providers: [awsProvider()] },
    );
    // Another revision of the drill's definition.
    expect(replaced).toEqual(["tests-drill-task"]);
  },
);

describe.skipIf(missingEngine() !== undefined)("what is wrong is told by the engine", () => {
  const failureOf = async (changes: object) => {
    return await previewFailure({
      program: () => Promise.resolve(void new RestoreTesting("tests", { ...RESTORE_TEST, ...changes } as RestoreTestingArgs)),
      providers: [awsProvider()],
    });
  };

  it.each<[string, object, string]>([
    [
      "a window that comes as an output",
      { startWindowHours: pulumi.output(200) },
      "startWindowHours: restore testing begins within 1 to 168 hours",
    ],
    [
      "a schedule that comes as an output",
      { schedule: pulumi.output("*/5 * * * *") },
      "schedule: AWS Backup runs a rule once an hour at most",
    ],
    [
      "a cluster that comes as an output",
      { validation: { ...DRILL, cluster: pulumi.output("Shop!") } },
      "validation.cluster: this cannot name a cluster",
    ],
  ])("%s", async (_, changes, expected) => {
    const failure = await failureOf(changes);
    expect(failure).toContain(expected);
    expect(failure).not.toMatch(/^\s+at |__pulumi|\[Object/m);
  });

  it("all at once, with neither a stack nor an object", async () => {
    const failure = await failureOf({
      network: {},
      schedule: "0,30 4 * * *",
      startWindowHours: 169,
      planName: "restore-tests",
      validation: { ...DRILL, task: { ...DRILL.task, image: "pgkeep:latest" } },
    });
    await expect(`${failure}\n`).toMatchFileSnapshot(golden("errors"));
    expect(failure).not.toMatch(/^\s+at |__pulumi|\[Object/m);
  });
});
