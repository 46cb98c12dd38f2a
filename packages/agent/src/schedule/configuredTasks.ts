import type { AgentConfig, ScheduledJob, StoreLayout } from "@pgkeep/core";
import type { Environment } from "../configuration/Environment.js";
import type { Store } from "../store/Store.js";
import { backupTask } from "./backupTask.js";
import { configuredSchedules } from "./configuredSchedules.js";
import { copyTask } from "./copyTask.js";
import { drillTask } from "./drillTask.js";
import { retentionTask } from "./retentionTask.js";
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

/** The configured jobs, ready to run. */
export function configuredTasks(surroundings: TaskSurroundings): ScheduledTask[] {
  return configuredSchedules(surroundings.config).map(({ job, schedule }) => ({ job, schedule, run: RUNS[job](surroundings) }));
}
