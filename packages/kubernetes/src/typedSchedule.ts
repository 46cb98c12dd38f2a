import { type Problem, ProblemError, parseCron, runIntervals, type Schedule, timeZoneProblem } from "@pgkeep/core";

/** When something runs, as another program has it. */
export interface TypedSchedule<Emitted> {
  emitted: Emitted;
  /** What whoever wrote the fields may not have meant. */
  notes: readonly string[];
  /** The longest time between two runs, in milliseconds. */
  longest: number;
}

/** Reads five fields of cron in a time zone for another program, or tells everything that is wrong with them. */
export function readSchedule<Emitted>(
  text: string,
  timeZone: string,
  emit: (schedule: Schedule) => Emitted,
): { schedule?: TypedSchedule<Emitted>; problems: Problem[] } {
  const zone = timeZoneProblem(timeZone);
  const problems: Problem[] = [];
  if (zone !== undefined) {
    const { hidden: _, ...told } = zone;
    problems.push({ where: "timeZone", received: timeZone, ...told });
  }
  try {
    const schedule = { cron: parseCron(text), timeZone: zone === undefined ? timeZone : "UTC" };
    const emitted = emit(schedule);
    if (problems.length > 0) return { problems };
    return { schedule: { emitted, notes: schedule.cron.notes, longest: runIntervals(schedule).longest * 60_000 }, problems };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { problems: [...problems, ...error.problems] };
  }
}
