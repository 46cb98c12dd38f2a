import type * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DumpCronJob, type DumpCronJobArgs } from "../../packages/kubernetes/src/index.js";
import { CRON_JOB, OTHER_DIGEST } from "../support/cronJobArguments.js";
import { type EngineStack, missingEngine, startStack } from "../support/engine/index.js";
import { kubernetesProvider } from "../support/engine/providers/kubernetes/kubernetesProvider.js";
import { missingKubernetes, startKubernetes, type TestKubernetes } from "../support/kubernetesServer.js";
import { sortedPreview } from "../support/sortedPreview.js";

/** Behind a document of JSON the engine leaves a line empty, and what the server adds to an object differs from run to run. */
const shown = (text: string) =>
  sortedPreview(text.replace(/\n(?=\n)/g, "").replace(/\n(?= => )/g, ""))
    .replace(/pulumi-kubernetes-[0-9a-f]{8}/g, "pulumi-kubernetes-…")
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "…");
const golden = (name: string) => `golden/kubernetes-dump-cron-job-${name}.txt`;

const missing = missingEngine() ?? missingKubernetes();

/** What a reviewer of a pull request reads, with the real API server behind. After each preview the change is made. */
describe.skipIf(missing !== undefined)("previews of DumpCronJob", () => {
  let kubernetes: TestKubernetes;
  let stack: EngineStack;
  let args: DumpCronJobArgs = CRON_JOB;

  const program = () => {
    const { effectivePolicy } = new DumpCronJob("nightly", args);
    return Promise.resolve({ effectivePolicy } as Record<string, pulumi.Output<unknown>>);
  };
  const planned = async () => (await stack.preview({ refresh: true })).steps.filter(({ op }) => op !== "same" && op !== "refresh");
  const changed = async () => (await planned()).map(({ name, op }) => `${op} ${name}`).sort();

  beforeAll(async () => {
    kubernetes = await startKubernetes();
    const secrets = { "kubernetes:kubeconfig": kubernetes.kubeconfig };
    stack = await startStack({ program, providers: [kubernetesProvider()], secrets });
  }, 60_000);
  afterAll(async () => {
    await stack?.dispose();
    await kubernetes?.stop();
  });

  it("the first deployment", async () => {
    await expect(shown(await stack.previewText())).toMatchFileSnapshot(golden("first-deployment"));
    await stack.up();
    await expect(`${(await stack.outputs()).effectivePolicy?.value as string}\n`).toMatchFileSnapshot(golden("policy"));
    expect(await planned()).toEqual([]);
  });

  it("the schedule moved: in place, with the deadlines that follow from it", async () => {
    args = { ...args, schedule: "30 */2 * * *" };
    await expect(shown(await stack.previewText())).toMatchFileSnapshot(golden("schedule-moved"));
    expect(await changed()).toEqual(["update nightly", "update nightly-cron"]);
    await stack.up();
    expect(await planned()).toEqual([]);
  });

  it("another image: for the next run, and nothing is replaced", async () => {
    args = { ...args, image: OTHER_DIGEST };
    await expect(shown(await stack.previewText())).toMatchFileSnapshot(golden("image-changed"));
    expect(await changed()).toEqual(["update nightly", "update nightly-cron"]);
    await stack.up();
  });

  it("less safety: each of it is a line of its own", async () => {
    const { tls: _, encryptionRecipients: __, ...less } = args;
    args = { ...less, suspend: true, network: { policies: false }, environment: {} };
    await expect(shown(await stack.previewText())).toMatchFileSnapshot(golden("less-safety"));
    expect(await changed()).toEqual(["delete nightly-egress", "update nightly", "update nightly-cron"]);
  });
});
