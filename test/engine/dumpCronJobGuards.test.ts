import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAgentConfig } from "../../packages/core/src/index.js";
import { DumpCronJob, type DumpCronJobArgs } from "../../packages/kubernetes/src/index.js";
import { CRON_JOB, OTHER_DIGEST, WHOLE_CRON_JOB } from "../support/cronJobArguments.js";
import { strictRefusal } from "../support/customResources.js";
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
const landed = fileURLToPath(new URL("states/kubernetes-dump-cron-job-1.json", import.meta.url));
const canary = "a canary in an input";

const declare = (args: DumpCronJobArgs) => () => {
  const { effectivePolicy, agentConfiguration, cronJobName, namespace, serviceAccountName, serviceAccountSubject, podLabels } =
    new DumpCronJob("dump", args);
  const outputs = { effectivePolicy, agentConfiguration, cronJobName, namespace, serviceAccountName, serviceAccountSubject, podLabels };
  return Promise.resolve(outputs as Record<string, pulumi.Output<unknown>>);
};

const missing = missingEngine() ?? missingKubernetes();
const FOLDERS: Record<string, string> = {
  "kubernetes:core/v1:ServiceAccount": "/api/v1/namespaces/default/serviceaccounts",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy": "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies",
  "kubernetes:batch/v1:CronJob": "/apis/batch/v1/namespaces/default/cronjobs",
};

describe.skipIf(missing !== undefined)("DumpCronJob, deployed with every argument", () => {
  let kubernetes: TestKubernetes;
  let stack: EngineStack;

  beforeAll(async () => {
    kubernetes = await startKubernetes();
    const secrets = { "kubernetes:kubeconfig": kubernetes.kubeconfig };
    stack = await startStack({ program: declare(WHOLE_CRON_JOB), providers: [kubernetesProvider()], secrets });
    await stack.up();
  }, 60_000);
  afterAll(async () => {
    await stack?.dispose();
    await kubernetes?.stop();
  });

  const objects = async () => (await stack.resources()).filter(({ type }) => type in FOLDERS);

  it("is to the engine what it was", async () => {
    await expect(await identitySnapshot(stack)).toMatchFileSnapshot("golden/kubernetes-dump-cron-job-identity.txt");
  });

  it("has nothing to change the second time", async () => {
    const { steps } = await stack.preview({ refresh: true });
    expect(steps.filter(({ op }) => op !== "same" && op !== "refresh")).toEqual([]);
  });

  it("writes no field that the API server does not know", async () => {
    expect((await objects()).map(({ name }) => name).toSorted()).toEqual(["dump-account", "dump-cron", "dump-egress", "dump-ingress"]);
    for (const { inputs, type, name } of await objects()) {
      const named = { ...inputs, metadata: { ...(inputs.metadata as object), name: "strict" } };
      expect(await strictRefusal(kubernetes, FOLDERS[type] ?? "", named), name).toBeUndefined();
      const unknown = { ...named, specification: {} };
      expect(await strictRefusal(kubernetes, FOLDERS[type] ?? "", unknown), name).toMatch(/unknown field "specification"/);
    }
  });

  it("gives the agent a configuration that the agent takes", async () => {
    const { agentConfiguration, serviceAccountSubject } = await stack.outputs();
    expect(parseAgentConfig(JSON.parse(agentConfiguration?.value as string))).toMatchObject({
      cluster: "shop",
      connection: { host: "shop-db.shop.svc", port: 5433, sslmode: "verify-ca", sslrootcert: "/etc/pgkeep/authorities/ca.crt" },
      store: { endpoint: "https://minio.storage.svc:9000", forcePathStyle: true },
      snapshot: { timeout: 60_000, lockTimeout: 5000 },
      retention: { keepDaily: 30, afterBackup: true },
    });
    expect(serviceAccountSubject?.value).toBe("system:serviceaccount:default:shop-nightly");
  });

  it("upgrades what it deployed when it landed without replacing or deleting anything", async () => {
    if (!existsSync(landed)) {
      // Without a server: what it adds differs from run to run.
      const plain = await startStack({ program: declare(WHOLE_CRON_JOB), providers: [kubernetesProvider()] });
      await plain.up();
      await saveState(plain, landed);
      await plain.dispose();
    }
    const steps = await upgradeCheck(landed, { program: declare(WHOLE_CRON_JOB), providers: [kubernetesProvider()] });
    expect(steps.length).toBeGreaterThan(4);
  });
});

