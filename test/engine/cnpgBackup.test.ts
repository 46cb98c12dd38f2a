import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  CnpgBackup,
  type CnpgBackupArgs,
  CnpgBackupMethod,
  CnpgBackupOwner,
  CnpgBackupTarget,
  CnpgCompression,
} from "../../packages/kubernetes/src/index.js";
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
import { sortedPreview } from "../support/sortedPreview.js";

/** As it was when the component landed. Never written again: an upgrade must read what is out there. */
const landed = fileURLToPath(new URL("states/kubernetes-cnpg-backup-1.json", import.meta.url));
const args: CnpgBackupArgs = {
  namespace: "shop",
  clusterName: "shop-db",
  schedule: "0 2 * * *",
  store: { destinationPath: "s3://shop-backups/cnpg", credentials: { inheritFromIamRole: true } },
  labels: { team: "shop" },
};
const snapshots: CnpgBackupArgs = {
  namespace: "shop",
  clusterName: "shop-db",
  schedule: "@daily",
  method: CnpgBackupMethod.VolumeSnapshot,
};
const providers = () => [kubernetesProvider()];
const golden = (name: string) => `golden/kubernetes-cnpg-backup-${name}.txt`;
const programOf = (given: CnpgBackupArgs) => () => {
  const { clusterPlugins, effectivePolicy, emittedSchedule, objectStoreName, scheduledBackupName } = new CnpgBackup("shop", given);
  return Promise.resolve({ clusterPlugins, effectivePolicy, emittedSchedule, objectStoreName, scheduledBackupName });
};
const failure = async (given: object, name = "shop") => {
  const program = () => Promise.resolve(void new CnpgBackup(name, given as CnpgBackupArgs));
  return await previewFailure({ program, providers: providers() });
};

describe.skipIf(missingEngine() !== undefined)("previews of CnpgBackup", () => {
  let stack: EngineStack;
  const previewOf = async (given: CnpgBackupArgs) => sortedPreview(await stack.previewText({ program: programOf(given) }));

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
    const { clusterPlugins, effectivePolicy } = await stack.outputs();
    await expect(`${effectivePolicy?.value}\n`).toMatchFileSnapshot(golden("policy"));
    expect(clusterPlugins?.value).toEqual([
      { name: "barman-cloud.cloudnative-pg.io", isWALArchiver: true, parameters: { barmanObjectName: "shop" } },
    ]);
  });

  it("is to the engine what it was", async () => {
    await expect(await identitySnapshot(stack)).toMatchFileSnapshot(golden("identity"));
    if (!existsSync(landed)) await saveState(stack, landed);
  });

  it("a shorter recovery window is one line, and nothing is replaced", async () => {
    await expect(await previewOf({ ...args, store: { ...args.store, retentionDays: 7 } })).toMatchFileSnapshot(golden("shorter-window"));
  });

  it("another Cluster replaces the schedule alone; leaving the store is refused while it is protected", async () => {
    const { steps } = await stack.preview({ program: programOf({ ...args, clusterName: "other" }) });
    expect(steps.filter(({ op }) => op === "replace").map(({ name }) => name)).toEqual(["shop-schedule"]);
    expect(await failureOf(stack.preview({ program: programOf(snapshots) }))).toMatch(/shop-store[\s\S]*protect/);
  });

  it("upgrades what it deployed when it landed without replacing or deleting anything", async () => {
    const steps = await upgradeCheck(landed, { program: programOf(args), providers: providers() });
    expect(steps.map(({ name }) => name)).toEqual(expect.arrayContaining(["shop-schedule", "shop-store"]));
  });
});

