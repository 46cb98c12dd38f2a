import { type AgentConfig, ExitCode, ProblemError, parseCron, RetentionEnforcer, SCHEDULED_JOBS } from "@pgkeep/core";
import type { ScheduledTask } from "./ScheduledTask.js";

/** When each configured job runs, in a fixed order. Refuses a configuration in which nothing does. */
export function configuredSchedules(config: Pick<AgentConfig, "schedule">): Pick<ScheduledTask, "job" | "schedule">[] {
  const { schedule } = config;
  if (!schedule || SCHEDULED_JOBS.every((job) => schedule[job] === undefined)) {
    throw new ProblemError(ExitCode.Configuration, {
      where: "schedule",
      reason: "nothing is scheduled",
      allowed: "for example `schedule: { timeZone: Europe/Berlin, backup: 0 2 * * * }`",
      next: "write the section `schedule` into the configuration",
    });
  }
  return SCHEDULED_JOBS.flatMap((job) => {
    const text = schedule[job];
    return text === undefined ? [] : [{ job, schedule: { cron: parseCron(text, `schedule.${job}`), timeZone: schedule.timeZone } }];
  });
}

/** Where a retention policy is configured that the agent enforces: undefined is the store itself, a name is a copy. */
export function prunedPlaces({ retention, copies = [] }: Pick<AgentConfig, "retention" | "copies">): (string | undefined)[] {
  return [
    ...(retention?.enforcedBy === RetentionEnforcer.Agent ? [undefined] : []),
    ...copies.filter((copy) => copy.retention).map(({ name }) => name),
  ];
}
