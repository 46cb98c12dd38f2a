import { ExitCode } from "@pgkeep/core";
import { InvalidArgumentError } from "commander";
import { loadConfiguration } from "../configuration/loadConfiguration.js";
import { configuredSchedules } from "../schedule/configuredSchedules.js";
import { type UpcomingRuns, upcomingRuns } from "../schedule/upcomingRuns.js";
import { renderTable } from "../terminal/renderTable.js";
import type { AddCommand } from "./commandLine.js";
import type { GlobalOptions } from "./GlobalOptions.js";
import { printResult } from "./printResult.js";
import { placeOf } from "./withConfiguration.js";

interface NextOptions extends GlobalOptions {
  count: number;
}

export const addScheduleNext: AddCommand = (schedule, surroundings, finish) => {
  schedule
    .command("next")
    .description("Show when each job runs next, in its time zone and in UTC. Reaches no server and no store.")
    .option("--count <number>", "how many runs of each job, 1 to 100", counted, 3)
    .addHelpText("after", HELP)
    .action(async (_options, command) => {
      const options = command.optsWithGlobals() as NextOptions;
      const config = await loadConfiguration(placeOf(surroundings, options));
      const now = new Date();
      const jobs = configuredSchedules(config).map((task) => upcomingRuns(task, options.count, now));
      printResult(surroundings, options.json === true, { jobs }, () => describe(jobs));
      finish(ExitCode.Done);
    });
};

function describe(jobs: readonly UpcomingRuns[]): string {
  const rows = jobs.flatMap(({ job, cron, runs }) => runs.map(({ at, local }) => [job, cron, local, utc(at)]));
  rows.sort((a, b) => (a[3] ?? "").localeCompare(b[3] ?? "", "en"));
  const notes = jobs.flatMap((job) => job.notes.map((note) => `note  ${job.job}: ${note}`));
  return [renderTable(["job", "schedule", `in ${jobs[0]?.timeZone}`, "in UTC"], rows), ...(notes.length > 0 ? ["", ...notes] : [])].join(
    "\n",
  );
}

function utc(at: Date): string {
  return at.toISOString().replace(":00.000Z", "Z");
}

function counted(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 100) throw new InvalidArgumentError("It must be a whole number from 1 to 100.");
  return count;
}

const HELP = `
Example:
  $ pgkeep schedule next
  $ pgkeep schedule next --count 10 --json`;
