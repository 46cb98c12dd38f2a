import { createInterface } from "node:readline/promises";
import { ExitCode, ProblemError } from "@pgkeep/core";
import type { Surroundings } from "./Surroundings.js";

/** Asks on a terminal whether something may be written; --yes answers ahead. Throws where the answer is no, or nobody can be asked. */
export async function confirmWriting(what: string, { yes }: { yes?: boolean }, { input, messages }: Surroundings): Promise<void> {
  if (yes) return;
  const refuse = (reason: string, next: string) => new ProblemError(ExitCode.Usage, { where: "confirmation", reason, next });
  if (!input.isTTY || !messages.isTTY) {
    throw refuse("nobody can be asked here, so nothing was written", "look at what is shown above, then run it again with --yes");
  }
  const terminal = createInterface({ input, output: messages });
  const answer = await terminal.question(`Write ${what.replace(/,$/, "")}? Type yes to do it: `).finally(() => terminal.close());
  if (answer.trim().toLowerCase() !== "yes") throw refuse("the answer was not yes, so nothing was written", "run it again when it is");
}
