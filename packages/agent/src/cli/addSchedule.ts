import { ExitCode } from "@pgkeep/core";
import { assertClocksAgree } from "../backup/clocks.js";
import { wantsEmbeddedMetrics } from "../metrics/embeddedMetrics.js";
import { storeMetrics } from "../metrics/storeMetrics.js";
import { type AgesOf, tellAges } from "../metrics/tellAges.js";
import { configuredTasks } from "../schedule/configuredTasks.js";
import { runSchedule } from "../schedule/runSchedule.js";
import { machineClock } from "../schedule/ScheduleClock.js";
import type { ScheduledTask } from "../schedule/ScheduledTask.js";
import { USUAL_PACE } from "../schedule/SchedulePace.js";
import { upcomingRuns } from "../schedule/upcomingRuns.js";
import { addScheduleInstall } from "./addScheduleInstall.js";
import { addScheduleNext } from "./addScheduleNext.js";
import type { AddCommand } from "./commandLine.js";
import type { GlobalOptions } from "./GlobalOptions.js";
import type { Surroundings } from "./Surroundings.js";
import { type ConfiguredInvocation, withConfiguration } from "./withConfiguration.js";

export const addSchedule: AddCommand = (program, surroundings, finish) => {
  const schedule = program
    .command("schedule")
    .description("Run backups, drills and what else is scheduled, in one process, until it is told to end.")
    .addHelpText("after", HELP)
    .action(async (_options, command) => {
      const options = command.optsWithGlobals() as GlobalOptions;
      const meaning = "the scheduler ends; what was under way was aborted";
      await withConfiguration(surroundings, options, meaning, (invocation) => run(invocation, surroundings));
      finish(ExitCode.Done);
    });
  addScheduleNext(schedule, surroundings, finish);
  addScheduleInstall(schedule, surroundings, finish);
};

async function run(invocation: ConfiguredInvocation, { environment, messages }: Surroundings): Promise<void> {
  const { config, store, layout, reporter, signal } = invocation;
  const measured = wantsEmbeddedMetrics(environment);
  const tasks = configuredTasks({ config, store, layout, environment }).map((task) =>
    measured ? measuredTask(task, { ...invocation, messages }) : task,
  );
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

/** A backup or a drill, at the end of which the ages of the newest recovery points are told. */
function measuredTask(task: ScheduledTask, ages: AgesOf): ScheduledTask {
  if (task.job !== "backup" && task.job !== "drill") return task;
  const run: ScheduledTask["run"] = async (slot) => {
    try {
      return await task.run(slot);
    } finally {
      await tellAges(ages);
    }
  };
  return { ...task, run };
}

const HELP = `
Any number of schedulers may run on one store: each slot runs once. A slot that was missed runs at the start, if it is the newest. SIGTERM ends it
with exit code 0, once what is under way is aborted; whichever scheduler starts next runs that slot again. A second signal ends it at once.
PGKEEP_METRICS=emf is for it, too (see \`pgkeep status --help\`).

Example:
  $ pgkeep schedule
  $ pgkeep schedule next
  $ pgkeep schedule install --systemd --dry-run`;
