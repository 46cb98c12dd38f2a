import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PreDeployBackup, type PreDeployBackupArgs } from "../../packages/kubernetes/src/index.js";
import { OTHER_DIGEST } from "../support/cronJobArguments.js";
import { strictRefusal } from "../support/customResources.js";
import { previewFailure } from "../support/engine/failureOf.js";
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
import { CONFIGURATION, PRE_DEPLOY, WHOLE_PRE_DEPLOY } from "../support/onceJobArguments.js";

/** As it was when the component landed. Never written again: an upgrade must read what is out there. */
const landed = fileURLToPath(new URL("states/kubernetes-pre-deploy-backup-1.json", import.meta.url));
const canary = "a canary in an input";

const declare = (args: PreDeployBackupArgs) => () => {
  const { effectivePolicy, jobName, namespace, serviceAccountName, serviceAccountSubject, podLabels } = new PreDeployBackup("deploy", args);
  const outputs = { effectivePolicy, jobName, namespace, serviceAccountName, serviceAccountSubject, podLabels };
  return Promise.resolve(outputs as Record<string, pulumi.Output<unknown>>);
};

const missing = missingEngine() ?? missingKubernetes();
const FOLDERS: Record<string, string> = {
  "kubernetes:core/v1:ServiceAccount": "/api/v1/namespaces/default/serviceaccounts",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy": "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies",
  "kubernetes:batch/v1:Job": "/apis/batch/v1/namespaces/default/jobs",
};

async function failureOf(args: PreDeployBackupArgs): Promise<string> {
  const program = () => Promise.resolve(void new PreDeployBackup("deploy", args));
  return await previewFailure({ program, providers: [kubernetesProvider()] });
}

describe.skipIf(missing !== undefined)("PreDeployBackup, deployed with every argument", () => {
  let kubernetes: TestKubernetes;
  let stack: EngineStack;

  beforeAll(async () => {
    kubernetes = await startKubernetes();
    const secrets = { "kubernetes:kubeconfig": kubernetes.kubeconfig };
    stack = await startStack({ program: declare(WHOLE_PRE_DEPLOY), providers: [kubernetesProvider()], secrets });
    await stack.up();
  }, 60_000);
  afterAll(async () => {
    await stack?.dispose();
    await kubernetes?.stop();
  });

  it("is to the engine what it was", async () => {
    await expect(await identitySnapshot(stack)).toMatchFileSnapshot("golden/kubernetes-pre-deploy-backup-identity.txt");
  });

  it("has nothing to change the second time", async () => {
    const { steps } = await stack.preview({ refresh: true });
    expect(steps.filter(({ op }) => op !== "same" && op !== "refresh")).toEqual([]);
  });

  it("writes no field that the API server does not know, and asks for the backup that was declared", async () => {
    const objects = (await stack.resources()).filter(({ type }) => type in FOLDERS);
    expect(objects.map(({ name }) => name).toSorted()).toEqual(["deploy-account", "deploy-egress", "deploy-ingress", "deploy-v2.1.0"]);
    for (const { inputs, type, name } of objects) {
      const named = { ...inputs, metadata: { ...(inputs.metadata as object), name: "strict" } };
      expect(await strictRefusal(kubernetes, FOLDERS[type] ?? "", named), name).toBeUndefined();
      const unknown = { ...named, specification: {} };
      expect(await strictRefusal(kubernetes, FOLDERS[type] ?? "", unknown), name).toMatch(/unknown field "specification"/);
    }
    const job = objects.find(({ name }) => name === "deploy-v2.1.0");
    const spec = job?.inputs.spec as {
      backoffLimit: number;
      template: { spec: { containers: { args: string[]; env: { name: string; value?: string }[] }[] } };
    };
    expect(spec.backoffLimit).toBe(0);
    expect(JSON.stringify(spec)).not.toMatch(/ttlSecondsAfterFinished|FailJob/);
    const [agent] = spec.template.spec.containers;
    expect(agent?.args.join(" ")).toBe("backup --exclusive --wait 5m --before deploy --pin-for 14d --json --log-format json");
    expect(agent?.env.find(({ name }) => name === "PGKEEP_APPLICATION_IMAGES")?.value).toMatch(/^web=sha256:[0-9a-f]{64},worker=ghcr.io/);
  });

  it("upgrades what it deployed when it landed without replacing or deleting anything", async () => {
    if (!existsSync(landed)) {
      // Without a server: what it adds differs from run to run.
      const plain = await startStack({ program: declare(WHOLE_PRE_DEPLOY), providers: [kubernetesProvider()] });
      await plain.up();
      await saveState(plain, landed);
      await plain.dispose();
    }
    const steps = await upgradeCheck(landed, { program: declare(WHOLE_PRE_DEPLOY), providers: [kubernetesProvider()] });
    expect(steps.length).toBeGreaterThan(4);
  });
});

