import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseVolumeSnapshotConfig } from "../../packages/core/src/index.js";
import { SnapshotSchedule, type SnapshotScheduleArgs } from "../../packages/kubernetes/src/index.js";
import { OTHER_DIGEST } from "../support/cronJobArguments.js";
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
import { GROUPED, SINGLE, WHOLE_GROUPED, WHOLE_QUIESCED } from "../support/snapshotScheduleArguments.js";

/** As it was when the component landed. Never written again: an upgrade must read what is out there. */
const landed = fileURLToPath(new URL("states/kubernetes-snapshot-schedule-1.json", import.meta.url));
const canary = "a canary in an input";

const declare = (args: SnapshotScheduleArgs) => () => {
  const { effectivePolicy, snapshotConfiguration, scheduleName, namespace, serviceAccountName, watchdogName } = new SnapshotSchedule(
    "volumes",
    args,
  );
  const outputs = { effectivePolicy, snapshotConfiguration, scheduleName, namespace, serviceAccountName, watchdogName };
  return Promise.resolve(outputs as Record<string, pulumi.Output<unknown>>);
};
const providers = () => [kubernetesProvider()];

const missing = missingEngine() ?? missingKubernetes();
const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const FOLDERS: Record<string, string> = {
  "kubernetes:core/v1:ServiceAccount": "/api/v1/namespaces/default/serviceaccounts",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy": "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies",
  "kubernetes:batch/v1:CronJob": "/apis/batch/v1/namespaces/default/cronjobs",
  "kubernetes:rbac.authorization.k8s.io/v1:Role": `${RBAC}/namespaces/default/roles`,
  "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding": `${RBAC}/namespaces/default/rolebindings`,
  "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole": `${RBAC}/clusterroles`,
  "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding": `${RBAC}/clusterrolebindings`,
};
const CHILDREN = ["account", "binding", "contents-binding", "contents-role", "cron", "egress", "role"].map((child) => `volumes-${child}`);

describe.skipIf(missing !== undefined)("SnapshotSchedule, deployed with every argument", () => {
  let kubernetes: TestKubernetes;
  let stack: EngineStack;

  beforeAll(async () => {
    kubernetes = await startKubernetes();
    const secrets = { "kubernetes:kubeconfig": kubernetes.kubeconfig };
    stack = await startStack({ program: declare(WHOLE_QUIESCED), providers: providers(), secrets });
    await stack.up();
  }, 60_000);
  afterAll(async () => {
    await stack?.dispose();
    await kubernetes?.stop();
  });

  const objects = async () => (await stack.resources()).filter(({ type }) => type in FOLDERS);
  async function expectStrict(): Promise<void> {
    for (const { inputs, type, name } of await objects()) {
      const named = { ...inputs, metadata: { ...(inputs.metadata as object), name: "strict" } };
      expect(await strictRefusal(kubernetes, FOLDERS[type] ?? "", named), name).toBeUndefined();
      const unknown = { ...named, specification: {} };
      expect(await strictRefusal(kubernetes, FOLDERS[type] ?? "", unknown), name).toMatch(/unknown field "specification"/);
    }
  }

  it("is to the engine what it was", async () => {
    await expect(await identitySnapshot(stack)).toMatchFileSnapshot("golden/kubernetes-snapshot-schedule-identity.txt");
  });

  it("has nothing to change the second time", async () => {
    const { steps } = await stack.preview({ refresh: true });
    expect(steps.filter(({ op }) => op !== "same" && op !== "refresh")).toEqual([]);
  });

  it("writes no field that the API server does not know", async () => {
    expect((await objects()).map(({ name }) => name).toSorted()).toEqual([...CHILDREN, "volumes-watchdog"].toSorted());
    await expectStrict();
  });

  it("never meets another schedule's ClusterRole, and says beside each rule why it is there", async () => {
    const role = (await kubernetes.read(`${RBAC}/clusterroles/pgkeep:default:shop-volumes`)).body;
    expect(role).toMatchObject({
      metadata: { annotations: { "pgkeep/volumesnapshotcontents": expect.stringMatching(/^get, patch: .*no names: the controller/) } },
      rules: [{ resources: ["volumesnapshotcontents"], verbs: ["get", "patch"] }],
    });
    const { metadata, rules } = (await kubernetes.read(`${RBAC}/namespaces/default/roles/shop-volumes`)).body as {
      metadata: { annotations: Record<string, string> };
      rules: { resources: string[]; resourceNames?: string[] }[];
    };
    for (const { resources } of rules) expect(Object.keys(metadata.annotations)).toContain(`pgkeep/${resources.join("-")}`);
    expect(rules.map(({ resources, resourceNames }) => [...resources, ...(resourceNames ?? [])])).toEqual([
      ["volumesnapshots"],
      ["persistentvolumeclaims", "data-shop-db-0", "wal-shop-db-0"],
      ["deployments", "shop"],
      ["statefulsets", "shop-db"],
      ["pods"],
    ]);
  });

  it("gives the agent a document that the agent takes, in both CronJobs", async () => {
    const { snapshotConfiguration } = await stack.outputs();
    expect(parseVolumeSnapshotConfig(JSON.parse(snapshotConfiguration?.value as string))).toMatchObject({
      name: "shop-volumes",
      mode: "quiesce",
      claims: ["data-shop-db-0", "wal-shop-db-0"],
      workloads: [{ name: "shop" }, { name: "shop-db" }],
      readyWithin: 1_200_000,
      resumeWithin: 3_600_000,
      timeZone: "Europe/Berlin",
      retention: { keepLast: 4, minimum: 2 },
      keepFailed: 5,
      expireRetained: true,
    });
    const documents = (await objects())
      .filter(({ type }) => type.endsWith(":CronJob"))
      .map(({ inputs }) => JSON.stringify(inputs).includes(JSON.stringify(snapshotConfiguration?.value)));
    expect(documents).toEqual([true, true]);
  });

  it("becomes a schedule of groups and of one volume, as strictly", async () => {
    for (const args of [WHOLE_GROUPED, SINGLE]) {
      await stack.up({ program: declare(args) });
      expect((await objects()).map(({ name }) => name).toSorted()).toEqual(CHILDREN);
      await expectStrict();
      const { steps } = await stack.preview({ program: declare(args), refresh: true });
      expect(steps.filter(({ op }) => op !== "same" && op !== "refresh")).toEqual([]);
    }
  });

  it("upgrades what it deployed when it landed without replacing or deleting anything", async () => {
    if (!existsSync(landed)) {
      // Without a server: what it adds differs from run to run.
      const plain = await startStack({ program: declare(WHOLE_QUIESCED), providers: providers() });
      await plain.up();
      await saveState(plain, landed);
      await plain.dispose();
    }
    const steps = await upgradeCheck(landed, { program: declare(WHOLE_QUIESCED), providers: providers() });
    expect(steps.length).toBeGreaterThan(8);
  });
});

