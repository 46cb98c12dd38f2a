import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BackupAlarms, type BackupAlarmsArgs } from "../../packages/aws/src/index.js";
import { failureOf } from "../support/engine/failureOf.js";
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
import { sortedPreview } from "../support/sortedPreview.js";

/** As it was when the component landed. Never written again: an upgrade must read what is out there. */
const landed = fileURLToPath(new URL("states/aws-backup-alarms-1.json", import.meta.url));
const canary = "https://events.example.org/canary-of-the-integration-key";
const topicArn = "arn:aws:sns:eu-central-1:123456789012:ops";
const args: BackupAlarmsArgs = {
  emails: ["ops@example.org"],
  httpsEndpoints: { incidents: canary },
  instanceIdentifiers: ["orders"],
  clusters: [{ cluster: "shop", provenWithinDays: 35 }],
  region: "eu-central-1",
  tags: { team: "orders" },
};
const providers = () => [awsProvider()];
const golden = (name: string) => `golden/aws-backup-alarms-${name}.txt`;
const programOf = (given: BackupAlarmsArgs) => () => {
  const { effectivePolicy, kmsKeyArn, topicArn: arn, topicPolicy } = new BackupAlarms("orders", given);
  return Promise.resolve({ effectivePolicy, kmsKeyArn, topicArn: arn, topicPolicy });
};
/** Names end by chance where the provider makes them. */
const steady = (text: string) => sortedPreview(text).replace(/\b(orders-[\w-]+)-[0-9a-f]{7}\b/g, "$1-0c9f3a1");

describe.skipIf(missingEngine() !== undefined)("previews of BackupAlarms", () => {
  let stack: EngineStack;
  const previewOf = async (given: BackupAlarmsArgs) => steady(await stack.previewText({ program: programOf(given) }));
  const inputsOf = async (name: string) => (await stack.resources()).find((resource) => resource.name === name)?.inputs;

  beforeAll(async () => {
    stack = await startStack({ program: programOf(args), providers: providers() });
  });
  afterAll(async () => {
    await stack?.dispose();
  });

  it("the first deployment", async () => {
    await expect(await previewOf(args)).toMatchFileSnapshot(golden("first-deployment"));
    await stack.up();
    const { steps } = await stack.preview();
    expect(steps.filter(({ op }) => op !== "same")).toEqual([]);
  });

  it("an agent that does not run is a breach, and one good hour is enough", async () => {
    expect(await inputsOf("orders-shop-checked")).toMatchObject({
      namespace: "pgkeep",
      metricName: "NewestCheckedAge",
      dimensions: { Cluster: "shop" },
      statistic: "Minimum",
      period: 3600,
      evaluationPeriods: 26,
      datapointsToAlarm: 26,
      threshold: 26 * 3600,
      treatMissingData: "breaching",
      alarmDescription:
        "shop: in the last 26 hours the agent told of no recovery point that is checked and not suspicious and younger than 26 hours, or did not run. Run: pgkeep status",
    });
    expect(await inputsOf("orders-shop-proven")).toMatchObject({
      metricName: "NewestProvenAge",
      evaluationPeriods: 26,
      threshold: 35 * 86_400,
      alarmDescription: expect.stringContaining("that a drill has proven and younger than 35 days"),
    });
    const { topicArn: arn } = await stack.outputs();
    expect(await inputsOf("orders-shop-checked")).toMatchObject({ alarmActions: [arn?.value], okActions: [arn?.value] });
  });

  it("the topic is encrypted with a key of its own, which lets the services publish", async () => {
    const { kmsKeyArn } = await stack.outputs();
    expect(await inputsOf("orders-topic")).toMatchObject({ kmsMasterKeyId: kmsKeyArn?.value });
    expect(JSON.stringify(await inputsOf("orders-key-policy"))).toContain("events.rds.amazonaws.com");
    expect(await inputsOf("orders-rds-events")).toMatchObject({
      sourceType: "db-instance",
      sourceIds: ["orders"],
      eventCategories: ["backup", "configuration change", "deletion", "failure", "low storage"],
    });
    // RDS publishes a first message when a subscription is made, and refuses where it may not.
    const subscription = (await stack.resources()).find(({ name }) => name === "orders-rds-events");
    expect(subscription?.dependencies.join()).toMatch(/orders-topic-policy.*orders-key-policy|orders-key-policy.*orders-topic-policy/);
  });

  it("is to the engine what it was, and shows no address that holds a key", async () => {
    await expect(await identitySnapshot(stack)).toMatchFileSnapshot(golden("identity"));
    assertNoCanary(stack, [canary]);
    if (!existsSync(landed)) await saveState(stack, landed);
  });

  it("an objective loosened is one line of the policy and one of the alarm", async () => {
    const loosened = { ...args, clusters: [{ cluster: "shop", rpoHours: 48, provenWithinDays: 35 }] };
    await expect(await previewOf(loosened)).toMatchFileSnapshot(golden("objective-loosened"));
    const { steps } = await stack.up({ program: programOf(loosened) });
    expect(steps.filter(({ op }) => !["same", "update"].includes(op))).toEqual([]);
  });

  it("a rename is refused, for the confirmed subscriptions hang on the topic", async () => {
    const renamed = () => Promise.resolve(void new BackupAlarms("alarms", args));
    expect(await failureOf(stack.preview({ program: renamed }))).toMatch(/orders-(topic|key)[\s\S]*protect/);
  });

  it("upgrades what it deployed when it landed without replacing or deleting anything", async () => {
    const steps = await upgradeCheck(landed, { program: programOf(args), providers: providers() });
    expect(steps.length).toBeGreaterThan(15);
  });
});

