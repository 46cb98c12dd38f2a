import type { Problem } from "../problem.js";

/** The shortest time to begin in, and the least that there must be between beginning and end. */
const SHORTEST_WINDOW_MINUTES = 60;

/** What AWS Backup would refuse of the time that a job has to begin, and to end. Undefined where it is not known yet. */
export function backupWindowProblems(where: string, start: number | undefined, completion: number | undefined): Problem[] {
  const whole = (value: number) => Number.isInteger(value);
  if (start !== undefined && (!whole(start) || start < SHORTEST_WINDOW_MINUTES)) {
    return [
      {
        where: `${where}.startWindowMinutes`,
        received: String(start),
        allowed: "a whole number of minutes, 60 or more",
        // https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRuleInput.html
        reason: "AWS Backup needs at least an hour to begin in",
      },
    ];
  }
  if (completion === undefined) return [];
  const least = (start ?? SHORTEST_WINDOW_MINUTES) + SHORTEST_WINDOW_MINUTES;
  if (whole(completion) && completion >= least) return [];
  return [
    {
      where: `${where}.completionWindowMinutes`,
      received: String(completion),
      allowed: `a whole number of minutes, ${least} or more`,
      reason:
        "a job must have at least an hour beyond the time that it has to begin in (startWindowMinutes), else AWS Backup refuses the plan",
    },
  ];
}
