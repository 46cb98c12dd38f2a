import type * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RestoreJob, type RestoreJobArgs } from "../../packages/kubernetes/src/index.js";
import { completeJobs } from "../support/completeJobs.js";
import { OTHER_DIGEST } from "../support/cronJobArguments.js";
import { type EngineStack, missingEngine, startStack } from "../support/engine/index.js";
import { kubernetesProvider } from "../support/engine/providers/kubernetes/kubernetesProvider.js";
import { missingKubernetes, startKubernetes, type TestKubernetes } from "../support/kubernetesServer.js";
import { RESTORE_JOB } from "../support/onceJobArguments.js";
import { sortedPreview } from "../support/sortedPreview.js";

/** Behind a document of JSON the engine leaves a line empty, and what the server adds to an object differs from run to run. */
const shown = (text: string) =>
  sortedPreview(text.replace(/\n(?=\n)/g, "").replace(/\n(?= => )/g, ""))
    .replace(/pulumi-kubernetes-[0-9a-f]{8}/g, "pulumi-kubernetes-…")
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "…");
const golden = (name: string) => `golden/kubernetes-restore-job-${name}.txt`;

const missing = missingEngine() ?? missingKubernetes();

/** What a reviewer of a pull request reads, with the real API server behind. After each preview the change is made. */
describe.skipIf(missing !== undefined)("previews of RestoreJob", () => {
  let kubernetes: TestKubernetes;
  let stack: EngineStack;
  let endCompleting: (() => Promise<void>) | undefined;
  let args: RestoreJobArgs = RESTORE_JOB;

  const program = () => {
    const { effectivePolicy } = new RestoreJob("restore", args);
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

  it("whatever else changes: the Job stays the one it is", async () => {
    const before = await uids();
    args = {
      ...args,
      image: OTHER_DIGEST,
      recoveryPoint: "latest",
      confirmReplace: ["shop-core", "shop-backend-restored"],
      resources: { memoryLimit: "1Gi" },
      labels: { team: "shop" },
      podAnnotations: { "example.org/owner": "shop" },
      deadline: "2h",
      waitForCompletion: false,
    };
    await expect(shown(await stack.previewText())).toMatchFileSnapshot(golden("all-but-restore-id"));
    expect(await changed()).toEqual(["update restore", "update restore-account", "update restore-egress"]);
    await stack.up();
    expect(await planned()).toEqual([]);
    expect(await uids()).toEqual(before);
    // Names of what belongs to it move all else, and a namespace does.
    args = { ...args, jobName: "again", namespace: "kube-public" };
    const { steps } = await stack.preview();
    expect(steps.filter(({ type, op }) => type.endsWith(":Job") && op !== "same")).toEqual([]);
    args = { ...args, jobName: "restore", namespace: "default" };
  });

  it("another restoreId: another Job, and the former one goes", async () => {
    args = { ...args, restoreId: "Incident.43", waitForCompletion: true };
    await expect(shown(await stack.previewText())).toMatchFileSnapshot(golden("restore-id-changed"));
    expect(await changed()).toEqual(["create restore-Incident.43", "delete restore-incident-42", "update restore"]);
    await stack.up();
    expect(Object.keys(await uids())).toEqual([expect.stringMatching(/^restore-[0-9a-f]{10}$/)]);
    expect(await planned()).toEqual([]);
  });

  it("in place: a line says that there is no way back", async () => {
    args = { ...args, restoreId: "incident-44", inPlace: true };
    const { steps } = await stack.preview();
    expect(steps.map(({ op }) => op)).toContain("create");
    await expect(shown(await stack.previewText())).toMatchFileSnapshot(golden("in-place"));
  });
});
