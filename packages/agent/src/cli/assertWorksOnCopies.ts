import { ExitCode, ProblemError } from "@pgkeep/core";
import type { Command } from "commander";
import type { GlobalOptions } from "./GlobalOptions.js";

/** Commands for which --copy means nothing, and what is to be done instead. */
const WITHOUT_COPIES: Record<string, string> = {
  init: "write the section `copies` into the configuration",
  backup: "take the backup into the store, then run `pgkeep copy --to NAME`",
  copy: "name the copy with --to",
  schedule: "leave --copy out: `schedule.copy` in the configuration copies to every copy",
  snapshot: "leave --copy out: snapshots are of a database's storage, not in a store",
  config: "leave --copy out",
};

/** Refuses --copy before a command that does not work on a copy. */
export function assertWorksOnCopies(command: Command): void {
  const { copy } = command.optsWithGlobals<GlobalOptions>();
  if (copy === undefined) return;
  for (let named: Command | null = command; named; named = named.parent) {
    const next = WITHOUT_COPIES[named.name()];
    if (next === undefined) continue;
    throw new ProblemError(ExitCode.Usage, {
      where: "--copy",
      received: copy,
      reason: `\`pgkeep ${named.name()}\` does not work on a copy`,
      next,
    });
  }
}
