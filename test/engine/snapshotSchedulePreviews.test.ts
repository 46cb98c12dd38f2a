import type * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { QuiescedKind, SnapshotSchedule, type SnapshotScheduleArgs } from "../../packages/kubernetes/src/index.js";
import { type EngineStack, missingEngine, startStack } from "../support/engine/index.js";
import { kubernetesProvider } from "../support/engine/providers/kubernetes/kubernetesProvider.js";
import { missingKubernetes, startKubernetes, type TestKubernetes } from "../support/kubernetesServer.js";
import { GROUPED, QUIESCED, SINGLE } from "../support/snapshotScheduleArguments.js";
import { sortedPreview } from "../support/sortedPreview.js";

/** Behind a document of JSON the engine leaves a line empty, and what the server adds to an object differs from run to run. */
const shown = (text: string) =>
  sortedPreview(text.replace(/\n(?=\n)/g, "").replace(/\n(?= => )/g, ""))
    .replace(/pulumi-kubernetes-[0-9a-f]{8}/g, "pulumi-kubernetes-…")
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "…");
const golden = (name: string) => `golden/kubernetes-snapshot-schedule-${name}.txt`;

const missing = missingEngine() ?? missingKubernetes();

/** What a reviewer of a pull request reads, with the real API server behind. After each preview the change is made. */
describe.skipIf(missing !== undefined)("previews of SnapshotSchedule", () => {
  let kubernetes: TestKubernetes;
  let stack: EngineStack;
  let args: SnapshotScheduleArgs = QUIESCED;

  const program = () => {
    const { effectivePolicy } = new SnapshotSchedule("volumes", args);
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

  it("fewer sets stay: one line of the policy, and no snapshot is touched", async () => {
    args = { ...args, retention: { keepLast: 3 } };
    await expect(shown(await stack.previewText())).toMatchFileSnapshot(golden("retention-shortened"));
    expect(await changed()).toEqual(["update volumes", "update volumes-cron", "update volumes-watchdog"]);
    await stack.up();
    expect(await planned()).toEqual([]);
  });

  it("something else is stopped: the rights change with it, by name", async () => {
    args = { ...args, workloads: [{ kind: QuiescedKind.StatefulSet, name: "shop-db" }] };
    await expect(shown(await stack.previewText())).toMatchFileSnapshot(golden("workloads-changed"));
    expect(await changed()).toEqual(["update volumes", "update volumes-cron", "update volumes-role", "update volumes-watchdog"]);
    await stack.up();
  });

  it("by the storage instead: nothing is stopped any more, and the watchdog goes", async () => {
    args = GROUPED;
    await expect(shown(await stack.previewText())).toMatchFileSnapshot(golden("mode-changed"));
    expect(await changed()).toEqual([
      "delete volumes-watchdog",
      "update volumes",
      "update volumes-contents-role",
      "update volumes-cron",
      "update volumes-role",
    ]);
    await stack.up();
    await expect(await policy()).toMatchFileSnapshot(golden("policy-group"));
    expect(await planned()).toEqual([]);
  });

  it("of one volume", async () => {
    args = SINGLE;
    await stack.up();
    await expect(await policy()).toMatchFileSnapshot(golden("policy-single"));
    expect(await planned()).toEqual([]);
  });
});
