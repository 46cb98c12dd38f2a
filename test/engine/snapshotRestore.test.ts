import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RestoredVolumeMode, SnapshotRestore, type SnapshotRestoreArgs } from "../../packages/kubernetes/src/index.js";
import { strictRefusal } from "../support/customResources.js";
import { failureOf, previewFailure } from "../support/engine/failureOf.js";
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
import { missingKubernetes, startKubernetes, type TestKubernetes } from "../support/kubernetesServer.js";
import { sortedPreview } from "../support/sortedPreview.js";
import { ClusterClient } from "../support/volumeSnapshots/ClusterClient.js";

/** As it was when the component landed. Never written again: an upgrade must read what is out there. */
const landed = fileURLToPath(new URL("states/kubernetes-snapshot-restore-1.json", import.meta.url));
const SET = "shop-volumes-20261130t030000z-0a1b2c3d";
const data = {
  claimName: "restored-data",
  snapshot: { name: `${SET}-data-shop-db-0`, claimName: "data-shop-db-0", restoreSize: "50Gi" },
  size: "60Gi",
  storageClassName: "fast",
};
const wal = { claimName: "restored-wal", snapshot: { name: `${SET}-wal-shop-db-0` }, size: "10Gi", storageClassName: "fast" };
const args: SnapshotRestoreArgs = { namespace: "default", claims: [data, wal] };

const providers = () => [kubernetesProvider()];
const golden = (name: string) => `golden/kubernetes-snapshot-restore-${name}.txt`;
const programOf = (given: SnapshotRestoreArgs) => () => {
  const { claimNames, effectivePolicy, namespace } = new SnapshotRestore("shop", given);
  return Promise.resolve({ claimNames, effectivePolicy, namespace });
};
const failure = async (given: object) => {
  const program = () => Promise.resolve(void new SnapshotRestore("shop", given as SnapshotRestoreArgs));
  return await previewFailure({ program, providers: providers() });
};
const changed = ({ steps }: { steps: readonly { op: string; name: string }[] }) =>
  steps.filter(({ op }) => op !== "same" && op !== "refresh").map(({ op, name }) => `${op} ${name}`);

describe.skipIf(missingEngine() !== undefined)("previews of SnapshotRestore", () => {
  let stack: EngineStack;
  const previewOf = (given: SnapshotRestoreArgs) => stack.preview({ program: programOf(given) });

  beforeAll(async () => {
    stack = await startStack({ program: programOf(args), providers: providers() });
  });
  afterAll(async () => {
    await stack?.dispose();
  });

  it("the first deployment", async () => {
    await expect(sortedPreview(await stack.previewText())).toMatchFileSnapshot(golden("first-deployment"));
    await stack.up();
    expect(changed(await stack.preview())).toEqual([]);
    const { claimNames, effectivePolicy, namespace } = await stack.outputs();
    await expect(`${effectivePolicy?.value as string}\n`).toMatchFileSnapshot(golden("policy"));
    expect([claimNames?.value, namespace?.value]).toEqual([["restored-data", "restored-wal"], "default"]);
  });

  it("is to the engine what it was", async () => {
    await expect(await identitySnapshot(stack)).toMatchFileSnapshot(golden("identity"));
    if (!existsSync(landed)) await saveState(stack, landed);
  });

  it("another snapshot later touches no claim", async () => {
    const other = "shop-volumes-20261201t030000z-9z8y7x6w";
    const claims = [data, wal].map((claim) => ({
      ...claim,
      snapshot: { ...claim.snapshot, name: claim.snapshot.name.replace(SET, other) },
    }));
    const program = programOf({ ...args, claims });
    expect(changed(await stack.preview({ program }))).toEqual(["update shop"]);
    await expect(sortedPreview(await stack.previewText({ program }))).toMatchFileSnapshot(golden("another-snapshot"));
  });

  it("grows in place; what would make another claim of it, or none, is refused while it is protected", async () => {
    const grown = { ...args, claims: [{ ...data, size: "80Gi" }, wal] };
    expect(changed(await previewOf(grown)).toSorted()).toEqual(["update shop", "update shop-restored-data"]);
    for (const change of [{ claimName: "another" }, { storageClassName: "slow" }, { accessModes: ["ReadWriteMany"] }]) {
      const message = await failureOf(previewOf({ ...args, claims: [{ ...data, ...change }, wal] }));
      expect(message, Object.keys(change)[0]).toMatch(/shop-restored-data[\s\S]*protect/);
    }
    const snapshot = { ...data.snapshot, volumeMode: RestoredVolumeMode.Block };
    const device = { ...data, snapshot, volumeMode: RestoredVolumeMode.Block };
    expect(await failureOf(previewOf({ ...args, claims: [device, wal] }))).toMatch(/shop-restored-data[\s\S]*protect/);
    expect(await failureOf(previewOf({ ...args, claims: [wal] }))).toMatch(/shop-restored-data[\s\S]*protect/);
  });

  it("upgrades what it deployed when it landed without replacing or deleting anything", async () => {
    const steps = await upgradeCheck(landed, { program: programOf(args), providers: providers() });
    expect(steps.map(({ name }) => name)).toEqual(expect.arrayContaining(["shop-restored-data", "shop-restored-wal"]));
  });
});

