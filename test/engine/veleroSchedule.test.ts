import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { VeleroHookError, VeleroSchedule, type VeleroScheduleArgs, VeleroVolumes } from "../../packages/kubernetes/src/index.js";
import { installCustomResources, missingCustomResources, strictRefusal } from "../support/customResources.js";
import { previewFailure } from "../support/engine/failureOf.js";
import {
  type EngineStack,
  identitySnapshot,
  missingEngine,
  previewWithUnknowns,
  saveState,
  startStack,
  upgradeCheck,
} from "../support/engine/index.js";
import { kubernetesProvider } from "../support/engine/providers/kubernetes/kubernetesProvider.js";
import { startKubernetes, type TestKubernetes } from "../support/kubernetesServer.js";
import { sortedPreview } from "../support/sortedPreview.js";

/** As it was when the component landed. Never written again: an upgrade must read what is out there. */
const landed = fileURLToPath(new URL("states/kubernetes-velero-schedule-1.json", import.meta.url));
const args: VeleroScheduleArgs = {
  schedule: "30 2 * * *",
  timeZone: "Europe/Berlin",
  includedNamespaces: ["shop"],
  snapshotClasses: { "ebs.csi.aws.com": "orders" },
  hooks: [
    {
      name: "checkpoint",
      matchLabels: { app: "postgres" },
      before: [{ command: ["psql", "-U", "postgres", "-c", "CHECKPOINT"], container: "postgres" }],
    },
  ],
  labels: { team: "orders" },
};
const providers = () => [kubernetesProvider()];
const golden = (name: string) => `golden/kubernetes-velero-schedule-${name}.txt`;
const programOf = (given: VeleroScheduleArgs) => () => {
  const { effectivePolicy, emittedSchedule, scheduleName, veleroNamespace } = new VeleroSchedule("orders", given);
  return Promise.resolve({ effectivePolicy, emittedSchedule, scheduleName, veleroNamespace });
};
const failure = async (given: object, name = "orders") => {
  const program = () => Promise.resolve(void new VeleroSchedule(name, given as VeleroScheduleArgs));
  return await previewFailure({ program, providers: providers() });
};

describe.skipIf(missingEngine() !== undefined)("previews of VeleroSchedule", () => {
  let stack: EngineStack;
  const previewOf = async (given: VeleroScheduleArgs) => sortedPreview(await stack.previewText({ program: programOf(given) }));

  beforeAll(async () => {
    stack = await startStack({ program: programOf(args), providers: providers() });
  });
  afterAll(async () => {
    await stack?.dispose();
  });

  it("the first deployment", async () => {
    await expect(await previewOf(args)).toMatchFileSnapshot(golden("first-deployment"));
    await stack.up();
    expect((await stack.preview()).steps.filter(({ op }) => op !== "same")).toEqual([]);
    await expect(`${(await stack.outputs()).effectivePolicy?.value}\n`).toMatchFileSnapshot(golden("policy"));
  });

  it("is to the engine what it was", async () => {
    await expect(await identitySnapshot(stack)).toMatchFileSnapshot(golden("identity"));
    if (!existsSync(landed)) await saveState(stack, landed);
  });

  it("another time to live is a change of one line, and nothing is replaced", async () => {
    await expect(await previewOf({ ...args, ttl: "7d" })).toMatchFileSnapshot(golden("shorter-ttl"));
  });

  it("leaves alone what Velero writes itself, and never lets the backups go with the Schedule", async () => {
    const inputs = (await stack.resources()).find(({ name }) => name === "orders-schedule")?.inputs;
    expect(JSON.stringify(inputs)).not.toMatch(/skipImmediately|useOwnerReferencesInBackup|paused/);
  });

  it("upgrades what it deployed when it landed without replacing or deleting anything", async () => {
    const steps = await upgradeCheck(landed, { program: programOf(args), providers: providers() });
    expect(steps.map(({ name }) => name)).toContain("orders-schedule");
  });
});

