import { ExitCode, periodSchema } from "@pgkeep/core";
import { InvalidArgumentError } from "commander";
import { readAudit } from "../records/audit.js";
import type { AddCommand } from "./commandLine.js";
import { describeAudit } from "./describeAudit.js";
import type { GlobalOptions } from "./GlobalOptions.js";
import { printResult } from "./printResult.js";
import { withConfiguration } from "./withConfiguration.js";

const THIRTY_DAYS_MILLISECONDS = 30 * 86_400_000;

export const addAudit: AddCommand = (program, surroundings, finish) => {
  program
    .command("audit")
    .description("Who did what with the backups of this cluster, from where, and what came of it.")
    .option(
      "--since <when>",
      "a period such as 90d (1h to 3650d), or a time such as 2026-11-21 or 2026-11-21T02:00:00Z (default: 30d)",
      since,
    )
    .addHelpText("after", HELP)
    .action(async (_options, command) => {
      const options = command.optsWithGlobals() as GlobalOptions & { since?: Date };
      const from = options.since ?? new Date(Date.now() - THIRTY_DAYS_MILLISECONDS);
      await withConfiguration(surroundings, options, "nothing was changed", async ({ config, store, layout, reporter, json }) => {
        const { entries, unread } = await readAudit(store, layout, { since: from });
        for (const { key, problem } of unread) reporter.warning(`a record of the audit trail cannot be read: ${problem}`, { key });
        const result = { cluster: config.cluster, store: store.description, since: from, entries, unread };
        printResult(surroundings, json, result, () => describeAudit(config.cluster, store.description, from, entries));
      });
      finish(ExitCode.Done);
    });
};

/** For commander. */
function since(text: string): Date {
  const period = periodSchema().safeParse(text);
  if (period.success) return new Date(Date.now() - period.data);
  const time = new Date(text);
  if (/^\d{4}-\d{2}-\d{2}(T[\d:.]+Z)?$/.test(text) && !Number.isNaN(time.getTime())) return time;
  throw new InvalidArgumentError(
    "Allowed: a period such as 90d, 1h to 3650d, or a time in UTC such as 2026-11-21 or 2026-11-21T02:00:00Z.",
  );
}

const HELP = `
Restores of dump files (--file) leave no record: no store has a part in them.

Example:
  $ pgkeep audit --since 365d
  $ pgkeep audit --json | jq -r '.entries[] | select(.action == "restore" and .result == "done") | [.at, .who, .id] | @tsv'`;
