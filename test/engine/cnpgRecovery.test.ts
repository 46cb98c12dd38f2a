import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CnpgRecovery, type CnpgRecoveryArgs } from "../../packages/kubernetes/src/index.js";
import { installCustomResources, missingCustomResources, strictRefusal } from "../support/customResources.js";
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
import { startKubernetes, type TestKubernetes } from "../support/kubernetesServer.js";
import { sortedPreview } from "../support/sortedPreview.js";

/** As it was when the component landed. Never written again: an upgrade must read what is out there. */
const landed = fileURLToPath(new URL("states/kubernetes-cnpg-recovery-1.json", import.meta.url));
const args: CnpgRecoveryArgs = {
  namespace: "default",
  source: { objectStoreName: "shop", serverName: "shop-db" },
  targetTime: "2026-11-01T12:00:00Z",
  imageName: "ghcr.io/cloudnative-pg/postgresql:18",
  storageSize: "50Gi",
};
const providers = () => [kubernetesProvider()];
const golden = (name: string) => `golden/kubernetes-cnpg-recovery-${name}.txt`;
const programOf = (given: CnpgRecoveryArgs) => () => {
  const { clusterName, effectivePolicy, host } = new CnpgRecovery("shop-2", given);
  return Promise.resolve({ clusterName, effectivePolicy, host });
};
const failure = async (given: object, name = "shop-2") => {
  const program = () => Promise.resolve(void new CnpgRecovery(name, given as CnpgRecoveryArgs));
  return await previewFailure({ program, providers: providers() });
};
const changed = ({ steps }: { steps: readonly { op: string; name: string }[] }) =>
  steps.filter(({ op }) => op !== "same").map(({ op, name }) => `${op} ${name}`);

describe.skipIf(missingEngine() !== undefined)("previews of CnpgRecovery", () => {
  let stack: EngineStack;

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
    const { clusterName, effectivePolicy, host } = await stack.outputs();
    await expect(`${effectivePolicy?.value}\n`).toMatchFileSnapshot(golden("policy"));
    expect([clusterName?.value, host?.value]).toEqual(["shop-2", "shop-2-rw.default.svc"]);
  });

  it("is to the engine what it was", async () => {
    await expect(await identitySnapshot(stack)).toMatchFileSnapshot(golden("identity"));
    if (!existsSync(landed)) await saveState(stack, landed);
  });

  it("recovers once: another time or source changes no Cluster, and another name is refused while it is protected", async () => {
    const { targetTime: _, ...latest } = args;
    const elsewhere = { ...latest, source: { objectStoreName: "other", serverName: "other" } };
    expect(changed(await stack.preview({ program: programOf(elsewhere) }))).toEqual(["update shop-2"]);
    expect(await failureOf(stack.preview({ program: programOf({ ...args, clusterName: "shop-3" }) }))).toMatch(
      /shop-2-cluster[\s\S]*protect/,
    );
  });

  it("upgrades what it deployed when it landed without replacing or deleting anything", async () => {
    const steps = await upgradeCheck(landed, { program: programOf(args), providers: providers() });
    expect(steps.map(({ name }) => name)).toContain("shop-2-cluster");
  });
});

