import { ExitCode, ProblemError, RetentionEnforcer } from "@pgkeep/core";
import { resolveId } from "../manifest/resolveId.js";
import { audited } from "../records/audited.js";
import { readPins, writePin, writeUnpin } from "../records/pins.js";
import { assertExists } from "../records/removal.js";
import { whoAmI } from "../records/whoAmI.js";
import { isEnforcedByLifecycle } from "../retention/enforcedBy.js";
import { period } from "./beforeRequest.js";
import type { AddCommand } from "./commandLine.js";
import type { GlobalOptions } from "./GlobalOptions.js";
import { printResult } from "./printResult.js";
import { reason } from "./reason.js";
import { withConfiguration } from "./withConfiguration.js";

const ID = "recovery point: an id, `latest` or `latest-proven`";

export const addPin: AddCommand = (program, surroundings, finish) => {
  program
    .command("pin")
    .argument("<id>", ID)
    .description("Keep a recovery point from retention, for a time or for ever.")
    .requiredOption("--reason <text>", "why, for whoever wonders later", reason)
    .option("--for <period>", "how long from now, 1h to 3650d (default: for ever)", period)
    .addHelpText("after", PIN_HELP)
    .action(async (idOrAlias: string, _options, command) => {
      const options = command.optsWithGlobals() as GlobalOptions & { reason: string; for?: number };
      const by = whoAmI(surroundings.environment);
      await withConfiguration(surroundings, options, "run `pgkeep list` to see whether it is pinned", async (invocation) => {
        const { config, store, layout, reporter, json } = invocation;
        if (isEnforcedByLifecycle(config)) throw noPins();
        const id = await resolveId(store, layout, idOrAlias);
        const until = options.for === undefined ? null : new Date(Date.now() + options.for);
        const words = until ? `until ${until.toISOString()}` : "for ever";
        const pin = async () => {
          await assertExists(store, layout, id);
          await writePin(store, layout, { id, until, reason: options.reason, by });
        };
        await audited({ store, layout, reporter, by }, "pin", id, pin, () => ({ details: [words, options.reason] }));
        printResult(
          surroundings,
          json,
          { id, until, reason: options.reason, by },
          () => `${id} is pinned ${words}: retention leaves it alone.`,
        );
      });
      finish(ExitCode.Done);
    });
};

export const addUnpin: AddCommand = (program, surroundings, finish) => {
  program
    .command("unpin")
    .argument("<id>", ID)
    .description("Let retention decide about a pinned recovery point again.")
    .requiredOption("--reason <text>", "why, for whoever wonders later", reason)
    .addHelpText("after", UNPIN_HELP)
    .action(async (idOrAlias: string, _options, command) => {
      const options = command.optsWithGlobals() as GlobalOptions & { reason: string };
      const by = whoAmI(surroundings.environment);
      await withConfiguration(surroundings, options, "run `pgkeep list` to see whether it is pinned", async (invocation) => {
        const { store, layout, reporter, json } = invocation;
        const id = await resolveId(store, layout, idOrAlias);
        const wasPinned = (await readPins(store, layout)).has(id);
        const unpin = () => writeUnpin(store, layout, { id, reason: options.reason, by });
        if (wasPinned) await audited({ store, layout, reporter, by }, "unpin", id, unpin, () => ({ details: [options.reason] }));
        printResult(surroundings, json, { id, wasPinned, reason: options.reason, by }, () =>
          wasPinned ? `${id} is not pinned any more: retention decides about it.` : `${id} was not pinned: nothing changed.`,
        );
      });
      finish(ExitCode.Done);
    });
};

function noPins(): ProblemError {
  return new ProblemError(ExitCode.Configuration, {
    where: "retention.enforcedBy",
    received: RetentionEnforcer.Lifecycle,
    reason: "S3 enforces retention in this store and knows no pins, so it would expire a pinned recovery point all the same",
    next: "copy it to a store where the agent enforces retention (`pgkeep copy`) and pin it there, or put a legal hold on its objects",
  });
}

const PIN_HELP = `
The newest pin decides: pinning again, for a shorter or a longer time, replaces what was said before.

Example:
  $ pgkeep pin 20261121T020000Z-4f9k2m1x --for 90d --reason "year-end accounts"
  $ pgkeep pin latest --reason "before the move to the new server"`;

const UNPIN_HELP = `
Example:
  $ pgkeep unpin 20261121T020000Z-4f9k2m1x --reason "the move is done"`;
