import type { Output } from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random";
import type { EngineStack } from "../EngineStack.js";
import { randomProvider } from "../providers/random/randomProvider.js";
import { type StackOptions, startStack } from "../startStack.js";

/** Wraps the value of a leaf input, which then is known only once things exist. */
export type Leaf = <Value>(value: Value) => Output<Value>;

const seed = "unknown";

/**
 * Previews a component with every leaf input unknown, as when it takes them from something that is yet to be created or replaced: on an empty
 * stack, then on one that is deployed. Throws when a preview fails or plans to delete; tells what it plans to replace.
 * @param declare declares the component, each of its leaf inputs through `leaf`
 */
export async function previewWithUnknowns(
  declare: (leaf: Leaf) => void,
  options: Omit<StackOptions, "program"> = {},
): Promise<{ replaced: string[] }> {
  const program = (length: number) => async () => {
    const { result } = new RandomPassword(seed, { length });
    declare((value) => result.apply(() => value));
    return await Promise.resolve({});
  };
  const others = (options.providers ?? []).filter(({ name }) => name !== "random");
  const stack = await startStack({ ...options, program: program(8), providers: [randomProvider(), ...others] });
  try {
    refuseDeletions("nothing exists", await plannedSteps(stack));
    await stack.up();
    const steps = await plannedSteps(stack, program(9));
    refuseDeletions("everything exists", steps);
    return { replaced: steps.filter(({ op }) => op === "replace").map(({ name }) => name) };
  } finally {
    await stack.destroy().catch(() => {
      // what `retainOnDelete` and `protect` keep goes with the test's server
    });
    await stack.dispose();
  }
}

async function plannedSteps(stack: EngineStack, program?: ReturnType<() => StackOptions["program"]>) {
  const { steps } = await stack.preview(program === undefined ? {} : { program });
  return steps.filter(({ name }) => name !== seed);
}

function refuseDeletions(when: string, steps: { op: string; name: string; type: string }[]): void {
  const deleted = steps.filter(({ op }) => op === "delete");
  if (deleted.length === 0) return;
  const names = deleted.map(({ type, name }) => `${type} ${name}`).join(", ");
  throw new Error(
    `While ${when} and its inputs are unknown, the preview plans to delete ${names}: what decides which children exist must be plain.`,
  );
}
