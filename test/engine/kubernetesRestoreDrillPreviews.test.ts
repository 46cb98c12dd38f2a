import type * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KubernetesRestoreDrill, type KubernetesRestoreDrillArgs } from "../../packages/kubernetes/src/index.js";
import { DRILL, DRILL_IN_AGENT, DRILL_ON_GIVEN } from "../support/drillArguments.js";
import { type EngineStack, missingEngine, startStack } from "../support/engine/index.js";
import { kubernetesProvider } from "../support/engine/providers/kubernetes/kubernetesProvider.js";
import { missingKubernetes, startKubernetes, type TestKubernetes } from "../support/kubernetesServer.js";
import { sortedPreview } from "../support/sortedPreview.js";

/** Behind a document of JSON the engine leaves a line empty, and what the server adds to an object differs from run to run. */
const shown = (text: string) =>
  sortedPreview(text.replace(/\n(?=\n)/g, "").replace(/\n(?= => )/g, ""))
    .replace(/pulumi-kubernetes-[0-9a-f]{8}/g, "pulumi-kubernetes-…")
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "…");
const golden = (name: string) => `golden/kubernetes-restore-drill-${name}.txt`;

const missing = missingEngine() ?? missingKubernetes();

/** What a reviewer of a pull request reads, with the real API server behind. After each preview the change is made. */
describe.skipIf(missing !== undefined)("previews of KubernetesRestoreDrill", () => {
  let kubernetes: TestKubernetes;
  let stack: EngineStack;
  let args: KubernetesRestoreDrillArgs = DRILL;

  const program = () => {
    const { effectivePolicy } = new KubernetesRestoreDrill("weekly", args);
    return Promise.resolve({ effectivePolicy } as Record<string, pulumi.Output<unknown>>);
  };
  const planned = async () => (await stack.preview({ refresh: true })).steps.filter(({ op }) => op !== "same" && op !== "refresh");
  const changed = async () => (await planned()).map(({ name, op }) => `${op} ${name}`).sort();
  const policy = async () => `${(await stack.outputs()).effectivePolicy?.value as string}\n`;

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
    await expect(await policy()).toMatchFileSnapshot(golden("policy"));
    expect(await planned()).toEqual([]);
  });

  it("drilled once a month, on less room: in place", async () => {
    args = { ...args, schedule: "0 6 1 * *", scratchVolume: { size: "10Gi" } };
    await expect(shown(await stack.previewText())).toMatchFileSnapshot(golden("seldom"));
    expect(await changed()).toEqual(["update weekly", "update weekly-cron"]);
    await stack.up();
    expect(await planned()).toEqual([]);
  });

  it("the agent's own server in place of the sidecar: what restored code could read is a line of its own", async () => {
    args = DRILL_IN_AGENT;
    await expect(shown(await stack.previewText())).toMatchFileSnapshot(golden("in-agent"));
    await stack.up();
    await expect(await policy()).toMatchFileSnapshot(golden("in-agent-policy"));
    expect(await planned()).toEqual([]);
  });

  it("a server that exists: that nothing is proven there is a line of its own", async () => {
    args = DRILL_ON_GIVEN;
    await stack.up();
    await expect(await policy()).toMatchFileSnapshot(golden("given-policy"));
    expect(await planned()).toEqual([]);
  });
});
