import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { ScheduledDump, type ScheduledDumpArgs } from "../../packages/aws/src/index.js";
import { DUMP, IMAGE } from "../support/dumpArguments.js";
import { previewFailure } from "../support/engine/failureOf.js";
import { missingEngine } from "../support/engine/index.js";
import { awsProvider } from "../support/engine/providers/aws/awsProvider.js";

async function failureOf(args: ScheduledDumpArgs): Promise<string> {
  return await previewFailure({
    program: () => Promise.resolve(void new ScheduledDump("dump", args)),
    providers: [awsProvider()],
  });
}

describe.skipIf(missingEngine() !== undefined)("what a user sees of wrong arguments of ScheduledDump", () => {
  it("is every one of them with its reason, and neither a stack nor an object nor a secret", async () => {
    const text = await failureOf({
      ...DUMP,
      cluster: "Shop",
      databases: ["shop-core", "shop-core"],
      server: { ...DUMP.server, passwordSecretArn: "hunter2", port: 0 },
      store: { url: "gs://shop-backups", writerPolicy: "writer" },
      schedule: "0 2 * * SUN",
      deadline: "30d",
      encryptionRecipients: ["AGE-SECRET-KEY-1HUNTER2"],
      retentionSchedule: "every day",
      task: {
        image: "ghcr.io/pgkeep/agent:latest",
        cpu: 256,
        memory: 8192,
        environment: { PGPASSWORD: "hunter2" },
        network: { subnetIds: [] },
      },
    });
    await expect(`${text}\n`).toMatchFileSnapshot("golden/aws-scheduled-dump-errors.txt");
    expect(text).not.toMatch(/^\s+at |__pulumi|\[Object|hunter2/im);
  });

  it.each<[string, Partial<ScheduledDumpArgs>, string]>([
    [
      "a schedule",
      { schedule: pulumi.output("0 2 1 * MON") },
      "schedule: EventBridge Scheduler takes a day of the month or a day of the week",
    ],
    ["a deadline", { deadline: pulumi.output("forever") }, "deadline: this is no time that a run may take"],
    ["a port", { server: { ...DUMP.server, port: pulumi.output(0) } }, "server.port: "],
    [
      "an image",
      { task: { ...DUMP.task, image: pulumi.output("ghcr.io/pgkeep/agent:latest") } },
      "task.image: this is no image by its digest",
    ],
    [
      "a size",
      { task: { ...DUMP.task, image: IMAGE, memory: pulumi.output(512) } },
      "task.memory: Fargate has no tasks of 1024 CPU units with so much memory",
    ],
  ])("is the same where %s came as an Output", async (_, changes, expected) => {
    expect(await failureOf({ ...DUMP, ...changes })).toContain(expected);
  });
});