describe.skipIf(missingEngine() !== undefined)("VeleroSchedule", () => {
  it("can be previewed while every leaf input is unknown, and deletes nothing then", async () => {
    const { replaced } = await previewWithUnknowns(
      (leaf) =>
        new VeleroSchedule("orders", {
          schedule: leaf("0 2 * * *"),
          timeZone: leaf("UTC"),
          includedNamespaces: leaf(["*"]),
          excludedNamespaces: leaf(["kube-system"]),
          matchLabels: leaf({ app: "shop" }),
          ttl: leaf("30d"),
          storageLocation: leaf("default"),
          volumes: leaf(VeleroVolumes.MoveData),
          snapshotClasses: { "ebs.csi.aws.com": leaf("orders") },
          volumeGroupLabelKey: leaf("velero.io/volume-group"),
          snapshotTimeout: leaf("20m"),
          operationTimeout: leaf("6h"),
          hooks: [
            { name: leaf("checkpoint"), matchLabels: leaf({ app: "db" }), before: [{ command: leaf(["true"]), timeout: leaf("1m") }] },
          ],
          paused: leaf(false),
          labels: { team: leaf("orders") },
          awaitEnabled: true,
        }),
      { providers: providers() },
    );
    expect(replaced).toEqual([]);
  });

  it("shows every wrong argument with its reason, known early or late", async () => {
    const early = await failure({
      schedule: "TZ=UTC 0 2 * * *",
      timeZone: "UTC+2",
      includedNamespaces: ["*", "shop"],
      volumes: VeleroVolumes.None,
      ttl: "4w",
      snapshotClasses: { [`${"d".repeat(30)}.csi.aws.com`]: "orders" },
      hooks: [{ name: "checkpoint", matchLabels: {}, before: [{ command: [] }] }],
      scheduleName: "s".repeat(49),
      colour: "red",
    });
    const together = await failure({
      schedule: "0 2 * * 0",
      includedNamespaces: ["shop"],
      excludedNamespaces: ["kube-system"],
      volumes: VeleroVolumes.None,
      snapshotTimeout: "1h",
      ttl: "7d",
      hooks: [
        { name: "one", matchLabels: {}, before: [{ command: ["true"] }] },
        { name: "one", matchLabels: { app: "db" } },
      ],
    });
    await expect(`${early}\n\n${together}\n`).toMatchFileSnapshot(golden("errors"));
    expect(early).not.toMatch(/^\s+at |__pulumi|\[Object/m);
    expect(await failure({ schedule: pulumi.output("0 0 2 * * *"), includedNamespaces: ["shop"] })).toContain(
      "schedule: this has 6 fields",
    );
  });

  it("has a name with room for those of its backups", async () => {
    const given = { schedule: "@daily", includedNamespaces: ["shop"] };
    expect(await failure(given, "s".repeat(48))).toBe("");
    expect(await failure(given, "s".repeat(49))).toContain("name: this name has 49 characters, and at most 48 are possible");
    expect(await failure(given, "Orders")).toContain("name: Kubernetes takes this for no name of an object");
  });
});

describe.skipIf(missingEngine() !== undefined || missingCustomResources() !== undefined)(
  "VeleroSchedule on a real API server with the custom resources of Velero",
  () => {
    const path = "/apis/velero.io/v1/namespaces/default/schedules";
    const all: VeleroScheduleArgs = {
      ...args,
      veleroNamespace: "default",
      includedNamespaces: ["*"],
      excludedNamespaces: ["kube-system"],
      matchLabels: { app: "shop" },
      storageLocation: "default",
      volumes: VeleroVolumes.MoveData,
      volumeGroupLabelKey: "velero.io/volume-group",
      snapshotTimeout: "20m",
      operationTimeout: "90m",
      paused: true,
      awaitEnabled: true,
      hooks: [
        {
          name: "checkpoint",
          matchLabels: { app: "postgres" },
          namespaces: ["shop"],
          before: [{ command: ["true"], container: "postgres", timeout: "90s", onError: VeleroHookError.Continue }],
          after: [{ command: ["true"] }],
        },
      ],
    };
    let kubernetes: TestKubernetes;
    let stack: EngineStack;
    const changed = ({ steps }: { steps: readonly { op: string; name: string }[] }) =>
      steps.filter(({ op }) => op !== "same").map(({ op, name }) => `${op} ${name}`);

    beforeAll(async () => {
      kubernetes = await startKubernetes();
      await installCustomResources(kubernetes, ["velero.io"]);
      const secrets = { "kubernetes:kubeconfig": kubernetes.kubeconfig };
      stack = await startStack({ program: programOf(all), providers: providers(), secrets });
    }, 60_000);
    afterAll(async () => {
      await stack?.dispose();
      await kubernetes?.stop();
    });

    it("is accepted with all that can be said, and a second deployment finds nothing to do", async () => {
      await stack.preview();
      await stack.up();
      const { body } = await kubernetes.read(`${path}/orders`);
      expect(body).toMatchObject({
        metadata: {
          annotations: {
            "velero.io/csi-volumesnapshot-class_ebs.csi.aws.com": "orders",
            "pulumi.com/waitFor": "jsonpath={.status.phase}=Enabled",
          },
        },
        spec: {
          schedule: "CRON_TZ=Europe/Berlin 30 2 * * *",
          paused: true,
          template: {
            ttl: "720h0m0s",
            snapshotMoveData: true,
            csiSnapshotTimeout: "0h20m0s",
            itemOperationTimeout: "1h30m0s",
            hooks: {
              resources: [
                {
                  includedResources: ["pods"],
                  pre: [{ exec: { timeout: "0h1m30s", onError: "Continue" } }],
                  post: [{ exec: { timeout: "0h5m0s", onError: "Fail" } }],
                },
              ],
            },
          },
        },
      });
      expect(changed(await stack.preview())).toEqual([]);
      expect(changed(await stack.up())).toEqual([]);
      await stack.refresh();
      expect(changed(await stack.preview())).toEqual([]);
    });

    it("writes no field that the definition does not know", async () => {
      const inputs = (await stack.resources()).find(({ name }) => name === "orders-schedule")?.inputs ?? {};
      const named = { ...inputs, metadata: { ...(inputs.metadata as object), name: "strict" } };
      expect(await strictRefusal(kubernetes, path, named)).toBeUndefined();
      const misspelt = { ...named, spec: { ...(inputs.spec as object), skipImmediatly: true } };
      expect(await strictRefusal(kubernetes, path, misspelt)).toMatch(/unknown field "spec.skipImmediatly"/);
    });

    it("does not fight with Velero over what its controller writes", async () => {
      await kubernetes.edit(`${path}/orders`, { spec: { skipImmediately: false } });
      expect(changed(await stack.preview({ refresh: true })).filter((text) => !text.startsWith("refresh "))).toEqual([]);
      await stack.up({ program: programOf({ ...all, ttl: "60d" }) });
      expect((await kubernetes.read(`${path}/orders`)).body).toMatchObject({
        spec: { skipImmediately: false, template: { ttl: "1440h0m0s" } },
      });
    });

    it("with an argument fewer, the field goes", async () => {
      const { hooks: _, paused: __, ...fewer } = all;
      await stack.up({ program: programOf(fewer) });
      const { spec } = (await kubernetes.read(`${path}/orders`)).body as { spec: { paused?: boolean; template: { hooks?: unknown } } };
      expect([spec.paused, spec.template.hooks]).toEqual([undefined, undefined]);
    });
  },
);
