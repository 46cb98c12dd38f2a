import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  GroupSnapshotApiVersion,
  SnapshotClass,
  type SnapshotClassArgs,
  SnapshotDeletionPolicy,
} from "../../packages/kubernetes/src/index.js";
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
import { kubernetesProvider } from "../support/engine/providers/kubernetes/kubernetesProvider.js";
import { sortedPreview } from "../support/sortedPreview.js";

/** As it was when the component landed. Never written again: an upgrade must read what is out there. */
const landed = fileURLToPath(new URL("states/kubernetes-snapshot-class-1.json", import.meta.url));
const args: SnapshotClassArgs = {
  driver: "ebs.csi.aws.com",
  parameters: { lockMode: "governance", lockDuration: "7" },
  isDefault: true,
  usedByVelero: true,
  groups: { parameters: { tagSpecification_1: "team=orders" } },
  labels: { team: "orders" },
};
const providers = () => [kubernetesProvider()];
const golden = (name: string) => `golden/kubernetes-snapshot-class-${name}.txt`;
const programOf = (given: SnapshotClassArgs) => () => {
  const { className, effectivePolicy, groupClassName } = new SnapshotClass("orders", given);
  return Promise.resolve({ className, effectivePolicy, groupClassName });
};
/** Names end by chance where the provider makes them. */
const steady = (text: string) => sortedPreview(text).replace(/\b(orders-(?:group-)?class)-[0-9a-f]{8}\b/g, "$1-0c9f3a1b");

describe.skipIf(missingEngine() !== undefined)("previews of SnapshotClass", () => {
  let stack: EngineStack;
  const previewOf = async (given: SnapshotClassArgs) => steady(await stack.previewText({ program: programOf(given) }));

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
  });

  it("is to the engine what it was", async () => {
    await expect(await identitySnapshot(stack)).toMatchFileSnapshot(golden("identity"));
    if (!existsSync(landed)) await saveState(stack, landed);
  });

  it("another policy changes one class in place, and the class of groups, which nobody may change, not while it is protected", async () => {
    const deleting = { ...args, deletionPolicy: SnapshotDeletionPolicy.Delete };
    expect(await failureOf(stack.preview({ program: programOf(deleting) }))).toMatch(/orders-group-class[\s\S]*protect/);
    const { groups: _, ...single } = args;
    const alone = await startStack({ program: programOf(single), providers: providers() });
    await alone.up();
    const program = programOf({ ...single, deletionPolicy: SnapshotDeletionPolicy.Delete });
    await expect(steady(await alone.previewText({ program }))).toMatchFileSnapshot(golden("delete-with-the-namespace"));
    expect(await failureOf(alone.preview({ program: programOf({ ...single, driver: "disk.csi.azure.com" }) }))).toMatch(
      /orders-class[\s\S]*protect/,
    );
    await alone.dispose();
  });

  it("upgrades what it deployed when it landed without replacing or deleting anything", async () => {
    const steps = await upgradeCheck(landed, { program: programOf(args), providers: providers() });
    expect(steps.map(({ name }) => name)).toEqual(expect.arrayContaining(["orders-class", "orders-group-class"]));
  });
});

describe.skipIf(missingEngine() !== undefined)("SnapshotClass", () => {
  it("takes classes that exist, and makes none", async () => {
    const program = programOf({ existing: { className: pulumi.output("csi-ebs"), groupClassName: "csi-ebs-groups" } });
    const stack = await startStack({ program, providers: providers() });
    await stack.up();
    expect((await stack.resources()).map(({ type }) => type)).not.toEqual(expect.arrayContaining([expect.stringMatching(/^kubernetes:/)]));
    const { className, effectivePolicy, groupClassName } = await stack.outputs();
    expect([className?.value, groupClassName?.value]).toEqual(["csi-ebs", "csi-ebs-groups"]);
    expect(effectivePolicy?.value).toMatch(/csi-ebs, which exists and is not managed here/);
    await stack.dispose();
  });

  it("can be previewed while every leaf input is unknown, and deletes nothing then", async () => {
    const { replaced } = await previewWithUnknowns(
      (leaf) =>
        new SnapshotClass("orders", {
          driver: leaf("ebs.csi.aws.com"),
          deletionPolicy: leaf(SnapshotDeletionPolicy.Retain),
          isDefault: leaf(true),
          usedByVelero: leaf(true),
          parameters: { lockMode: leaf("governance") },
          groups: { isDefault: leaf(true), parameters: leaf({ a: "b" }) },
          labels: { team: leaf("orders") },
          // Another driver may be another class.
          protect: false,
        }),
      { providers: providers() },
    );
    expect(replaced.sort()).toEqual(["orders-class", "orders-group-class"]);
  });

  it("stays, protected, while nothing is unknown that would make another class of it", async () => {
    const { replaced } = await previewWithUnknowns(
      (leaf) => new SnapshotClass("orders", { ...args, isDefault: leaf(true), usedByVelero: leaf(true), labels: { team: leaf("orders") } }),
      { providers: providers() },
    );
    expect(replaced).toEqual([]);
  });

  it("shows every wrong argument with its reason, known early or late", async () => {
    const failure = async (given: object, name = "orders") => {
      const program = () => Promise.resolve(void new SnapshotClass(name, given as SnapshotClassArgs));
      const stack = await startStack({ program, providers: providers() });
      return await failureOf(stack.preview()).finally(() => stack.dispose());
    };
    const wrong = { deletionPolicy: "Keep", className: "Orders", groups: { apiVersion: "v1beta1" }, parameters: { a: 1 }, colour: "red" };
    const early = await failure(wrong, "Orders_1");
    const existing = await failure({ existing: { className: "csi-ebs" }, driver: "ebs.csi.aws.com", protect: false });
    const unnamed = await failure({ groups: {} }, "Orders_1");
    await expect(`${early}\n\n${existing}\n\n${unnamed}\n`).toMatchFileSnapshot(golden("errors"));
    expect(early).not.toMatch(/^\s+at |__pulumi|\[Object/m);
    expect(await failure({ driver: pulumi.output("two words") })).toContain("driver: no CSI driver can be called so");
    expect(await failure({ driver: "d", groups: { apiVersion: GroupSnapshotApiVersion.V1, className: "a".repeat(254) } })).toContain(
      "groups.className: this name has 254 characters, and at most 253 are possible",
    );
  });
});