describe.skipIf(missingEngine() !== undefined)("PreDeployBackup", () => {
  it("tells everything that is wrong with its reason, and neither a stack nor an object nor a secret", async () => {
    const text = await failureOf({
      ...PRE_DEPLOY,
      jobName: "x".repeat(53),
      deploymentKey: "release 42",
      configuration: JSON.stringify({
        ...CONFIGURATION,
        connection: { host: "shop-db", user: "dump", passwordFile: "/run/password" },
        signing: { publicKeys: ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="] },
      }),
      application: { gitSha: "main", images: { web: "web:1.4" } },
      image: "ghcr.io/pgkeep/agent:latest",
      pinFor: "2w",
      waitForOther: "2h",
      deadline: "30m",
      resources: { memoryLimit: "128Mi" },
      environment: { PGPASSWORD: "hunter2" },
    });
    await expect(`${text}\n`).toMatchFileSnapshot("golden/kubernetes-pre-deploy-backup-errors.txt");
    expect(text).not.toMatch(/^\s+at |__pulumi|\[Object|hunter2/im);
  });

  it.each<[string, Partial<PreDeployBackupArgs>, string]>([
    ["a configuration", { configuration: pulumi.output("[]") }, "configuration: this is no configuration"],
    [
      "a configuration that does not fit",
      { configuration: pulumi.output(JSON.stringify({ ...CONFIGURATION, connection: { host: "db", user: "dump" } })) },
      "caSecret: the configuration believes other authorities",
    ],
    ["an image", { image: pulumi.output("agent:latest") }, "image: this is no image by its digest"],
    ["memory", { resources: { memoryLimit: pulumi.output("64Mi") } }, "resources.memoryLimit: a backup of 2 databases"],
    ["a wait", { waitForOther: pulumi.output("2h") }, "waitForOther: it would be ended while it waits"],
  ])("tells it where %s came as an Output", async (_, changes, expected) => {
    expect(await failureOf({ ...PRE_DEPLOY, ...changes })).toContain(expected);
  });

  it("shows nothing that was marked as a secret, in state, logs and diffs", async () => {
    const environment = { NOTE: pulumi.secret(canary) };
    const program = (image: string) => declare({ ...PRE_DEPLOY, image, environment });
    const stack = await startStack({ program: program(PRE_DEPLOY.image as string), providers: [kubernetesProvider()] });
    try {
      await stack.up();
      await stack.preview({ program: program(OTHER_DIGEST) });
      assertNoCanary(stack, [canary]);
    } finally {
      await stack.dispose();
    }
  });

  it("takes the ServiceAccount of the dump, and makes no policies where none are wanted", async () => {
    const stack = await startStack({
      program: declare({ ...PRE_DEPLOY, network: { policies: false } }),
      providers: [kubernetesProvider()],
    });
    try {
      await stack.up();
      const made = (await stack.resources()).map(({ type }) => type).filter((type) => type.startsWith("kubernetes:"));
      expect(made).toEqual(["kubernetes:batch/v1:Job"]);
      expect((await stack.outputs()).serviceAccountName?.value).toBe("shop-nightly");
    } finally {
      await stack.dispose();
    }
  });

  it("can be previewed while every leaf input is unknown, and makes no Job anew then", async () => {
    const { replaced } = await previewWithUnknowns(
      (leaf) => {
        const leaves = <Group extends object>(group: Group) =>
          Object.fromEntries(Object.entries(group).map(([name, value]) => [name, leaf(value)])) as unknown as Group;
        const keyed = <Group extends object>(group: Group) =>
          Object.fromEntries(Object.entries(group).map(([name, value]) => [name, leaves(value as object)])) as unknown as Group;
        const { network, sidecars, placement: _, environment, secrets, resources, application, ...others } = WHOLE_PRE_DEPLOY;
        const { databasePods, storePods, otherEgress: __, podIdentity, allowInDatabase, ...ports } = network ?? {};
        const { images, ...commit } = application ?? {};
        return new PreDeployBackup("deploy", {
          ...others,
          ...leaves({
            namespace: others.namespace,
            configuration: others.configuration,
            image: others.image,
            pinFor: others.pinFor,
            waitForOther: others.waitForOther,
            labels: others.labels,
            podAnnotations: others.podAnnotations,
            userId: others.userId,
          }),
          ...keyed({ passwordSecret: others.passwordSecret, signingKeySecret: others.signingKeySecret, resources }),
          application: { ...leaves(commit), images: leaves(images ?? {}) },
          sidecars: (sidecars ?? []).map(({ name, image }) => ({ name, image: leaf(image) })),
          network: { ...leaves(ports), ...keyed({ databasePods, storePods }), podIdentity, allowInDatabase },
          secrets: keyed(secrets ?? {}),
          environment: leaves(environment ?? {}),
        } as PreDeployBackupArgs);
      },
      { providers: [kubernetesProvider()] },
    );
    expect(replaced.toSorted()).toEqual(["deploy-account", "deploy-egress", "deploy-ingress"]);
  });
});