describe.skipIf(missingEngine() !== undefined)("SnapshotRestore", () => {
  it("can be previewed while every leaf input is unknown, and deletes nothing then", async () => {
    const { replaced } = await previewWithUnknowns(
      (leaf) =>
        new SnapshotRestore("shop", {
          namespace: "default",
          claims: [
            {
              claimName: "restored-data",
              snapshot: {
                name: leaf(data.snapshot.name),
                claimName: leaf("data-shop-db-0"),
                restoreSize: leaf("50Gi"),
                volumeMode: leaf(RestoredVolumeMode.Filesystem),
              },
              size: leaf("60Gi"),
            },
          ],
          labels: { team: leaf("shop") },
          annotations: leaf({ note: "shop" }),
          // So that the guard can clear away.
          protect: false,
        }),
      { providers: providers() },
    );
    expect(replaced).toEqual([]);
  });

  it("shows every wrong argument with its reason, known early or late", async () => {
    const early = await failure({
      namespace: "Shop",
      claims: [
        { ...data, claimName: "data-shop-db-0", size: "40Gi", volumeMode: RestoredVolumeMode.Block },
        { ...wal, claimName: "data-shop-db-0", snapshot: { name: "shop-volumes-20261129t030000z-0z1y2x3w-wal-shop-db-0" }, size: "10 GB" },
        { ...wal, claimName: "wal-shop-db-0", accessModes: ["ReadWriteTwice"] },
      ],
      colour: "red",
    });
    const nothing = await failure({ namespace: "shop", claims: [] });
    await expect(`${early}\n\n${nothing}\n`).toMatchFileSnapshot(golden("errors"));
    expect(early).not.toMatch(/^\s+at |__pulumi|\[Object/m);
    expect(await failure({ ...args, claims: [{ ...data, size: pulumi.output("49Gi") }] })).toContain(
      "claims[0].size: the snapshot does not fit",
    );
    expect(
      await failure({ ...args, claims: [{ ...wal, claimName: "wal-shop-db-0", snapshot: { name: pulumi.output(wal.snapshot.name) } }] }),
    ).toContain("claims[0].claimName: the snapshot is of this very claim");
    expect(
      await failure({
        ...args,
        claims: [{ ...data, snapshot: { ...data.snapshot, name: pulumi.output(`${SET.replace("1130", "1129")}-data-shop-db-0`) } }, wal],
      }),
    ).toContain("claims[1].snapshot.name: this is of the set");
  });
});

describe.skipIf(missingEngine() !== undefined || missingKubernetes() !== undefined)("SnapshotRestore on a real API server", () => {
  const path = "/api/v1/namespaces/default/persistentvolumeclaims";
  const all: SnapshotRestoreArgs = {
    ...args,
    claims: [
      { ...data, accessModes: ["ReadWriteOncePod"], volumeMode: RestoredVolumeMode.Filesystem },
      { ...wal, snapshot: { ...wal.snapshot, volumeMode: RestoredVolumeMode.Block }, volumeMode: RestoredVolumeMode.Block },
    ],
    labels: { team: "shop" },
    annotations: { note: "restored on Monday" },
    protect: false,
  };
  let kubernetes: TestKubernetes;
  let stack: EngineStack;

  beforeAll(async () => {
    kubernetes = await startKubernetes();
    const secrets = { "kubernetes:kubeconfig": kubernetes.kubeconfig };
    stack = await startStack({ program: programOf(all), providers: providers(), secrets });
  }, 60_000);
  afterAll(async () => {
    await stack?.dispose();
    await kubernetes?.stop();
  });

  it("is accepted, and a second deployment finds nothing to do", async () => {
    await stack.preview();
    await stack.up();
    expect((await kubernetes.read(`${path}/restored-data`)).body).toMatchObject({
      metadata: { labels: { team: "shop" }, annotations: { note: "restored on Monday", "pulumi.com/skipAwait": "true" } },
      spec: {
        accessModes: ["ReadWriteOncePod"],
        storageClassName: "fast",
        volumeMode: "Filesystem",
        resources: { requests: { storage: "60Gi" } },
        dataSource: { apiGroup: "snapshot.storage.k8s.io", kind: "VolumeSnapshot", name: data.snapshot.name },
      },
    });
    expect((await kubernetes.read(`${path}/restored-wal`)).body).toMatchObject({ spec: { volumeMode: "Block" } });
    expect(changed(await stack.preview())).toEqual([]);
    expect(changed(await stack.preview({ refresh: true }))).toEqual([]);
  });

  it("writes no field that the API server does not know", async () => {
    const claims = (await stack.resources()).filter(({ type }) => type.endsWith(":PersistentVolumeClaim"));
    expect(claims).toHaveLength(2);
    for (const { inputs } of claims) {
      const named = { ...inputs, metadata: { ...(inputs.metadata as object), name: "strict" } };
      expect(await strictRefusal(kubernetes, path, named)).toBeUndefined();
      const unknown = { ...named, spec: { ...(inputs.spec as object), snapshot: "x" } };
      expect(await strictRefusal(kubernetes, path, unknown)).toMatch(/unknown field "spec.snapshot"/);
    }
  });

  it("cannot be made of a claim that is there, whose data stay what they are", async () => {
    const there = { ...data, claimName: "theirs", snapshot: { name: "theirs-of-yesterday", claimName: "other", restoreSize: "1Gi" } };
    const program = () => Promise.resolve({ names: new SnapshotRestore("second", { ...args, claims: [there] }).claimNames });
    const secrets = { "kubernetes:kubeconfig": kubernetes.kubeconfig };
    const plainClaim = {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "theirs" },
      spec: { accessModes: ["ReadWriteOnce"], storageClassName: "fast", resources: { requests: { storage: "60Gi" } } },
    };
    const client = new ClusterClient(kubernetes.kubeconfig);
    await client.create(path, plainClaim).finally(() => client.close());
    const second = await startStack({ program, providers: providers(), secrets });
    try {
      const message = await failureOf(second.up());
      expect(message).toMatch(/spec is immutable after creation|already exists/);
      const { spec } = (await kubernetes.read(`${path}/theirs`)).body as { spec: object };
      expect(spec).not.toHaveProperty("dataSource");
    } finally {
      await second.dispose();
    }
  });

  it("stays in the cluster when it leaves the program, where that was said; else it goes, and another name is restored anew", async () => {
    const next = { ...data, claimName: "restored-again", snapshot: { ...data.snapshot, name: `${SET}-2-data-shop-db-0` } };
    await stack.up({ program: programOf({ ...all, retainOnDelete: true }) });
    await stack.up({ program: programOf({ ...all, retainOnDelete: true, claims: [next] }) });
    expect((await kubernetes.read(`${path}/restored-again`)).body).toMatchObject({ spec: { dataSource: { name: next.snapshot.name } } });
    expect(((await kubernetes.read(`${path}/restored-data`)).body as { metadata: object }).metadata).not.toHaveProperty(
      "deletionTimestamp",
    );
    await stack.up({ program: programOf({ ...all, claims: [next] }) });
    // A controller, of which there is none here, takes it away once no Pod has the claim.
    await kubernetes.edit(`${path}/restored-again`, { metadata: { finalizers: null } });
    await stack.up({ program: programOf({ ...all, claims: [{ ...next, claimName: "restored-at-last" }] }) });
    expect((await kubernetes.read(`${path}/restored-again`)).status).toBe(404);
  });
});
