import { type AgentConfig, nextRun, parseCron, SCHEDULED_JOBS } from "@pgkeep/core";

/** When each job of the configured schedule runs next, soonest first. */
export function nextRuns({ schedule }: Pick<AgentConfig, "schedule">, now: Date): { job: string; at: Date }[] {
  if (!schedule) return [];
  const runs = SCHEDULED_JOBS.flatMap((job) => {
    const text = schedule[job];
    return text === undefined ? [] : [{ job, at: nextRun({ cron: parseCron(text), timeZone: schedule.timeZone }, now) }];
  });
  return runs.sort((a, b) => a.at.getTime() - b.at.getTime());
}