describe.skipIf(missingEngine() !== undefined)("CnpgBackup", () => {
  it("takes an ObjectStore that exists, and makes none", async () => {
    const given = { ...args, store: { existingName: pulumi.output("azure") }, serverName: "shop-db-2" };
    const stack = await startStack({ program: programOf(given), providers: providers() });
    await stack.up();
    expect((await stack.resources()).map(({ name }) => name).sort()).toEqual(expect.not.arrayContaining(["shop-store"]));
    const { clusterPlugins, effectivePolicy } = await stack.outputs();
    expect(clusterPlugins?.value).toMatchObject([{ parameters: { barmanObjectName: "azure", serverName: "shop-db-2" } }]);
    expect(effectivePolicy?.value).toContain("by the ObjectStore azure, which exists: its own policy says how long they are kept");
    await stack.dispose();
  });

  it("says of snapshots that nothing expires them", async () => {
    const stack = await startStack({ program: programOf(snapshots), providers: providers() });
    await stack.up();
    const { clusterPlugins, effectivePolicy, emittedSchedule } = await stack.outputs();
    expect([clusterPlugins?.value, emittedSchedule?.value]).toEqual([[], "0 0 0 * * *"]);
    await expect(`${effectivePolicy?.value}\n`).toMatchFileSnapshot(golden("snapshots-policy"));
    await stack.dispose();
  });

  it("can be previewed while every leaf input is unknown, and deletes nothing then", async () => {
    const { replaced } = await previewWithUnknowns(
      (leaf) =>
        new CnpgBackup("shop", {
          namespace: "shop",
          clusterName: "shop-db",
          schedule: leaf("0 2 * * *"),
          timeZone: leaf("UTC"),
          store: {
            destinationPath: leaf("s3://shop-backups/cnpg"),
            endpointUrl: leaf("https://s3.example.org"),
            credentials: { accessKeyId: { name: leaf("s3"), key: leaf("id") }, secretAccessKey: { name: leaf("s3"), key: leaf("secret") } },
            retentionDays: leaf(14),
            compression: leaf(CnpgCompression.Lz4),
            jobs: leaf(4),
            walParallel: leaf(4),
          },
          serverName: leaf("shop-db"),
          target: leaf(CnpgBackupTarget.Primary),
          immediate: leaf(true),
          suspend: leaf(false),
          backupOwner: leaf(CnpgBackupOwner.None),
          labels: { team: leaf("shop") },
        }),
      { providers: providers() },
    );
    expect(replaced).toEqual([]);
    const moved = await previewWithUnknowns(
      (leaf) => new CnpgBackup("shop", { ...snapshots, namespace: leaf("shop"), clusterName: leaf("shop-db"), online: leaf(true) }),
      { providers: providers() },
    );
    expect(moved.replaced).toEqual(["shop-schedule"]);
  });

  it("shows every wrong argument with its reason, known early or late", async () => {
    const early = await failure({
      namespace: "Shop",
      clusterName: "c".repeat(51),
      schedule: "0 0 2 * * *",
      timeZone: "Europe/Berlin",
      store: { destinationPath: "gs://shop-backups/cnpg", credentials: { accessKeyId: { name: "s3", key: "id" } }, retentionDays: 0.5 },
      online: false,
      backupOwner: "self",
      scheduledBackupName: "s".repeat(49),
      colour: "red",
    });
    const together = await failure({
      ...args,
      timeZone: "Europe/Berlin",
      online: false,
      store: { credentials: { inheritFromIamRole: true, accessKeyId: { name: "s3", key: "id" } } },
    });
    const existing = await failure({ ...args, store: { existingName: "azure", retentionDays: 7 }, protect: false });
    const ofSnapshots = await failure({ ...snapshots, store: args.store, serverName: "shop-db" });
    const nothing = await failure({ namespace: "shop", clusterName: "shop-db", schedule: "TZ=UTC 0 2 * * *" });
    await expect(`${[early, together, existing, ofSnapshots, nothing].join("\n\n")}\n`).toMatchFileSnapshot(golden("errors"));
    expect(early).not.toMatch(/^\s+at |__pulumi|\[Object/m);
    expect(await failure({ ...args, schedule: pulumi.output("0 0 2 * * *") })).toContain("schedule: this has 6 fields");
  });

  it("has a name with room for those of its backups, and knows how long a Cluster's may be", async () => {
    expect(await failure(args, "s".repeat(48))).toBe("");
    expect(await failure(args, "s".repeat(49))).toContain("name: this name has 49 characters, and at most 48 are possible");
    expect(await failure({ ...args, clusterName: "c".repeat(50) })).toBe("");
    expect(await failure({ ...args, clusterName: "c".repeat(51) })).toContain("CloudNativePG takes at most 50 for a Cluster");
  });
});
