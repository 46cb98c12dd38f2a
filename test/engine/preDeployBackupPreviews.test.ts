import type * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PreDeployBackup, type PreDeployBackupArgs } from "../../packages/kubernetes/src/index.js";
import { completeJobs } from "../support/completeJobs.js";
import { OTHER_DIGEST } from "../support/cronJobArguments.js";
import { type EngineStack, missingEngine, startStack } from "../support/engine/index.js";
import { kubernetesProvider } from "../support/engine/providers/kubernetes/kubernetesProvider.js";
import { missingKubernetes, startKubernetes, type TestKubernetes } from "../support/kubernetesServer.js";
import { PRE_DEPLOY } from "../support/onceJobArguments.js";
import { sortedPreview } from "../support/sortedPreview.js";

/** Behind a document of JSON the engine leaves a line empty, and what the server adds to an object differs from run to run. */
const shown = (text: string) =>
  sortedPreview(text.replace(/\n(?=\n)/g, "").replace(/\n(?= => )/g, ""))
    .replace(/pulumi-kubernetes-[0-9a-f]{8}/g, "pulumi-kubernetes-…")
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "…");
const golden = (name: string) => `golden/kubernetes-pre-deploy-backup-${name}.txt`;

const missing = missingEngine() ?? missingKubernetes();

/** What a reviewer of a pull request reads, with the real API server behind. After each preview the change is made. */
describe.skipIf(missing !== undefined)("previews of PreDeployBackup", () => {
  let kubernetes: TestKubernetes;
  let stack: EngineStack;
  let endCompleting: (() => Promise<void>) | undefined;
  let args: PreDeployBackupArgs = PRE_DEPLOY;

  const program = () => {
    const { effectivePolicy } = new PreDeployBackup("deploy", args);
    return Promise.resolve({ effectivePolicy } as Record<string, pulumi.Output<unknown>>);
  };
  const planned = async () => (await stack.preview({ refresh: true })).steps.filter(({ op }) => op !== "same" && op !== "refresh");
  const changed = async () => (await planned()).map(({ name, op }) => `${op} ${name}`).sort();
  const uids = async () => {
    const { items } = (await kubernetes.read("/apis/batch/v1/namespaces/default/jobs")).body as {
      items: { metadata: { name: string; uid: string } }[];
    };
    return Object.fromEntries(items.map(({ metadata }) => [metadata.name, metadata.uid]));
  };

  beforeAll(async () => {
    kubernetes = await startKubernetes();
    endCompleting = completeJobs(kubernetes);
    const secrets = { "kubernetes:kubeconfig": kubernetes.kubeconfig };
    stack = await startStack({ program, providers: [kubernetesProvider()], secrets });
  }, 60_000);
  afterAll(async () => {
    await endCompleting?.();
    await stack?.dispose();
    await kubernetes?.stop();
  });

  it("the first deployment", async () => {
    await expect(shown(await stack.previewText())).toMatchFileSnapshot(golden("first-deployment"));
    await stack.up();
    await expect(`${(await stack.outputs()).effectivePolicy?.value as string}\n`).toMatchFileSnapshot(golden("policy"));
    expect(await planned()).toEqual([]);
  });

  it("the same key: whatever else changes, no other backup", async () => {
    const before = await uids();
    args = {
      ...args,
      image: OTHER_DIGEST,
      application: { gitSha: "fedcba9", images: {} },
      pinFor: "7d",
      resources: { memoryLimit: "1Gi" },
      labels: { team: "shop" },
      deadline: "2h",
    };
    await expect(shown(await stack.previewText())).toMatchFileSnapshot(golden("same-key"));
    expect(await changed()).toEqual(["update deploy", "update deploy-egress"]);
    await stack.up();
    expect(await planned()).toEqual([]);
    expect(await uids()).toEqual(before);
  });

  it("another key, and the former one again: another Job each time", async () => {
    const { deploymentKey } = args;
    const first = Object.values(await uids());
    args = { ...args, deploymentKey: "v2.1.0" };
    await expect(shown(await stack.previewText())).toMatchFileSnapshot(golden("key-changed"));
    expect(await changed()).toEqual(["create deploy-v2.1.0", `delete deploy-${deploymentKey}`, "update deploy"]);
    await stack.up();
    expect(Object.keys(await uids())).toEqual([expect.stringMatching(/^deploy-[0-9a-f]{10}$/)]);
    args = { ...args, deploymentKey };
    expect(await changed()).toEqual([`create deploy-${deploymentKey}`, "delete deploy-v2.1.0", "update deploy"]);
    await stack.up();
    expect(Object.keys(await uids())).toEqual([`deploy-${deploymentKey}`]);
    expect(Object.values(await uids())).not.toEqual(first);
    expect(await planned()).toEqual([]);
  });
});