it.skipIf(missingEngine() !== undefined)("DumpCronJob shows nothing that was marked as a secret, in state, logs and diffs", async () => {
  const environment = { NOTE: pulumi.secret(canary) };
  const program = (image: string) => declare({ ...CRON_JOB, image, environment });
  const stack = await startStack({ program: program(CRON_JOB.image as string), providers: [kubernetesProvider()] });
  try {
    await stack.up();
    await stack.preview({ program: program(OTHER_DIGEST) });
    assertNoCanary(stack, [canary]);
  } finally {
    await stack.dispose();
  }
});

it.skipIf(missingEngine() !== undefined)(
  "DumpCronJob takes a ServiceAccount that exists, and makes no policies where none are wanted",
  async () => {
    const { serviceAccountAnnotations: _, ...others } = CRON_JOB;
    const args = { ...others, serviceAccountName: "theirs", network: { policies: false } };
    const stack = await startStack({ program: declare(args), providers: [kubernetesProvider()] });
    try {
      await stack.up();
      expect((await stack.resources()).map(({ type }) => type).filter((type) => type.startsWith("kubernetes:"))).toEqual([
        "kubernetes:batch/v1:CronJob",
      ]);
      const outputs = await stack.outputs();
      expect(outputs.serviceAccountName?.value).toBe("theirs");
      expect(outputs.effectivePolicy?.value).toContain("network: NO policy");
    } finally {
      await stack.dispose();
    }
  },
);

it.skipIf(missingEngine() !== undefined)(
  "DumpCronJob can be previewed while every leaf input is unknown, and deletes nothing then",
  async () => {
    const { replaced } = await previewWithUnknowns(
      (leaf) => {
        const leaves = <Group extends object>(group: Group) =>
          Object.fromEntries(Object.entries(group).map(([name, value]) => [name, leaf(value)])) as unknown as Group;
        const keyed = <Group extends object>(group: Group) =>
          Object.fromEntries(Object.entries(group).map(([name, value]) => [name, leaves(value as object)])) as unknown as Group;
        const { cronJobName, server, tls, signing, placement, sidecars, network, secrets, environment, store, ...others } = WHOLE_CRON_JOB;
        const { databasePods, storePods, otherEgress, podIdentity, allowInDatabase, ...ports } = network ?? {};
        const { passwordSecret, ...connection } = server;
        const { objectives = {}, retention = {}, dump = {}, resources = {}, ...plainLeaves } = others;
        return new DumpCronJob("dump", {
          ...leaves(plainLeaves),
          ...keyed({ objectives, retention, dump, resources }),
          store: leaves(store),
          cronJobName: cronJobName ?? "",
          server: { ...leaves(connection), ...keyed({ passwordSecret }) } as never,
          tls: { mode: leaf(tls?.mode ?? ""), ...keyed({ caConfigMap: tls?.caConfigMap }) } as never,
          signing: { ...keyed({ privateKeySecret: signing?.privateKeySecret }), publicKeys: leaf(signing?.publicKeys ?? []) } as never,
          placement: {
            ...leaves({ nodeSelector: placement?.nodeSelector ?? {}, priorityClassName: "backups" }),
            tolerations: [leaves(placement?.tolerations?.[0] ?? {})],
            topologySpread: [leaves({ topologyKey: "zone" })],
          },
          sidecars: (sidecars ?? []).map(({ name, environment: variables, secrets: read, ...rest }) => ({
            ...leaves(rest),
            name,
            environment: leaves(variables ?? {}),
            secrets: keyed(read ?? {}),
          })),
          network: {
            ...leaves(ports),
            ...keyed({ databasePods, storePods }),
            otherEgress: (otherEgress ?? []).map((one) => leaves(one)),
            podIdentity,
            allowInDatabase,
          } as never,
          secrets: keyed(secrets ?? {}),
          environment: leaves(environment ?? {}),
        });
      },
      { providers: [kubernetesProvider()] },
    );
    // The namespace might be another one: then all of it is made there, and none of it keeps anything.
    expect(replaced.toSorted()).toEqual(["dump-account", "dump-cron", "dump-egress", "dump-ingress"]);
  },
);
