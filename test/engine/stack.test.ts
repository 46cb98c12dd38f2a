import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EngineStack, missingEngine, startStack } from "../support/engine/index.js";
import { randomProvider } from "../support/engine/providers/random/randomProvider.js";

/** As small as a component of ours can be: a child, its parent, an option, an output that is secret. */
class Vault extends pulumi.ComponentResource {
  readonly password: pulumi.Output<string>;

  constructor(name: string, { length }: { length: number }, options?: pulumi.ComponentResourceOptions) {
    super("pgkeep-test:index:Vault", name, { length, policy: `passwords of ${length} letters` }, options);
    const child = new RandomPassword(`${name}-password`, { length, special: false }, { parent: this, ignoreChanges: ["keepers"] });
    this.password = child.result;
    this.registerOutputs({ password: this.password });
  }
}

describe.skipIf(missingEngine() !== undefined)("a stack of the real engine", () => {
  let stack: EngineStack;
  let length = 20;

  beforeAll(async () => {
    stack = await startStack({
      program: () => {
        const { password } = new Vault("safe", { length });
        return Promise.resolve({ password });
      },
      providers: [randomProvider()],
    });
  });
  afterAll(async () => await stack.dispose());

  it("previews, creates, and then has nothing to do", async () => {
    const { steps } = await stack.preview();
    console.log(steps);
    const up = await stack.up();
    console.log(up.text, up.outputs, up.changes);
    console.log(JSON.stringify(await stack.exportState(), undefined, 1));
    console.log(await stack.resources());
    const again = await stack.preview();
    console.log(again.text, again.steps);
    length = 30;
    console.log(await stack.preview());
  });
});
