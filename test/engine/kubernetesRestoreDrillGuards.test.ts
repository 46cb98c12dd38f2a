import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAgentConfig } from "../../packages/core/src/index.js";
import { KubernetesRestoreDrill, type KubernetesRestoreDrillArgs } from "../../packages/kubernetes/src/index.js";
import { OTHER_DIGEST } from "../support/cronJobArguments.js";
import { strictRefusal } from "../support/customResources.js";
import { DRILL, DRILL_IN_AGENT, DRILL_ON_GIVEN, WHOLE_DRILL } from "../support/drillArguments.js";
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
import { kubernetesProvider } from "../support/engine/providers/kubernetes/kubernetesProvider.js";
import { missingKubernetes, startKubernetes, type TestKubernetes } from "../support/kubernetesServer.js";

/** As it was when the component landed. Never written again: an upgrade must read what is out there. */
const landed = fileURLToPath(new URL("states/kubernetes-restore-drill-1.json", import.meta.url));
const canary = "a canary in an input";

const declare = (args: KubernetesRestoreDrillArgs) => () => {
  const { effectivePolicy, cronJobName, namespace, serviceAccountName, serviceAccountSubject, podLabels } = new KubernetesRestoreDrill(
    "drill",
    args,
  );
  const outputs = { effectivePolicy, cronJobName, namespace, serviceAccountName, serviceAccountSubject, podLabels };
  return Promise.resolve(outputs as Record<string, pulumi.Output<unknown>>);
};

const missing = missingEngine() ?? missingKubernetes();
const FOLDERS: Record<string, string> = {
  "kubernetes:core/v1:ServiceAccount": "/api/v1/namespaces/default/serviceaccounts",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy": "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies",
  "kubernetes:batch/v1:CronJob": "/apis/batch/v1/namespaces/default/cronjobs",
};

interface CronJobInputs {
  spec: { jobTemplate: { spec: { template: { spec: { containers: { env: { name: string; value?: string }[] }[] } } } } };
}

describe.skipIf(missing !== undefined)("KubernetesRestoreDrill, deployed with every argument", () => {
  let kubernetes: TestKubernetes;
  let stack: EngineStack;

  beforeAll(async () => {
    kubernetes = await startKubernetes();
    const secrets = { "kubernetes:kubeconfig": kubernetes.kubeconfig };
    stack = await startStack({ program: declare(WHOLE_DRILL), providers: [kubernetesProvider()], secrets });
    await stack.up();
  }, 60_000);
  afterAll(async () => {
    await stack?.dispose();
    await kubernetes?.stop();
  });

  const objects = async () => (await stack.resources()).filter(({ type }) => type in FOLDERS);

  it("is to the engine what it was", async () => {
    await expect(await identitySnapshot(stack)).toMatchFileSnapshot("golden/kubernetes-restore-drill-identity.txt");
  });

  it("has nothing to change the second time", async () => {
    const { steps } = await stack.preview({ refresh: true });
    expect(steps.filter(({ op }) => op !== "same" && op !== "refresh")).toEqual([]);
  });

  it("writes no field that the API server does not know", async () => {
    expect((await objects()).map(({ name }) => name).toSorted()).toEqual(["drill-account", "drill-cron", "drill-egress"]);
    for (const { inputs, type, name } of await objects()) {
      const named = { ...inputs, metadata: { ...(inputs.metadata as object), name: "strict" } };
      expect(await strictRefusal(kubernetes, FOLDERS[type] ?? "", named), name).toBeUndefined();
      const unknown = { ...named, specification: {} };
      expect(await strictRefusal(kubernetes, FOLDERS[type] ?? "", unknown), name).toMatch(/unknown field "specification"/);
    }
  });

  it("gives the agent a configuration that the agent takes", async () => {
    const cronJob = (await objects()).find(({ name }) => name === "drill-cron")?.inputs as unknown as CronJobInputs;
    const variables = cronJob.spec.jobTemplate.spec.template.spec.containers[0]?.env ?? [];
    expect(parseAgentConfig(JSON.parse(variables.find(({ name }) => name === "PGKEEP_CONFIG_YAML")?.value ?? ""))).toMatchObject({
      cluster: "shop",
      store: { endpoint: "https://minio.storage.svc:9000" },
      drill: { connection: { host: "/scratch/socket", user: "postgres", retryFor: 300_000 }, disposable: true, major: 15 },
    });
  });

  it("upgrades what it deployed when it landed without replacing or deleting anything", async () => {
    if (!existsSync(landed)) {
      // Without a server: what it adds differs from run to run.
      const plain = await startStack({ program: declare(WHOLE_DRILL), providers: [kubernetesProvider()] });
      await plain.up();
      await saveState(plain, landed);
      await plain.dispose();
    }
    const steps = await upgradeCheck(landed, { program: declare(WHOLE_DRILL), providers: [kubernetesProvider()] });
    expect(steps.length).toBeGreaterThan(3);
  });
});

