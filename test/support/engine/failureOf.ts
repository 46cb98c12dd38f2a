import { type StackOptions, startStack } from "./startStack.js";

/** With what a run fails, in its own words; empty where it does not. */
export function failureOf(run: Promise<unknown>): Promise<string> {
  return run.then(
    () => "",
    (error: Error) => error.message,
  );
}

/** The same of the preview of a program on a stack of its own. */
export async function previewFailure(options: StackOptions): Promise<string> {
  const stack = await startStack(options);
  return await failureOf(stack.preview()).finally(() => stack.dispose());
}
