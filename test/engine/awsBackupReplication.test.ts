import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BackupReplication, type BackupReplicationArgs } from "../../packages/aws/src/index.js";
import { failureOf } from "../support/engine/failureOf.js";
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
import { sortedPreview } from "../support/sortedPreview.js";

/** As it was when the component landed. Never written again: an upgrade must read what is out there. */
const landed = fileURLToPath(new URL("states/aws-backup-replication-1.json", import.meta.url));
const sourceInstanceArn = "arn:aws:rds:eu-central-1:123456789012:db:orders";
const keyArn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const args: BackupReplicationArgs = { sourceInstanceArn, destinationRegion: "eu-west-1", tags: { team: "orders" } };
const providers = () => [awsProvider()];
const golden = (name: string) => `golden/aws-backup-replication-${name}.txt`;
const programOf =
  (given: BackupReplicationArgs, name = "orders") =>
  () => {
    const { destinationRegion, effectivePolicy, kmsKeyArn, replicatedBackupsArn } = new BackupReplication(name, given);
    return Promise.resolve({ destinationRegion, effectivePolicy, kmsKeyArn, replicatedBackupsArn });
  };

describe.skipIf(missingEngine() !== undefined)("previews of BackupReplication", () => {
  let stack: EngineStack;
  const previewOf = async (given: BackupReplicationArgs) => sortedPreview(await stack.previewText({ program: programOf(given) }));
  const replication = async () => (await stack.resources()).find(({ name }) => name === "orders-replication");

  beforeAll(async () => {
    stack = await startStack({ program: programOf(args), providers: providers() });
  });
  afterAll(async () => {
    await stack?.dispose();
  });

  it("the first deployment, all of it in the destination Region", async () => {
    await expect(await previewOf(args)).toMatchFileSnapshot(golden("first-deployment"));
    await stack.up();
    const key = (await stack.resources()).find(({ name }) => name === "orders-key");
    expect(key?.inputs).toMatchObject({ region: "eu-west-1", enableKeyRotation: true, deletionWindowInDays: 30 });
    expect((await replication())?.inputs).toMatchObject({
      region: "eu-west-1",
      retentionPeriod: 14,
      sourceDbInstanceArn: sourceInstanceArn,
    });
    expect((await replication())?.inputs.kmsKeyId).toMatch(/^arn:aws:kms:eu-west-1:/);
    const { steps } = await stack.preview();
    expect(steps.filter(({ op }) => op !== "same")).toEqual([]);
  });

  it("is to the engine what it was", async () => {
    await expect(await identitySnapshot(stack)).toMatchFileSnapshot(golden("identity"));
    if (!existsSync(landed)) await saveState(stack, landed);
  });

  it("retention 14 -> 30 is refused while it is protected, for RDS cannot change it in place", async () => {
    const failure = await failureOf(stack.preview({ program: programOf({ ...args, retentionDays: 30 }) }));
    expect(failure).toMatch(/orders-replication[\s\S]*protect/);
  });

  it("a rename is refused while it is protected", async () => {
    const failure = await failureOf(stack.preview({ program: programOf(args, "orders-2") }));
    expect(failure).toMatch(/orders-replication[\s\S]*protect/);
  });

  it("without protection, retention 14 -> 30 stops the replication before it starts the next", async () => {
    const unprotected = { ...args, protect: false };
    await expect(await previewOf(unprotected)).toMatchFileSnapshot(golden("unprotected"));
    await stack.up({ program: programOf(unprotected) });
    const longer = { ...unprotected, retentionDays: 30 };
    await expect(await previewOf(longer)).toMatchFileSnapshot(golden("retention-changed"));
    const { steps } = await stack.up({ program: programOf(longer) });
    const order = steps.filter(({ name, op }) => name === "orders-replication" && op !== "same").map(({ op }) => op);
    expect(order.indexOf("delete-replaced")).toBeLessThan(order.indexOf("create-replacement"));
    expect(steps.filter(({ name }) => name === "orders-key").map(({ op }) => op)).toEqual(["same"]);
  });

  it("upgrades what it deployed when it landed without replacing or deleting anything", async () => {
    const steps = await upgradeCheck(landed, { program: programOf(args), providers: providers() });
    expect(steps.map(({ name }) => name)).toEqual(expect.arrayContaining(["orders", "orders-key", "orders-replication"]));
  });
});

