import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RestoreJob, type RestoreJobArgs } from "../../packages/kubernetes/src/index.js";
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
import { RESTORE_JOB, WHOLE_RESTORE_JOB } from "../support/onceJobArguments.js";

/** As it was when the component landed. Never written again: an upgrade must read what is out there. */
const landed = fileURLToPath(new URL("states/kubernetes-restore-job-1.json", import.meta.url));
const canary = "a canary in an input";

const declare = (args: RestoreJobArgs) => () => {
  const { effectivePolicy, jobName, namespace, serviceAccountName, serviceAccountSubject, podLabels } = new RestoreJob("restore", args);
  const outputs = { effectivePolicy, jobName, namespace, serviceAccountName, serviceAccountSubject, podLabels };
  return Promise.resolve(outputs as Record<string, pulumi.Output<unknown>>);
};

const missing = missingEngine() ?? missingKubernetes();
const FOLDERS: Record<string, string> = {
  "kubernetes:core/v1:ServiceAccount": "/api/v1/namespaces/default/serviceaccounts",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy": "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies",
  "kubernetes:batch/v1:Job": "/apis/batch/v1/namespaces/default/jobs",
};

async function failureOf(args: RestoreJobArgs): Promise<string> {
  const program = () => Promise.resolve(void new RestoreJob("restore", args));
  return await previewFailure({ program, providers: [kubernetesProvider()] });
}

describe.skipIf(missing !== undefined)("RestoreJob, deployed with every argument", () => {
  let kubernetes: TestKubernetes;
  let stack: EngineStack;

  beforeAll(async () => {
    kubernetes = await startKubernetes();
    const secrets = { "kubernetes:kubeconfig": kubernetes.kubeconfig };
    stack = await startStack({ program: declare(WHOLE_RESTORE_JOB), providers: [kubernetesProvider()], secrets });
    await stack.up();
  }, 60_000);
  afterAll(async () => {
    await stack?.dispose();
    await kubernetes?.stop();
  });

  it("is to the engine what it was", async () => {
    await expect(await identitySnapshot(stack)).toMatchFileSnapshot("golden/kubernetes-restore-job-identity.txt");
  });

  it("has nothing to change the second time", async () => {
    const { steps } = await stack.preview({ refresh: true });
    expect(steps.filter(({ op }) => op !== "same" && op !== "refresh")).toEqual([]);
  });

  it("writes no field that the API server does not know, and asks for the restore that was declared", async () => {
    const objects = (await stack.resources()).filter(({ type }) => type in FOLDERS);
    expect(objects.map(({ name }) => name).toSorted()).toEqual([
      "restore-account",
      "restore-egress",
      "restore-incident-42",
      "restore-ingress",
    ]);
    for (const { inputs, type, name } of objects) {
      const named = { ...inputs, metadata: { ...(inputs.metadata as object), name: "strict" } };
      expect(await strictRefusal(kubernetes, FOLDERS[type] ?? "", named), name).toBeUndefined();
      const unknown = { ...named, specification: {} };
      expect(await strictRefusal(kubernetes, FOLDERS[type] ?? "", unknown), name).toMatch(/unknown field "specification"/);
    }
    const job = objects.find(({ name }) => name === "restore-incident-42");
    const spec = job?.inputs.spec as { backoffLimit: number; template: { spec: { containers: { args: string[] }[] } } };
    expect(spec.backoffLimit).toBe(0);
    expect(JSON.stringify(spec)).not.toMatch(/ttlSecondsAfterFinished|FailJob/);
    expect(spec.template.spec.containers[0]?.args.join(" ")).toBe(
      "restore latest-proven --once incident-42 --to postgresql://restorer@new-db.shop.svc:5433/template1?sslmode=verify-ca&sslrootcert=%2Fetc%2Fpgkeep%2Fauthorities%2Fca.crt " +
        "--database shop-core --database shop-backend --as shop-backend=shop-backend-restored --yes-replace shop-core " +
        "--drop-replaced --accept-missing --accept-older-migrations --no-owner --no-acl --no-verify --json --log-format json",
    );
  });

  it("upgrades what it deployed when it landed without replacing or deleting anything", async () => {
    if (!existsSync(landed)) {
      // Without a server: what it adds differs from run to run.
      const plain = await startStack({ program: declare(WHOLE_RESTORE_JOB), providers: [kubernetesProvider()] });
      await plain.up();
      await saveState(plain, landed);
      await plain.dispose();
    }
    const steps = await upgradeCheck(landed, { program: declare(WHOLE_RESTORE_JOB), providers: [kubernetesProvider()] });
    expect(steps.length).toBeGreaterThan(4);
  });
});

