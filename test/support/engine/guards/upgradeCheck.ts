import { readFileSync, writeFileSync } from "node:fs";
import type { EngineStack, State, Step } from "../EngineStack.js";
import { type StackOptions, startStack } from "../startStack.js";

/** Writes a stack's state for later `upgradeCheck`s: to be committed when a component lands, and never again. */
export async function saveState(stack: EngineStack, stateFile: string): Promise<void> {
  writeFileSync(stateFile, `${JSON.stringify(await stack.exportState(), undefined, 2)}\n`);
}

/**
 * Previews today's program on a state that an earlier version of a component left. Throws when it plans to replace or delete anything; tells
 * the steps, among which there may be updates. Project and stack must bear the names that they had.
 */
export async function upgradeCheck(stateFile: string, options: StackOptions): Promise<Step[]> {
  const stack = await startStack(options);
  try {
    await stack.importState(JSON.parse(readFileSync(stateFile, "utf8")) as State);
    if ((await stack.resources()).length === 0) throw new Error(`${stateFile} holds no resources: nothing would be checked.`);
    const { steps } = await stack.preview();
    const destructive = steps.filter(({ op }) => op.includes("delete") || op.includes("replace"));
    if (destructive.length > 0) {
      const told = [...new Set(destructive.map(({ op, type, name, diff }) => `${op} ${type} ${name} ${JSON.stringify(diff ?? {})}`))];
      throw new Error(`Today's code would, on the state in ${stateFile}:\n${told.join("\n")}`);
    }
    return steps;
  } finally {
    await stack.dispose();
  }
}
