import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  assertNoCanary,
  duplicateExports,
  type EngineStack,
  identitySnapshot,
  missingEngine,
  packageSchema,
  previewWithUnknowns,
  saveState,
  schemaFaults,
  startStack,
  upgradeCheck,
} from "../support/engine/index.js";
import { randomProvider } from "../support/engine/providers/random/randomProvider.js";
import { writePackage } from "./tinyPackage.js";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const canary = "a canary nobody may read";

/** A component whose faults are asked for one by one. */
class Vault extends pulumi.ComponentResource {
  constructor(name: string, args: { note: pulumi.Input<string>; rooms?: pulumi.Input<string[]>; protect?: boolean; suffix?: string }) {
    super("pgkeep-test:index:Vault", name, { note: args.note });
    const options = { parent: this, protect: args.protect === true, ignoreChanges: ["special", "length"] };
    new RandomPassword(`${name}${args.suffix ?? "-password"}`, { length: 12, keepers: { note: args.note } }, options);
    // What no component may do: which children exist hangs on a value that may be unknown.
    pulumi.output(args.rooms ?? []).apply((rooms) => rooms.map((room) => new RandomPassword(room, { length: 9 }, { parent: this })));
    this.registerOutputs();
  }
}

describe.skipIf(missingEngine() !== undefined)("guards of a deployed component", () => {
  let stack: EngineStack;
  let folder: string;
  const providers = [randomProvider()];
  const program = (declare: () => unknown) => async () => await Promise.resolve(void declare());

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "pgkeep-guards-"));
    stack = await startStack({ program: program(() => new Vault("safe", { note: pulumi.secret(canary) })), providers });
    await stack.up();
  });
  afterAll(async () => {
    await stack?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it("shows what each resource is to the engine", async () => {
    expect(await identitySnapshot(stack)).toBe(
      "pgkeep-test:index:Vault safe\n  random:index/randomPassword:RandomPassword safe-password (ignoreChanges: length, special)\n",
    );
  });

  it("finds a secret wherever it can be read, and none where there is none", async () => {
    assertNoCanary(stack, [canary]);
    const leaking = await startStack({ program: program(() => new Vault("safe", { note: canary })), providers: [randomProvider()] });
    await leaking.up();
    expect(() => assertNoCanary(leaking, [canary])).toThrow(/readable in the state.*\n.*readable in what the engine showed/s);
    await leaking.dispose();
  });

  it("lets an unchanged program pass on yesterday's state, and refuses one that replaces or deletes", async () => {
    const file = join(folder, "state.json");
    await saveState(stack, file);
    const today = (declare: () => unknown) => upgradeCheck(file, { program: program(declare), providers: [randomProvider()] });
    const steps = await today(() => new Vault("safe", { note: pulumi.secret(canary) }));
    expect(new Set(steps.map(({ op }) => op))).toEqual(new Set(["same"]));
    await expect(today(() => new Vault("safe", { note: "another" }))).rejects.toThrow(/replace .*safe-password .*keepers/);
    await expect(today(() => new Vault("safe", { note: pulumi.secret(canary), suffix: "-renamed" }))).rejects.toThrow(
      /delete .*safe-password/,
    );
    writeFileSync(file, JSON.stringify({ version: 3, deployment: {} }));
    await expect(today(() => new Vault("safe", { note: "x" }))).rejects.toThrow("holds no resources");
  });
});

describe.skipIf(missingEngine() !== undefined)("a preview with unknown inputs", () => {
  it("passes where they only change properties, and tells what they replace", async () => {
    const { replaced } = await previewWithUnknowns((leaf) => new Vault("safe", { note: leaf("x"), rooms: ["hall"] }));
    expect(replaced).toEqual(["safe-password"]);
  });

  it("is refused where they decide which children exist", async () => {
    const declaring = previewWithUnknowns((leaf) => new Vault("safe", { note: "x", rooms: leaf(["hall"]) }));
    await expect(declaring).rejects.toThrow(/plans to delete random:index\/randomPassword:RandomPassword hall/);
  });
});

describe("guards of the public surface", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pgkeep-surface-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("reads a package's schema, and names what a user of another language would miss", () => {
    writePackage(folder);
    const schema = packageSchema(folder);
    expect(Object.keys(schema.resources)).toEqual(["tiny:index:Box"]);
    expect(schemaFaults(schema)).toEqual([
      "tiny:index:Box argument anything: no description",
      "tiny:index:Box argument anything: any",
      "tiny:index:Box output colour: no description",
    ]);
  });

  it("finds two exported names that are equal, anywhere", () => {
    const sources = {
      "one/src/a.ts": "export interface Plan {}\nexport class Agent {}",
      "two/src/b/c.ts": "export enum Plan { A }\ninterface Agent {}",
    };
    for (const [path, text] of Object.entries(sources)) {
      mkdirSync(join(folder, path, ".."), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    expect(duplicateExports(folder)).toEqual(["Plan: one/src/a.ts, two/src/b/c.ts"]);
  });

  it("finds none in this repository", () => {
    expect(duplicateExports(join(repository, "packages"))).toEqual([]);
  });
});