describe.skipIf(missingEngine() !== undefined)("RestoreJob", () => {
  it("tells everything that is wrong with its reason, and neither a stack nor an object nor a secret", async () => {
    const text = await failureOf({
      ...RESTORE_JOB,
      jobName: "x".repeat(53),
      restoreId: "incident 42",
      recoveryPoint: "newest",
      configuration: JSON.stringify({ version: 1, cluster: "Shop", databases: ["shop-core"], store: { url: "file:///backups" } }),
      target: { username: "restorer" },
      databases: [{ name: "shop-core" }, { name: "shop-core", as: "copy" }],
      confirmReplace: ["shop-coer"],
      inPlace: true,
      image: "ghcr.io/pgkeep/agent:latest",
      deadline: "soon",
      resources: { memoryLimit: "128Mi" },
      environment: { PGKEEP_TARGET_PASSWORD: "hunter2" },
    });
    await expect(`${text}\n`).toMatchFileSnapshot("golden/kubernetes-restore-job-errors.txt");
    expect(text).not.toMatch(/^\s+at |__pulumi|\[Object|hunter2/im);
  });

  it.each<[string, Partial<RestoreJobArgs>, string]>([
    ["a configuration", { configuration: pulumi.output("[]") }, "configuration: this is no configuration"],
    [
      "a file of keys",
      {
        configuration: pulumi
          .output(RESTORE_JOB.configuration)
          .apply((text) => text.replace('"encryption":{', '"encryption":{"identityFile":"/k",')),
      },
      "configuration.encryption.identityFile: this names a file",
    ],
    ["an image", { image: pulumi.output("agent:latest") }, "image: this is no image by its digest"],
    ["memory", { resources: { memoryLimit: pulumi.output("64Mi") } }, "resources.memoryLimit: a restore would be killed"],
  ])("tells it where %s came as an Output", async (_, changes, expected) => {
    expect(await failureOf({ ...RESTORE_JOB, ...changes })).toContain(expected);
  });

  it("shows nothing that was marked as a secret, in state, logs and diffs", async () => {
    const environment = { NOTE: pulumi.secret(canary) };
    const program = (image: string) => declare({ ...RESTORE_JOB, image, environment });
    const stack = await startStack({ program: program(RESTORE_JOB.image as string), providers: [kubernetesProvider()] });
    try {
      await stack.up();
      await stack.preview({ program: program(OTHER_DIGEST) });
      assertNoCanary(stack, [canary]);
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
        const { target, tls, network, sidecars, placement: _, environment, secrets, resources, ...others } = WHOLE_RESTORE_JOB;
        const { databasePods, storePods, otherEgress: __, podIdentity, allowInDatabase, ...ports } = network ?? {};
        const { passwordSecret, ...connection } = target;
        return new RestoreJob("restore", {
          ...others,
          ...leaves({
            namespace: others.namespace,
            recoveryPoint: others.recoveryPoint,
            configuration: others.configuration,
            image: others.image,
            labels: others.labels,
            podAnnotations: others.podAnnotations,
            userId: others.userId,
          }),
          ...keyed({ identitySecret: others.identitySecret, resources }),
          target: { ...leaves(connection), ...keyed({ passwordSecret }) },
          tls: { mode: leaf(tls?.mode ?? ""), ...keyed({ caConfigMap: tls?.caConfigMap }) },
          sidecars: (sidecars ?? []).map(({ name, image }) => ({ name, image: leaf(image) })),
          network: { ...leaves(ports), ...keyed({ databasePods, storePods }), podIdentity, allowInDatabase },
          secrets: keyed(secrets ?? {}),
          environment: leaves(environment ?? {}),
        } as RestoreJobArgs);
      },
      { providers: [kubernetesProvider()] },
    );
    expect(replaced.toSorted()).toEqual(["restore-account", "restore-egress", "restore-ingress"]);
  });
});