it.skipIf(missingEngine() !== undefined)(
  "KubernetesRestoreDrill shows nothing that was marked as a secret, in state, logs and diffs",
  async () => {
    const environment = { NOTE: pulumi.secret(canary) };
    const program = (image: string) => declare({ ...DRILL, image, environment });
    const stack = await startStack({ program: program(DRILL.image as string), providers: [kubernetesProvider()] });
    try {
      await stack.up();
      await stack.preview({ program: program(OTHER_DIGEST) });
      assertNoCanary(stack, [canary]);
    } finally {
      await stack.dispose();
    }
  },
);

it.skipIf(missingEngine() !== undefined).each([
  ["in a sidecar", WHOLE_DRILL],
  ["in the agent's container", DRILL_IN_AGENT],
  ["on a given server", DRILL_ON_GIVEN],
])("KubernetesRestoreDrill %s can be previewed while every leaf input is unknown, and deletes nothing then", async (_, args) => {
  const { replaced } = await previewWithUnknowns(
    (leaf) => {
      const leaves = <Group extends object>(group: Group) =>
        Object.fromEntries(Object.entries(group).map(([name, value]) => [name, leaf(value)])) as unknown as Group;
      const keyed = <Group extends object>(group: Group) =>
        Object.fromEntries(Object.entries(group).map(([name, value]) => [name, leaves((value ?? {}) as object)])) as unknown as Group;
      const { cronJobName, scratch, identitySecret, scratchServer, scratchVolume, scratchConnection, ...others } = args;
      const { tls, placement, network = {}, secrets, environment, resources = {}, ...plain } = others;
      const { databasePods, storePods, otherEgress, podIdentity, ...ports } = network;
      const { settings = {}, ...server } = scratchServer ?? { image: "" };
      const { passwordSecret, ...connection } = scratchConnection ?? { host: "", username: "" };
      const given = (group: object, present: unknown) => (present === undefined ? {} : group);
      return new KubernetesRestoreDrill("drill", {
        ...leaves(plain),
        ...keyed({ resources }),
        ...given({ cronJobName }, cronJobName),
        ...given({ scratch }, scratch),
        ...given(keyed({ identitySecret }), identitySecret),
        ...given({ scratchServer: { ...leaves(server), settings: leaves(settings) } }, scratchServer),
        ...given(keyed({ scratchVolume }), scratchVolume),
        ...given({ scratchConnection: { ...leaves(connection), ...keyed({ passwordSecret }) } }, scratchConnection),
        ...given({ tls: { mode: leaf(tls?.mode), ...keyed({ caSecret: tls?.caSecret ?? {} }) } }, tls),
        placement: {
          ...leaves({ nodeSelector: placement?.nodeSelector ?? {}, priorityClassName: "backups" }),
          tolerations: [leaves(placement?.tolerations?.[0] ?? {})],
          topologySpread: [leaves({ topologyKey: "zone" })],
        },
        network: {
          ...leaves(ports),
          ...given(keyed({ databasePods }), databasePods),
          ...given(keyed({ storePods }), storePods),
          otherEgress: (otherEgress ?? []).map((one) => leaves(one)),
          podIdentity: podIdentity ?? false,
        },
        secrets: keyed(secrets ?? {}),
        environment: leaves(environment ?? {}),
      } as never);
    },
    { providers: [kubernetesProvider()] },
  );
  // The namespace might be another one: then all of it is made there, and none of it keeps anything.
  expect(replaced.toSorted()).toEqual(["drill-account", "drill-cron", "drill-egress"]);
});
