import type * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RetentionPreset, ScheduledDump, type ScheduledDumpArgs } from "../../packages/aws/src/index.js";
import { DUMP, OTHER_IMAGE, PRUNER_POLICY } from "../support/dumpArguments.js";
import { type EngineStack, missingEngine, startStack } from "../support/engine/index.js";
import { awsProvider } from "../support/engine/providers/aws/awsProvider.js";
import { sortedPreview } from "../support/sortedPreview.js";

/**
 * Names that the provider chooses end in chance. Behind a document of JSON the engine leaves a line empty, and puts what comes in its stead onto a line
 * of its own; either would part a resource in two before the children are sorted.
 */
const shown = (text: string) =>
  sortedPreview(text.replace(/\n(?=\n)/g, "").replace(/\n(?= => )/g, "")).replace(/\b(dump(?:-[a-z]+)*)-[0-9a-f]{7}\b/g, "$1-…");
const golden = (name: string) => `golden/aws-scheduled-dump-${name}.txt`;

/** What a reviewer of a pull request reads. After each preview the change is made, so that the next one begins where it ended. */
describe.skipIf(missingEngine() !== undefined)("previews of ScheduledDump", () => {
  let stack: EngineStack;
  let args: ScheduledDumpArgs = DUMP;

  const program = () => {
    const { effectivePolicy, topicArn, agentConfiguration } = new ScheduledDump("dump", args);
    return Promise.resolve({ effectivePolicy, topicArn, agentConfiguration } as Record<string, pulumi.Output<unknown>>);
  };
  const planned = async () => (await stack.preview({ refresh: true })).steps.filter(({ op }) => op !== "same" && op !== "refresh");
  const changed = async () => (await planned()).map(({ name, op }) => `${op} ${name}`).sort();

  beforeAll(async () => {
    stack = await startStack({ program, providers: [awsProvider()] });
  });
  afterAll(() => stack?.dispose());

  it("the first deployment", async () => {
    await expect(shown(await stack.previewText())).toMatchFileSnapshot(golden("first-deployment"));
    await stack.up();
    expect(await planned()).toEqual([]);
  });

  it("the schedule moved: in place, and nothing of the task changes", async () => {
    args = { ...args, schedule: "30 3 * * MON-FRI" };
    await expect(shown(await stack.previewText())).toMatchFileSnapshot(golden("schedule-moved"));
    expect(await changed()).toEqual(["update dump", "update dump-dump", "update dump-freshness"]);
    await stack.up();
  });

  it("another image: another revision of the task, and nothing that keeps anything is replaced", async () => {
    args = { ...args, task: { ...args.task, image: OTHER_IMAGE } };
    await expect(shown(await stack.previewText())).toMatchFileSnapshot(golden("image-changed"));
    expect((await changed()).filter((step) => !step.startsWith("update"))).toEqual([
      "create-replacement dump-task",
      "delete-replaced dump-task",
      "replace dump-task",
    ]);
    await stack.up();
    expect(await planned()).toEqual([]);
  });

  it("a login by IAM in place of the password: the secret goes, a right comes", async () => {
    const { passwordSecretArn: _, ...server } = args.server;
    args = { ...args, server: { ...server, iamAuthentication: true, resourceId: "db-ABCDEFGHIJKL" } };
    await expect(shown(await stack.previewText())).toMatchFileSnapshot(golden("login-by-iam"));
    await stack.up();
  });

  it("retention applied by a task of its own", async () => {
    args = {
      ...args,
      retention: { preset: RetentionPreset.Production },
      retentionSchedule: "0 6 * * *",
      store: { ...args.store, prunerPolicy: PRUNER_POLICY },
    };
    await expect(shown(await stack.previewText())).toMatchFileSnapshot(golden("retention-added"));
    await stack.up();
    expect(await planned()).toEqual([]);
  });

  it("turned off: the alarm stays, which is what it is for", async () => {
    args = { ...args, enabled: false };
    await expect(shown(await stack.previewText())).toMatchFileSnapshot(golden("turned-off"));
    await stack.up();
  });

  it("a topic of its own is not destroyed by mistake", async () => {
    args = { ...args, topicArn: "arn:aws:sns:eu-central-1:123456789012:theirs" };
    const failure = await stack.previewText().then(
      () => "",
      (error: Error) => error.message,
    );
    expect(failure).toMatch(/dump-topic[\s\S]*cannot be deleted|cannot be deleted[\s\S]*dump-topic/);
    const { topicArn: _, ...before } = args;
    args = { ...before, protect: false };
    await expect(shown(await stack.previewText())).toMatchFileSnapshot(golden("protection-lifted"));
    await stack.up();
    await stack.destroy();
  });
});
