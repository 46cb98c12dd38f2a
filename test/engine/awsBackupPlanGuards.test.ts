import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BackupPlan, type BackupPlanArgs, BackupVaultLockMode } from "../../packages/aws/src/index.js";
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

/** As it was when the component landed. Never written again: an upgrade must read what is out there. */
const landed = fileURLToPath(new URL("states/aws-backup-plan-1.json", import.meta.url));
const place = "eu-central-1:123456789012";
const orders = `arn:aws:rds:${place}:db:orders`;
const key = `arn:aws:kms:${place}:key/11111111-2222-3333-4444-555555555555`;
const admin = "arn:aws:iam::123456789012:role/backup-admin";
const theirs = {
  vaultArn: `arn:aws:backup:${place}:backup-vault:theirs`,
  copies: "arn:aws:backup:eu-west-1:123456789012:backup-vault:theirs",
  roleArn: "arn:aws:iam::123456789012:role/service/backup",
};

const declared: BackupPlanArgs = {
  region: "eu-central-1",
  selections: [
    { name: "by-tag", tags: { backup: "production" } },
    { name: "orders", resourceArns: [orders] },
  ],
  rules: [
    {
      name: "daily",
      schedule: "0 2 * * *",
      retentionDays: 30,
      copies: [{ to: "ireland", retentionDays: 60 }],
      recoveryPointTags: { by: "pgkeep" },
    },
    {
      name: "any-second",
      schedule: "30 5 * * *",
      retentionDays: 35,
      continuous: true,
      startWindowMinutes: 120,
      completionWindowMinutes: 600,
    },
  ],
  destinations: [{ name: "ireland", region: "eu-west-1", vault: { unlocked: true } }],
  vault: {
    name: "shop-safe",
    keyArn: key,
    recoveryPointAdministrators: [admin],
    lock: { mode: BackupVaultLockMode.Compliance, changeableForDays: 7, minRetentionDays: 7, maxRetentionDays: 365 },
  },
  databaseKeyArns: [key],
  maintenanceWindow: "mon:10:00-mon:11:00",
  timeZone: "Europe/Berlin",
  tags: { team: "shop" },
};

const declare = (args: BackupPlanArgs) => () => {
  const { effectivePolicy, vaultArn, planArn, roleArn, destinationVaultArns } = new BackupPlan("shop", args);
  return Promise.resolve({ effectivePolicy, vaultArn, planArn, roleArn, destinationVaultArns } as Record<string, pulumi.Output<unknown>>);
};

describe.skipIf(missingEngine() !== undefined)("BackupPlan, deployed", () => {
  let stack: EngineStack;

  beforeAll(async () => {
    stack = await startStack({ program: declare(declared), providers: [awsProvider()] });
    await stack.up();
  });
  afterAll(() => stack?.dispose());

  it("is to the engine what it was", async () => {
    await expect(await identitySnapshot(stack)).toMatchFileSnapshot("golden/aws-backup-plan-identity.txt");
  });

  it("has nothing to change the second time", async () => {
    const { steps } = await stack.preview({ refresh: true });
    expect(steps.filter(({ op }) => op !== "same" && op !== "refresh")).toEqual([]);
  });

  it("protects vaults, their keys and what keeps them from being emptied, and lets plan and role change", async () => {
    const resources = await stack.resources();
    const protectedOnes = resources.filter(({ protect }) => protect === true).map(({ name }) => name);
    expect(protectedOnes.sort()).toEqual([
      "shop-ireland-vault",
      "shop-ireland-vault-key",
      "shop-ireland-vault-policy",
      "shop-vault",
      "shop-vault-policy",
    ]);
  });

  it("upgrades what it deployed when it landed without replacing or deleting anything", async () => {
    if (!existsSync(landed)) await saveState(stack, landed);
    const steps = await upgradeCheck(landed, { program: declare(declared), providers: [awsProvider()] });
    expect(steps.length).toBeGreaterThan(10);
  });

  it("tells where it is deployed", async () => {
    const outputs = await stack.outputs();
    expect(outputs.vaultArn?.value).toBe(`arn:aws:backup:${place}:backup-vault:shop-safe`);
    expect(outputs.destinationVaultArns?.value).toEqual({ ireland: "arn:aws:backup:eu-west-1:123456789012:backup-vault:shop" });
  });
});

