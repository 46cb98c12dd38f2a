import { activeDeadline, type CronJobTimes, cronJobTimes, isDeferred, type Problem, startingDeadlineProblem } from "@pgkeep/core";
import * as pulumi from "@pulumi/pulumi";

/** The zone of a schedule that names none. */
export const USUAL_TIME_ZONE = "UTC";

/** What arguments say of when a CronJob runs, and for how long. */
export interface SlotArgs {
  schedule: pulumi.Input<string>;
  timeZone?: pulumi.Input<string>;
  deadline?: pulumi.Input<string>;
  startingDeadlineSeconds?: pulumi.Input<number>;
}

/** The same as it is used. */
export interface SlotTimes {
  times: pulumi.Output<CronJobTimes>;
  activeDeadlineSeconds: pulumi.Output<number>;
  startingDeadlineSeconds: pulumi.Output<number>;
}

/** What came as an Output is judged as soon as it is known. */
export function settleSlotTimes(args: SlotArgs, refuse: (problems: Problem[]) => void): SlotTimes {
  const times = pulumi.all([args.schedule, args.timeZone ?? USUAL_TIME_ZONE]).apply(([text, zone]): CronJobTimes => {
    const { times: known, problems } = cronJobTimes("schedule", text, zone);
    refuse(problems);
    return known as CronJobTimes;
  });
  return {
    times,
    activeDeadlineSeconds: pulumi.all([times, args.deadline]).apply(([known, deadline]) => {
      if (deadline === undefined) return known.activeDeadlineSeconds;
      const { seconds, problems } = activeDeadline("deadline", deadline, known);
      refuse(problems);
      return seconds as number;
    }),
    startingDeadlineSeconds: pulumi.all([times, args.startingDeadlineSeconds]).apply(([known, seconds]) => {
      if (seconds === undefined) return known.startingDeadlineSeconds;
      const problem = startingDeadlineProblem("startingDeadlineSeconds", seconds, known);
      refuse(problem === undefined ? [] : [problem]);
      return seconds;
    }),
  };
}

/** What is wrong with what is known before the deployment, and how long a run may take where that is known and right. */
export function knownSlotTimes(args: SlotArgs): { problems: Problem[]; activeDeadlineSeconds?: number } {
  const { schedule, timeZone = USUAL_TIME_ZONE, deadline, startingDeadlineSeconds } = args;
  if (isDeferred(schedule)) return { problems: [] };
  const { times, problems } = cronJobTimes("schedule", schedule as string, isDeferred(timeZone) ? USUAL_TIME_ZONE : (timeZone as string));
  if (times === undefined) return { problems };
  const late =
    startingDeadlineSeconds === undefined || isDeferred(startingDeadlineSeconds)
      ? undefined
      : startingDeadlineProblem("startingDeadlineSeconds", startingDeadlineSeconds as number, times);
  const told = [...problems, ...(late === undefined ? [] : [late])];
  if (deadline === undefined) return { problems: told, activeDeadlineSeconds: times.activeDeadlineSeconds };
  if (isDeferred(deadline)) return { problems: told };
  const active = activeDeadline("deadline", deadline as string, times);
  return { problems: [...told, ...active.problems], ...(active.seconds === undefined ? {} : { activeDeadlineSeconds: active.seconds }) };
}