describe.skipIf(missingEngine() !== undefined)("BackupReplication", () => {
  it("is stopped before its key and the instance go", async () => {
    const stack = await startStack({
      program: () => {
        const instance = new aws.rds.Instance("orders", { identifier: "orders", instanceClass: "db.t4g.micro", skipFinalSnapshot: true });
        new BackupReplication("orders", { sourceInstanceArn: instance.arn, destinationRegion: "eu-west-1", protect: false });
        return Promise.resolve({});
      },
      providers: providers(),
    });
    try {
      await stack.up();
      const { steps } = await stack.destroy();
      const deleted = steps.filter(({ op }) => op === "delete").map(({ type }) => type.replace(/^.*:/, ""));
      const at = (type: string) => deleted.indexOf(type);
      expect(at("InstanceAutomatedBackupsReplication")).toBeGreaterThanOrEqual(0);
      expect(at("InstanceAutomatedBackupsReplication")).toBeLessThan(at("Key"));
      expect(at("InstanceAutomatedBackupsReplication")).toBeLessThan(at("Instance"));
    } finally {
      await stack.dispose();
    }
  });

  it("takes a key that exists, and makes none then", async () => {
    const stack = await startStack({ program: programOf({ ...args, kmsKeyArn: pulumi.output(keyArn) }), providers: providers() });
    try {
      await stack.up();
      const resources = await stack.resources();
      expect(resources.map(({ type }) => type)).not.toContain("aws:kms/key:Key");
      expect(resources.find(({ name }) => name === "orders-replication")?.inputs).toMatchObject({ kmsKeyId: keyArn });
      expect((await stack.outputs()).kmsKeyArn?.value).toBe(keyArn);
    } finally {
      await stack.dispose();
    }
  });

  it("gives an instance that is not encrypted no key", async () => {
    const stack = await startStack({ program: programOf({ ...args, sourceEncrypted: false }), providers: providers() });
    try {
      await stack.up();
      const resources = await stack.resources();
      expect(resources.map(({ type }) => type)).not.toContain("aws:kms/key:Key");
      expect(resources.find(({ name }) => name === "orders-replication")?.inputs).not.toHaveProperty("kmsKeyId");
    } finally {
      await stack.dispose();
    }
  });

  it("can be previewed while every leaf input is unknown, and deletes nothing then", async () => {
    const { replaced } = await previewWithUnknowns(
      (leaf) =>
        new BackupReplication("orders", {
          sourceInstanceArn: leaf(sourceInstanceArn),
          destinationRegion: leaf("eu-west-1"),
          retentionDays: leaf(14),
          tags: { team: leaf("orders") },
          // Protected, the preview would be refused: each of these is another replication.
          protect: false,
        }),
      { providers: providers() },
    );
    expect(replaced.sort()).toEqual(["orders-key", "orders-replication"]);
  });

  it("shows every wrong argument with its reason, known early or late", async () => {
    const failure = async (given: BackupReplicationArgs) => {
      const stack = await startStack({ program: programOf(given), providers: providers() });
      return await failureOf(stack.preview()).finally(() => stack.dispose());
    };
    const wrong = { ...args, retentionDays: 36, kmsKeyArn: keyArn.replace("eu-west-1", "us-east-1"), colour: "red" };
    await expect(`${await failure(wrong as BackupReplicationArgs)}\n`).toMatchFileSnapshot(golden("errors"));
    expect(await failure({ ...args, destinationRegion: pulumi.output("eu-central-1") })).toContain("this is the Region of the instance");
  });
});
