import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { DumpCronJob, type DumpCronJobArgs } from "../../packages/kubernetes/src/index.js";
import { CRON_JOB } from "../support/cronJobArguments.js";
import { previewFailure } from "../support/engine/failureOf.js";
import { missingEngine } from "../support/engine/index.js";
import { kubernetesProvider } from "../support/engine/providers/kubernetes/kubernetesProvider.js";

async function failureOf(args: DumpCronJobArgs): Promise<string> {
  return await previewFailure({
    program: () => Promise.resolve(void new DumpCronJob("nightly", args)),
    providers: [kubernetesProvider()],
  });
}

describe.skipIf(missingEngine() !== undefined)("what a user sees of wrong arguments of DumpCronJob", () => {
  it("is every one of them with its reason, and neither a stack nor an object nor a secret", async () => {
    const text = await failureOf({
      ...CRON_JOB,
      cronJobName: `shop-databases-of-the-web-shop-nightly-${"x".repeat(20)}`,
      databases: ["shop-core", "shop-core"],
      server: { ...CRON_JOB.server, port: 0, iamAuthentication: true },
      store: { url: "file:///backups" },
      schedule: "TZ=Europe/Berlin */61 * * * *",
      image: "ghcr.io/pgkeep/agent:latest",
      resources: { memoryLimit: "128Mi" },
      environment: { AWS_SECRET_ACCESS_KEY: "hunter2" },
      encryptionRecipients: ["AGE-SECRET-KEY-1HUNTER2"],
      network: { allowInDatabase: true },
    });
    await expect(`${text}\n`).toMatchFileSnapshot("golden/kubernetes-dump-cron-job-errors.txt");
    expect(text).not.toMatch(/^\s+at |__pulumi|\[Object|hunter2/im);
  });

  it.each<[string, Partial<DumpCronJobArgs>, string]>([
    ["a schedule", { schedule: pulumi.output("CRON_TZ=UTC 0 2 * * *") }, "schedule: a time zone has no place among the fields"],
    ["a deadline", { deadline: pulumi.output("25h") }, "deadline: two slots are 23 h apart"],
    [
      "a start",
      { startingDeadlineSeconds: pulumi.output(10) },
      "startingDeadlineSeconds: Kubernetes looks at its CronJobs every ten seconds",
    ],
    ["a store", { store: { url: pulumi.output("file:///backups") } }, "store.url: a folder of a Pod is gone with it"],
    ["an image", { image: pulumi.output("agent:latest") }, "image: this is no image by its digest"],
    ["memory", { resources: { memoryLimit: pulumi.output("64Mi") } }, "resources.memoryLimit: a backup of 2 databases"],
  ])("is the same where %s came as an Output", async (_, changes, expected) => {
    expect(await failureOf({ ...CRON_JOB, ...changes })).toContain(expected);
  });
});