describe.skipIf(missingEngine() !== undefined)("CnpgRecovery", () => {
  it("can be previewed while every leaf input is unknown, and deletes nothing then", async () => {
    const { replaced } = await previewWithUnknowns(
      (leaf) =>
        new CnpgRecovery("shop-2", {
          namespace: "default",
          source: { objectStoreName: leaf("shop"), serverName: leaf("shop-db") },
          targetTime: leaf("2026-11-01T12:00:00Z"),
          backupId: leaf("20261101T000000"),
          database: leaf("shop"),
          owner: leaf("shop"),
          imageName: leaf("postgresql:18"),
          instances: leaf(2),
          storageSize: leaf("50Gi"),
          storageClass: leaf("fast"),
          walStorageSize: leaf("5Gi"),
          archive: { objectStoreName: leaf("shop"), serverName: leaf("shop-2") },
          labels: { team: leaf("shop") },
          // So that the guard can clear away.
          protect: false,
        }),
      { providers: providers() },
    );
    expect(replaced).toEqual([]);
  });

  it("shows every wrong argument with its reason, known early or late", async () => {
    const early = await failure({
      ...args,
      clusterName: "c".repeat(51),
      targetTime: "2026-11-01 12:00",
      storageSize: "50 GB",
      instances: 0,
      archive: { objectStoreName: "Shop", serverName: "" },
      colour: "red",
    });
    const together = await failure({ ...args, archive: args.source }, "Shop");
    await expect(`${early}\n\n${together}\n`).toMatchFileSnapshot(golden("errors"));
    expect(early).not.toMatch(/^\s+at |__pulumi|\[Object/m);
    expect(await failure({ ...args, targetTime: pulumi.output("2999-01-01T00:00:00Z") })).toContain("targetTime: this is in the future");
  });
});

describe.skipIf(missingEngine() !== undefined || missingCustomResources() !== undefined)(
  "CnpgRecovery on a real API server with the custom resources of CloudNativePG",
  () => {
    const path = "/apis/postgresql.cnpg.io/v1/namespaces/default/clusters";
    const all: CnpgRecoveryArgs = {
      ...args,
      backupId: "20261101T000000",
      database: "shop",
      owner: "shop",
      instances: 3,
      storageClass: "fast",
      walStorageSize: "5Gi",
      archive: { objectStoreName: "shop", serverName: "shop-2" },
      awaitReady: true,
      labels: { team: "shop" },
    };
    let kubernetes: TestKubernetes;
    let stack: EngineStack;

    beforeAll(async () => {
      kubernetes = await startKubernetes();
      await installCustomResources(kubernetes, ["postgresql.cnpg.io"]);
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
      expect((await kubernetes.read(`${path}/shop-2`)).body).toMatchObject({
        spec: {
          instances: 3,
          storage: { size: "50Gi", storageClass: "fast" },
          walStorage: { size: "5Gi", storageClass: "fast" },
          bootstrap: {
            recovery: {
              source: "origin",
              database: "shop",
              recoveryTarget: { targetTime: "2026-11-01T12:00:00Z", backupID: "20261101T000000" },
            },
          },
          externalClusters: [
            {
              name: "origin",
              plugin: { name: "barman-cloud.cloudnative-pg.io", parameters: { barmanObjectName: "shop", serverName: "shop-db" } },
            },
          ],
          plugins: [{ isWALArchiver: true, parameters: { barmanObjectName: "shop", serverName: "shop-2" } }],
        },
      });
      expect(changed(await stack.preview())).toEqual([]);
      await stack.refresh();
      expect(changed(await stack.preview())).toEqual([]);
    });

    it("writes no field that the definition does not know", async () => {
      const inputs = (await stack.resources()).find(({ name }) => name === "shop-2-cluster")?.inputs ?? {};
      const named = { ...inputs, metadata: { ...(inputs.metadata as object), name: "strict" } };
      expect(await strictRefusal(kubernetes, path, named)).toBeUndefined();
      const unknown = { ...named, spec: { ...(inputs.spec as object), recoveryTime: "now" } };
      expect(await strictRefusal(kubernetes, path, unknown)).toMatch(/unknown field "spec.recoveryTime"/);
    });

    it("grows in place, without another word about where it came from", async () => {
      const { targetTime: _, ...latest } = all;
      await stack.up({ program: programOf({ ...latest, storageSize: "80Gi" }) });
      expect((await kubernetes.read(`${path}/shop-2`)).body).toMatchObject({
        spec: { storage: { size: "80Gi" }, bootstrap: { recovery: { recoveryTarget: { targetTime: "2026-11-01T12:00:00Z" } } } },
      });
    });
  },
);
