import type * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BackupPlan, type BackupPlanArgs, BackupPlanPreset, BackupVaultLockMode } from "../../packages/aws/src/index.js";
import { type EngineStack, missingEngine, startStack } from "../support/engine/index.js";
import { awsProvider } from "../support/engine/providers/aws/awsProvider.js";
import { sortedPreview } from "../support/sortedPreview.js";

/** Names that the provider chooses end in chance. */
const shown = (text: string) => sortedPreview(text).replace(/\b(shop(?:-[a-z]+)+)-[0-9a-f]{7}\b/g, "$1-…");
const golden = (name: string) => `golden/aws-backup-plan-${name}.txt`;

/** What a reviewer of a pull request reads. After each preview the change is made, so that the next one begins where it ended. */
describe.skipIf(missingEngine() !== undefined)("previews of BackupPlan", () => {
  let stack: EngineStack;
  let args: BackupPlanArgs;

  const program = () => {
    const { effectivePolicy, vaultArn, planId } = new BackupPlan("shop", args);
    return Promise.resolve({ effectivePolicy, vaultArn, planId } as Record<string, pulumi.Output<unknown>>);
  };
  const planned = async () => (await stack.preview({ refresh: true })).steps.filter(({ op }) => op !== "same" && op !== "refresh");

  beforeAll(async () => {
    args = {
      region: "eu-central-1",
      selections: [{ name: "production", tags: { backup: "production" } }],
      preset: BackupPlanPreset.Production,
      maintenanceWindow: "mon:04:00-mon:05:00",
      tags: { team: "shop" },
    };
    stack = await startStack({ program, providers: [awsProvider()] });
  });
  afterAll(() => stack?.dispose());

  it("the first deployment", async () => {
    await expect(shown(await stack.previewText())).toMatchFileSnapshot(golden("first-deployment"));
    await stack.up();
    expect(await planned()).toEqual([]);
  });

  it("retention from 30 days to 7: the words of it and the rule, and no vault", async () => {
    args = {
      ...args,
      rules: [
        { name: "daily", schedule: "0 2 * * *", retentionDays: 7 },
        { name: "weekly", schedule: "0 2 * * SUN", retentionDays: 365 },
      ],
    };
    delete args.preset;
    await expect(shown(await stack.previewText())).toMatchFileSnapshot(golden("retention-30-to-7"));
    expect((await planned()).map(({ name, op }) => `${op} ${name}`)).toEqual(["update shop", "update shop-plan"]);
    await stack.up();
  });

  it("a copy to another Region added, with a vault and a key there", async () => {
    args = {
      ...args,
      destinations: [{ name: "ireland", region: "eu-west-1" }],
      rules: args.rules?.map((rule) => ({ ...rule, copies: [{ to: "ireland" }] })) ?? [],
    };
    await expect(shown(await stack.previewText())).toMatchFileSnapshot(golden("copy-added"));
    await stack.up();
    expect(await planned()).toEqual([]);
  });

  it("a continuous rule added: who owns the instance's retention from now on", async () => {
    args = {
      ...args,
      rules: [
        ...(args.rules ?? []),
        { name: "any-second", schedule: "30 5 * * *", retentionDays: 14, continuous: true, copies: [{ to: "ireland" }] },
      ],
    };
    await expect(shown(await stack.previewText())).toMatchFileSnapshot(golden("continuous-added"));
    await stack.up();
  });

  it("the lock from governance to compliance mode: it says that this is for ever, and nothing is deleted", async () => {
    args = {
      ...args,
      vault: { lock: { mode: BackupVaultLockMode.Compliance, changeableForDays: 3, minRetentionDays: 7, maxRetentionDays: 400 } },
    };
    await expect(shown(await stack.previewText())).toMatchFileSnapshot(golden("lock-compliance"));
    await stack.up();
    const resources = await stack.resources();
    expect(resources.find(({ name }) => name === "shop-vault-lock")).toMatchObject({ retainOnDelete: true });
    expect(await planned()).toEqual([]);
  });

  it("another name of the vault is refused, since it would be an empty one", async () => {
    const before = args;
    args = { ...args, vault: { ...args.vault, name: "shop-2" } };
    const failure = await stack.previewText().then(
      () => "",
      (error: Error) => error.message,
    );
    await expect(`${failure}\n`).toMatchFileSnapshot(golden("rename-refused"));
    expect(failure).toContain("shop-vault");
    expect(failure).toMatch(/currently marked for protection/);
    args = before;
    expect(await planned()).toEqual([]);
  });

  it("a selection changed is made anew, and nothing else", async () => {
    args = { ...args, selections: [{ name: "production", tags: { backup: "production", engine: "postgres" } }] };
    const steps = await planned();
    expect(steps.map(({ name, op }) => `${op} ${name}`).sort()).toEqual([
      "create-replacement shop-selection-production",
      "delete-replaced shop-selection-production",
      "replace shop-selection-production",
      "update shop",
    ]);
    await stack.up();
  });
});
