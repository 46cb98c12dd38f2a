import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EngineStack, missingEngine, startStack } from "../support/engine/index.js";
import { randomProvider } from "../support/engine/providers/random/randomProvider.js";

/** As small as a component of ours can be: a child, its parent, an option, an output that is secret. */
class Vault extends pulumi.ComponentResource {
  readonly password: pulumi.Output<string>;

  constructor(name: string, { length }: { length: number }, options?: pulumi.ComponentResourceOptions) {
    super("pgkeep-test:index:Vault", name, { length, effectivePolicy: `passwords of ${length} letters` }, options);
    const child = new RandomPassword(`${name}-password`, { length, special: false }, { parent: this, ignoreChanges: ["keepers"] });
    this.password = child.result;
    this.registerOutputs({ password: this.password });
  }
}

/** A resource that no SDK checks. */
class Untyped extends pulumi.CustomResource {}

const vault = "urn:pulumi:dev::pgkeep-test::pgkeep-test:index:Vault::safe";

describe.skipIf(missingEngine() !== undefined)("a stack of the real engine", () => {
  let stack: EngineStack;
  let password = "";
  const program = (length: number) => async () => await Promise.resolve({ password: new Vault("safe", { length }).password });

  beforeAll(async () => {
    const config = { config: { "pgkeep:plain": "seen" }, secrets: { "pgkeep:hidden": "a secret of the configuration" } };
    stack = await startStack({ program: program(20), providers: [randomProvider()], ...config });
  });
  afterAll(async () => await stack?.dispose());

  it("previews what is to be created, in order", async () => {
    const { steps, changes } = await stack.preview();
    expect(steps.map(({ op, name }) => `${op} ${name}`)).toEqual([
      "create pgkeep-test-dev",
      "create safe",
      "create default_4_21_2",
      "create safe-password",
    ]);
    expect(changes).toEqual({ create: 3 });
    expect(await stack.resources()).toEqual([]);
  });

  it("creates it, and finds nothing to do afterwards", async () => {
    await stack.up();
    const outputs = await stack.outputs();
    expect(outputs.password).toEqual({ value: expect.stringMatching(/^[a-zA-Z0-9]{20}$/), secret: true });
    password = String(outputs.password?.value);
    expect((await stack.preview()).steps.map(({ op }) => op)).toEqual(["same", "same", "same", "same"]);
  });

  it("tells each resource with its parent, provider and options", async () => {
    const [child, ...others] = (await stack.resources()).filter(({ name }) => name === "safe-password");
    expect(others).toEqual([]);
    expect(child).toMatchObject({
      type: "random:index/randomPassword:RandomPassword",
      id: "none",
      parent: vault,
      provider: expect.stringContaining("pulumi:providers:random::default"),
      protect: false,
      retainOnDelete: false,
      ignoreChanges: ["keepers"],
      inputs: { length: 20 },
    });
  });

  it("exports a state that holds no secret and no path of this machine", async () => {
    const text = JSON.stringify(await stack.exportState()) + stack.log();
    expect(password).toHaveLength(20);
    for (const canary of [password, "a secret of the configuration", process.cwd()]) expect(text).not.toContain(canary);
  });

  it("shows a reviewer the change, by path and as text", async () => {
    const { steps, text } = await stack.preview({ program: program(30) });
    expect(steps.find(({ op }) => op === "replace")?.diff).toEqual({ length: { kind: "update-replace" } });
    expect(text).toBe(`Previewing update (dev):
  pulumi:pulumi:Stack: (same)
    [urn=…::pgkeep-test-dev]
    ~ pgkeep-test:index:Vault: (update)
        [urn=…::safe]
      ~ effectivePolicy: "passwords of 20 letters" => "passwords of 30 letters"
      ~ length         : 20 => 30
        +-random:index/randomPassword:RandomPassword: (replace)
            [id=none]
            [urn=…::safe-password]
          ~ length: 20 => 30
Resources:
    ~ 1 to update
    +-1 to replace
    2 changes. 1 unchanged
`);
  });

  it("fails a test that meets a property without a rule, naming it and where the rules come from", async () => {
    const type = "random:index/randomPassword:RandomPassword";
    const unruled = async () => await Promise.resolve(void new Untyped(type, "x", { length: 3, colour: "blue" }));
    const fresh = await startStack({ program: unruled, providers: [randomProvider()] });
    await expect(fresh.preview()).rejects.toThrow(
      /STAND-IN for the official provider `random` has no rule for the property colour of .*resource_password\.go/s,
    );
    await fresh.dispose();
  });

  it("tells a program's error as the engine's diagnostics", async () => {
    const failing = () => Promise.reject(new pulumi.RunError("retention: received -1, allowed are 1 to 35"));
    await expect(stack.preview({ program: failing })).rejects.toThrow(/^retention: received -1, allowed are 1 to 35$/m);
  });

  it("destroys it", async () => {
    const { steps } = await stack.destroy();
    expect(steps.map(({ op }) => op)).toContain("delete");
    expect(await stack.resources()).toEqual([]);
  });
});
