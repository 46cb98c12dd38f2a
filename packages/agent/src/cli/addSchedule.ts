import { ExitCode } from "@pgkeep/core";
import { assertClocksAgree } from "../backup/clocks.js";
import { storeMetrics } from "../metrics/storeMetrics.js";
import { configuredTasks } from "../schedule/configuredTasks.js";
import { runSchedule } from "../schedule/runSchedule.js";
import { machineClock } from "../schedule/ScheduleClock.js";
import { USUAL_PACE } from "../schedule/SchedulePace.js";
import { upcomingRuns } from "../schedule/upcomingRuns.js";
import { addScheduleInstall } from "./addScheduleInstall.js";
import { addScheduleNext } from "./addScheduleNext.js";
import type { AddCommand } from "./commandLine.js";
import type { GlobalOptions } from "./GlobalOptions.js";
import { type ConfiguredInvocation, withConfiguration } from "./withConfiguration.js";

export const addSchedule: AddCommand = (program, surroundings, finish) => {
  const schedule = program
    .command("schedule")
    .description("Run backups, drills and what else is scheduled, in one process, until it is told to end.")
    .addHelpText("after", HELP)
    .action(async (_options, command) => {
      const options = command.optsWithGlobals() as GlobalOptions;
      const meaning = "the scheduler ends; what was under way was aborted";
      await withConfiguration(surroundings, options, meaning, (invocation) => run(invocation, surroundings.environment));
      finish(ExitCode.Done);
    });
  addScheduleNext(schedule, surroundings, finish);
  addScheduleInstall(schedule, surroundings, finish);
};

async function run({ config, store, layout, reporter, signal }: ConfiguredInvocation, environment: NodeJS.ProcessEnv): Promise<void> {
  const tasks = configuredTasks({ config, store, layout, environment });
  const before = new Date();
  assertClocksAgree([{ owner: store.description, shown: await store.clock(layout.schedule), agent: before }]);
  const started = () => {
    for (const task of tasks) {
      const { cron, runs, notes } = upcomingRuns(task, 3, new Date());
      const next = runs.map(({ local }) => local).join(", ");
      reporter.info(`${task.job}: ${cron} in ${task.schedule.timeZone}, next ${next}`, { job: task.job, next: runs.map(({ at }) => at) });
      for (const note of notes) reporter.warning(`${task.job}: ${note}`, { job: task.job });
    }
  };
  const metrics = storeMetrics({ config, store, layout, reporter });
  await runSchedule({
    config,
    tasks,
    store,
    layout,
    clock: machineClock,
    pace: USUAL_PACE,
    environment,
    reporter,
    signal,
    metrics,
    started,
  });
  reporter.info("the scheduler ended, as it was told to");
}

const HELP = `
Any number of schedulers may run on one store: each slot runs once. A slot that was missed runs at the start, if it is the newest. SIGTERM ends it
with exit code 0, once what is under way is aborted; whichever scheduler starts next runs that slot again. A second signal ends it at once.

Example:
  $ pgkeep schedule
  $ pgkeep schedule next
  $ pgkeep schedule install --systemd --dry-run`;