it.skipIf(missingEngine() !== undefined)(
  "BackupPlan takes a vault, a copy's vault and a role that exist, and makes none of its own",
  async () => {
    const stack = await startStack({
      program: declare({
        selections: [{ name: "orders", resourceArns: [orders] }],
        rules: [{ name: "daily", schedule: "0 2 * * *", retentionDays: 30, copies: [{ to: "theirs" }] }],
        vaultArn: theirs.vaultArn,
        destinations: [{ name: "theirs", vaultArn: theirs.copies }],
        roleArn: theirs.roleArn,
      }),
      providers: [awsProvider()],
    });
    try {
      await stack.up();
      const made = (await stack.resources()).map(({ type }) => type).filter((type) => type.startsWith("aws:"));
      expect(made.sort()).toEqual(["aws:backup/plan:Plan", "aws:backup/selection:Selection"]);
      const outputs = await stack.outputs();
      expect(outputs).toMatchObject({ vaultArn: { value: theirs.vaultArn }, roleArn: { value: theirs.roleArn } });
    } finally {
      await stack.dispose();
    }
  },
);

it.skipIf(missingEngine() !== undefined)(
  "BackupPlan can be previewed while every leaf input is unknown, and deletes nothing then",
  async () => {
    const { replaced } = await previewWithUnknowns(
      (leaf) =>
        new BackupPlan("shop", {
          ...declared,
          // A vault's key that is not known could be another one, which `protect` refuses already in a preview.
          protect: false,
          timeZone: leaf("UTC"),
          maintenanceWindow: leaf("mon:04:00-mon:05:00"),
          databaseKeyArns: [leaf(key)],
          vault: { ...declared.vault, keyArn: leaf(key), recoveryPointAdministrators: [leaf(admin)] },
          selections: [
            { name: "by-tag", tags: { backup: leaf("production") } },
            { name: "orders", resourceArns: [leaf(orders)] },
          ],
          rules: [
            {
              name: "daily",
              schedule: leaf("0 2 * * *"),
              timeZone: leaf("UTC"),
              retentionDays: leaf(30),
              startWindowMinutes: leaf(60),
              completionWindowMinutes: leaf(600),
              copies: [{ to: "ireland", retentionDays: leaf(60) }],
              recoveryPointTags: { by: leaf("pgkeep") },
            },
          ],
          tags: { team: leaf("shop") },
        }),
      { providers: [awsProvider()] },
    );
    // Selections hold no data, and vaults are protected.
    expect(replaced.filter((name) => !/vault|selection/.test(name))).toEqual([]);
  },
);

describe.skipIf(missingEngine() !== undefined)("what comes as an output is judged when it is known", () => {
  const failureOf = async (args: BackupPlanArgs) => {
    return await previewFailure({ program: declare(args), providers: [awsProvider()] });
  };

  it.each<[string, Partial<BackupPlanArgs>, string]>([
    [
      "a retention",
      { rules: [{ name: "daily", schedule: "0 2 * * *", retentionDays: pulumi.output(0) }] },
      "rules[0].retentionDays: AWS Backup keeps a recovery point for 1 to 36500 days",
    ],
    ["a schedule", { rules: [{ name: "daily", schedule: pulumi.output("*/5 * * * *"), retentionDays: 7 }] }, "once an hour at most"],
    [
      "the vault of a copy",
      {
        destinations: [{ name: "far", vaultArn: pulumi.output("arn:aws:backup:eu-west-1:222222222222:backup-vault:safe") }],
        vaultArn: pulumi.output(theirs.vaultArn),
        rules: [{ name: "daily", schedule: "0 2 * * *", retentionDays: 7, copies: [{ to: "far" }] }],
      },
      "this vault is in another Region and in another account",
    ],
  ])("%s", async (_, changes, expected) => {
    const failure = await failureOf({ region: "eu-central-1", selections: declared.selections, ...changes });
    expect(failure).toContain(expected);
    expect(failure).not.toMatch(/^\s+at |__pulumi|\[Object/m);
  });

  it("all that is wrong is told at once, with neither a stack nor an object", async () => {
    const failure = await failureOf({
      selections: [{ name: "everything", tags: {} }],
      rules: [
        { name: "every five minutes", schedule: "*/5 * * * *", retentionDays: 0, coldStorageAfterDays: 30, startWindowMinutes: 5 },
        { name: "any-second", schedule: "0 2 * * *", retentionDays: 90, continuous: true, copies: [{ to: "mars" }] },
      ],
      vault: { lock: { mode: BackupVaultLockMode.Compliance, changeableForDays: 1, minRetentionDays: 40 }, forceDestroy: true },
      maintenanceWindow: "sun:02:30-sun:03:30",
    });
    await expect(`${failure}\n`).toMatchFileSnapshot("golden/aws-backup-plan-errors.txt");
    expect(failure).not.toMatch(/^\s+at |__pulumi|\[Object/m);
  });
});