it.skipIf(missingEngine() !== undefined)(
  "SnapshotSchedule shows nothing that was marked as a secret, in state, logs and diffs",
  async () => {
    const environment = { NOTE: pulumi.secret(canary) };
    const program = (image: string) => declare({ ...GROUPED, image, environment });
    const stack = await startStack({ program: program(GROUPED.image as string), providers: providers() });
    try {
      await stack.up();
      await stack.preview({ program: program(OTHER_DIGEST) });
      assertNoCanary(stack, [canary]);
    } finally {
      await stack.dispose();
    }
  },
);

it.skipIf(missingEngine() !== undefined)(
  "SnapshotSchedule takes a ServiceAccount that exists, and makes no roles where somebody else does",
  async () => {
    const args = { ...SINGLE, serviceAccountName: "theirs", roles: false, network: { policies: false } };
    const stack = await startStack({ program: declare(args), providers: providers() });
    try {
      await stack.up();
      expect((await stack.resources()).map(({ type }) => type).filter((type) => type.startsWith("kubernetes:"))).toEqual([
        "kubernetes:batch/v1:CronJob",
      ]);
      const outputs = await stack.outputs();
      expect([outputs.serviceAccountName?.value, outputs.watchdogName?.value]).toEqual(["theirs", undefined]);
      expect(outputs.effectivePolicy?.value).toContain("needs from somebody else to get volumesnapshotcontents in the WHOLE cluster");
      expect(outputs.effectivePolicy?.value).toContain("network: NO policy");
    } finally {
      await stack.dispose();
    }
  },
);

it.skipIf(missingEngine() !== undefined)(
  "SnapshotSchedule can be previewed while every leaf input is unknown, and deletes nothing then",
  async () => {
    const { replaced } = await previewWithUnknowns(
      (leaf) => {
        const leaves = <Group extends object>(group: Group) =>
          Object.fromEntries(Object.entries(group).map(([name, value]) => [name, leaf(value)])) as unknown as Group;
        const keyed = <Group extends object>(group: Group) =>
          Object.fromEntries(Object.entries(group).map(([name, value]) => [name, leaves(value as object)])) as unknown as Group;
        const {
          scheduleName,
          mode,
          workloads = [],
          retention,
          network,
          secrets,
          environment,
          resources,
          placement,
          ...others
        } = {
          ...WHOLE_QUIESCED,
        } as SnapshotScheduleArgs;
        const { otherEgress = [], ...ports } = network ?? {};
        return new SnapshotSchedule("volumes", {
          ...leaves(others),
          retention: leaves(retention ?? {}),
          resources: leaves(resources ?? {}),
          secrets: keyed(secrets ?? {}),
          scheduleName: scheduleName ?? "",
          mode,
          workloads: workloads.map((one) => leaves(one)),
          environment: leaves(environment ?? {}),
          network: { ...leaves(ports), otherEgress: otherEgress.map((one) => leaves(one)) } as never,
          placement: {
            ...leaves({ nodeSelector: placement?.nodeSelector ?? {}, priorityClassName: "backups" }),
            tolerations: [leaves(placement?.tolerations?.[0] ?? {})],
            topologySpread: [leaves({ topologyKey: "zone" })],
          },
        } as SnapshotScheduleArgs);
      },
      { providers: providers() },
    );
    // The namespace might be another one: then all of it is made there, and none of it keeps anything.
    expect(replaced.toSorted()).toEqual([...CHILDREN, "volumes-watchdog"].toSorted());
  },
);
