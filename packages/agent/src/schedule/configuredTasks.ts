import {
  type AgentConfig,
  ExitCode,
  type Problem,
  ProblemError,
  parseCron,
  SCHEDULED_JOBS,
  type ScheduledJob,
  type StoreLayout,
} from "@pgkeep/core";
import type { Environment } from "../configuration/Environment.js";
import type { Store } from "../store/Store.js";
import { backupTask } from "./backupTask.js";
import { copyTask } from "./copyTask.js";
import { drillTask } from "./drillTask.js";
import { prunedPlaces, retentionTask } from "./retentionTask.js";
import type { ScheduledTask } from "./ScheduledTask.js";

/** What the jobs work with. */
export interface TaskSurroundings {
  config: AgentConfig;
  store: Store;
  layout: StoreLayout;
  environment: Environment;
}

const RUNS: Record<ScheduledJob, (surroundings: TaskSurroundings) => ScheduledTask["run"]> = {
  backup: backupTask,
  drill: drillTask,
  retention: retentionTask,
  copy: copyTask,
};

/** When each configured job runs, in a fixed order. Refuses a configuration in which nothing does, or in which a job has nothing to do. */
export function configuredSchedules(
  config: Pick<AgentConfig, "schedule" | "retention" | "copies">,
): Pick<ScheduledTask, "job" | "schedule">[] {
  const { schedule } = config;
  if (!schedule || SCHEDULED_JOBS.every((job) => schedule[job] === undefined)) {
    throw new ProblemError(ExitCode.Configuration, {
      where: "schedule",
      reason: "nothing is scheduled",
      allowed: "for example `schedule: { timeZone: Europe/Berlin, backup: 0 2 * * * }`",
      next: "write the section `schedule` into the configuration",
    });
  }
  const problems: Problem[] = [];
  if (schedule.retention !== undefined && prunedPlaces(config).length === 0) {
    problems.push({
      where: "schedule.retention",
      reason: "no policy is configured, so nothing says what may go",
      next: "write the section `retention`, for example `retention: { preset: production }`, or remove schedule.retention",
    });
  }
  if (schedule.copy !== undefined && (config.copies ?? []).length === 0) {
    const next = "write the section `copies`, or remove schedule.copy";
    problems.push({ where: "schedule.copy", reason: "no copies are configured, so there is nowhere to copy to", next });
  }
  if (problems.length > 0) throw new ProblemError(ExitCode.Configuration, problems);
  return SCHEDULED_JOBS.flatMap((job) => {
    const text = schedule[job];
    return text === undefined ? [] : [{ job, schedule: { cron: parseCron(text, `schedule.${job}`), timeZone: schedule.timeZone } }];
  });
}

/** The configured jobs, ready to run. */
export function configuredTasks(surroundings: TaskSurroundings): ScheduledTask[] {
  return configuredSchedules(surroundings.config).map(({ job, schedule }) => ({ job, schedule, run: RUNS[job](surroundings) }));
}
