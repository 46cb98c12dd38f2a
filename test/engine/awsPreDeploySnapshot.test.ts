import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { PreDeploySnapshot, type PreDeploySnapshotArgs } from "../../packages/aws/src/index.js";
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
import { awsProvider } from "../support/engine/providers/aws/awsProvider.js";
import { rdsBackupKinds } from "../support/engine/providers/aws/kinds/rdsBackup.js";
import { randomProvider } from "../support/engine/providers/random/randomProvider.js";
import { sortedPreview } from "../support/sortedPreview.js";

/** As it was when the component landed. Never written again: an upgrade must read what is out there. */
const landed = fileURLToPath(new URL("states/aws-pre-deploy-snapshot-1.json", import.meta.url));
const instanceArn = "arn:aws:rds:eu-central-1:123456789012:db:orders";
const args: PreDeploySnapshotArgs = { instanceArn, deploymentKey: "4f2c1e9", tags: { team: "orders" } };
const providers = () => [awsProvider(), randomProvider()];
const golden = (name: string) => `golden/aws-pre-deploy-snapshot-${name}.txt`;
const programOf = (given: PreDeploySnapshotArgs) => () => {
  const { effectivePolicy, pruneCommand, prunerPolicy, snapshotArn, snapshotIdentifier } = new PreDeploySnapshot("orders", given);
  return Promise.resolve({ effectivePolicy, pruneCommand, prunerPolicy, snapshotArn, snapshotIdentifier });
};
/** The suffix is by chance. */
const steady = (text: string) =>
  sortedPreview(text)
    .replace(/\b[0-9a-f]{8}\b/g, "9f3a0c71")
    .replace(/\[id=[\w-]{6}\]/g, "[id=nzoMcQ]");

describe.skipIf(missingEngine() !== undefined)("PreDeploySnapshot, one deployment after another", () => {
  let stack: EngineStack;
  const identifiers: unknown[] = [];
  const snapshots = async () => (await stack.resources()).filter(({ type }) => type === "aws:rds/snapshot:Snapshot");
  const deploy = async (deploymentKey: string) => {
    const program = programOf({ ...args, deploymentKey });
    const text = steady(await stack.previewText({ program }));
    const { steps } = await stack.up({ program });
    identifiers.push((await stack.outputs()).snapshotIdentifier?.value);
    return { text, steps: steps.filter(({ op }) => op !== "same") };
  };

  beforeAll(async () => {
    stack = await startStack({ program: programOf(args), providers: providers() });
  });
  afterAll(async () => {
    await stack?.dispose();
  });

  it("the first takes a snapshot", async () => {
    await expect((await deploy("4f2c1e9")).text).toMatchFileSnapshot(golden("first-deployment"));
    const [snapshot] = await snapshots();
    expect(snapshot?.inputs).toMatchObject({
      dbInstanceIdentifier: "orders",
      dbSnapshotIdentifier: expect.stringMatching(/^orders-pre-deploy-4f2c1e9-[0-9a-f]{8}$/),
      region: "eu-central-1",
      tags: { team: "orders", "pgkeep:pre-deploy": "orders", "pgkeep:deployment": "4f2c1e9" },
    });
    const { pruneCommand } = await stack.outputs();
    expect(pruneCommand?.value).toBe("pgkeep snapshot prune --rds --tag pgkeep:pre-deploy=orders --keep 10");
  });

  it("is to the engine what it was", async () => {
    await expect(await identitySnapshot(stack)).toMatchFileSnapshot(golden("identity"));
    if (!existsSync(landed)) await saveState(stack, landed);
  });

  it("the same key takes no second one", async () => {
    expect((await deploy("4f2c1e9")).steps).toEqual([]);
  });

  it("the next key takes another, and leaves the former one in AWS", async () => {
    const kind = rdsBackupKinds.find(({ type }) => type === "aws:rds/snapshot:Snapshot");
    const deleted = vi.spyOn(kind ?? expect.fail(), "delete");
    const { text, steps } = await deploy("b81d0aa");
    await expect(text).toMatchFileSnapshot(golden("next-deployment"));
    expect((await snapshots()).map(({ name }) => name)).toEqual(["orders-b81d0aa"]);
    // The engine says `delete` of what leaves the state, and asks the provider for nothing where `retainOnDelete` stands.
    expect(steps.filter(({ op }) => op === "delete").map(({ name }) => name)).toEqual(expect.arrayContaining(["orders-4f2c1e9"]));
    expect(deleted).not.toHaveBeenCalled();
  });

  it("a rollback to the former key takes one too, by another name than the one it left", async () => {
    const { steps } = await deploy("4f2c1e9");
    expect(steps.filter(({ op, type }) => op === "create" && type === "aws:rds/snapshot:Snapshot")).toHaveLength(1);
    expect(new Set(identifiers).size).toBe(3);
  });

  it("upgrades what it deployed when it landed without replacing or deleting anything", async () => {
    const steps = await upgradeCheck(landed, { program: programOf(args), providers: providers() });
    expect(steps.map(({ name }) => name)).toEqual(expect.arrayContaining(["orders", "orders-4f2c1e9", "orders-4f2c1e9-suffix"]));
  });
});

it.skipIf(missingEngine() !== undefined)(
  "PreDeploySnapshot can be previewed while every leaf input is unknown, and deletes nothing then",
  async () => {
    const { replaced } = await previewWithUnknowns(
      (leaf) =>
        new PreDeploySnapshot("orders", {
          instanceArn: leaf(instanceArn),
          deploymentKey: "4f2c1e9",
          series: leaf("orders"),
          keep: leaf(5),
          tags: { team: leaf("orders") },
        }),
      { providers: providers() },
    );
    // The snapshot of an instance that may be another one; the former stays in AWS.
    expect(replaced).toEqual(["orders-4f2c1e9"]);
  },
);

it.skipIf(missingEngine() !== undefined)("the engine shows every wrong argument with its reason, known early or late", async () => {
  const wrong = { instanceArn: "orders", deploymentKey: "two words", keep: 101, series: "a b", colour: "red" };
  const failure = async (given: PreDeploySnapshotArgs) => {
    return await previewFailure({ program: programOf(given), providers: providers() });
  };
  const early = await failure(wrong as PreDeploySnapshotArgs);
  await expect(`${early}\n`).toMatchFileSnapshot(golden("errors"));
  expect(early).not.toMatch(/^\s+at |__pulumi|\[Object/m);
  expect(await failure({ ...args, instanceArn: pulumi.output("arn:aws:rds:eu-central-1:123456789012:cluster:orders") })).toContain(
    "instanceArn: this is a DB cluster",
  );
});