describe.skipIf(missingEngine() !== undefined)("BackupAlarms", () => {
  const deployed = async <Result>(given: BackupAlarmsArgs, look: (stack: EngineStack) => Promise<Result>) => {
    const stack = await startStack({ program: programOf(given), providers: providers() });
    try {
      await stack.up();
      return await look(stack);
    } finally {
      await stack.dispose();
    }
  };

  it("takes a topic that exists, changes nothing of it, and follows it into its Region", async () => {
    await deployed({ topicArn: pulumi.output(topicArn), clusters: [{ cluster: "shop" }] }, async (stack) => {
      const resources = await stack.resources();
      const types = resources.map(({ type }) => type);
      for (const type of ["aws:sns/topic:Topic", "aws:sns/topicPolicy:TopicPolicy", "aws:kms/key:Key"]) expect(types).not.toContain(type);
      expect(resources.find(({ name }) => name === "orders-shop-checked")?.inputs).toMatchObject({
        alarmActions: [topicArn],
        region: "eu-central-1",
      });
      expect(resources.find(({ name }) => name === "orders-rds-events")?.inputs).not.toHaveProperty("sourceIds");
      const outputs = await stack.outputs();
      expect(outputs.topicArn?.value).toBe(topicArn);
      expect(JSON.stringify(outputs.topicPolicy?.value)).toContain(topicArn);
    });
  });

  it("takes a key that exists for its own topic", async () => {
    const kmsKeyArn = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    await deployed(
      { emails: ["ops@example.org"], kmsKeyArn, rdsEvents: [], awsBackup: false, clusters: [{ cluster: "shop" }] },
      async (stack) => {
        const resources = await stack.resources();
        expect(resources.map(({ type }) => type)).not.toContain("aws:kms/key:Key");
        expect(resources.map(({ type }) => type)).not.toContain("aws:cloudwatch/eventRule:EventRule");
        expect(resources.find(({ name }) => name === "orders-topic")?.inputs).toMatchObject({ kmsMasterKeyId: kmsKeyArn });
      },
    );
  });

  it("can be previewed while every leaf input is unknown, and deletes nothing then", async () => {
    const { replaced } = await previewWithUnknowns(
      (leaf) =>
        new BackupAlarms("orders", {
          emails: ["ops@example.org"],
          httpsEndpoints: { incidents: pulumi.secret(leaf(canary)) },
          instanceIdentifiers: leaf(["orders"]),
          clusters: [{ cluster: "shop", rpoHours: leaf(48), provenWithinDays: leaf(35), runEveryHours: leaf(26) }],
          tags: { team: leaf("orders") },
        }),
      { providers: providers() },
    );
    // Another address is another subscription.
    expect(replaced).toEqual(["orders-https-incidents"]);
  });

  it("shows every wrong argument with its reason, known early or late", async () => {
    const failure = async (given: BackupAlarmsArgs) => {
      const stack = await startStack({ program: programOf(given), providers: providers() });
      return await failureOf(stack.preview()).finally(() => stack.dispose());
    };
    const wrong = {
      topicArn,
      region: "eu-west-1",
      httpsEndpoints: { incidents: canary.replace("https", "http") },
      clusters: [{ cluster: "shop", rpoHours: 169 }],
    };
    const early = await failure(wrong);
    await expect(`${early}\n`).toMatchFileSnapshot(golden("errors"));
    expect(early).not.toMatch(/^\s+at |__pulumi|\[Object|canary/m);
    const late = { emails: ["ops@example.org"], clusters: [{ cluster: "shop", rpoHours: pulumi.output(169) }] };
    expect(await failure(late)).toContain("a CloudWatch alarm looks back at most 7 days");
  });
});
