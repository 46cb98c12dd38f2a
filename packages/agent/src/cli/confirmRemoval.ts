import { createInterface } from "node:readline/promises";
import { ExitCode, ProblemError } from "@pgkeep/core";
import type { Surroundings } from "./Surroundings.js";

/** Refuses, where nobody can be asked, to remove anything that was not agreed to on the command line. */
export function assertCanAsk({ input, messages }: Surroundings): void {
  if (input.isTTY && messages.isTTY) return;
  throw new ProblemError(ExitCode.Usage, {
    where: "confirmation",
    reason: "nobody can be asked here, for this is no terminal, and what is removed does not come back; nothing was touched",
    allowed: "--yes",
    next: "look at `pgkeep retention plan`, then run `pgkeep retention apply --yes`",
  });
}

/** Asks on the terminal whether what was shown may go. */
export async function confirmRemoval(what: string, { input, messages }: Surroundings, signal: AbortSignal): Promise<void> {
  const terminal = createInterface({ input, output: messages });
  const typed = await terminal.question(`Remove ${what} for good? Type yes to go on: `, { signal }).finally(() => terminal.close());
  if (typed.trim() === "yes") return;
  throw new ProblemError(ExitCode.Usage, {
    where: "confirmation",
    received: typed.trim(),
    allowed: "yes",
    reason: "it was not agreed to, so nothing was removed",
    next: "change the policy, or pin what is to stay with `pgkeep pin`",
  });
}
