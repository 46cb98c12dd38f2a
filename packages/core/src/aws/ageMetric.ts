/**
 * The metrics that the agent writes as CloudWatch embedded-metric log lines, and that alarms watch. It writes them only when it runs, so
 * that missing data means that it did not run.
 */
export const AGE_METRIC_NAMESPACE = "pgkeep";
/** Of both metrics. */
export const AGE_METRIC_UNIT = "Seconds";
/** The one dimension of both: the cluster as the agent's configuration names it. */
export const AGE_METRIC_DIMENSION = "Cluster";

/** What the agent writes at the end of each backup and each drill, also of one that failed. */
export enum AgeMetric {
  /** Seconds since the snapshot of the newest recovery point that is checked and not suspicious. */
  NewestChecked = "NewestCheckedAge",
  /** Seconds since the snapshot of the newest recovery point that a drill has proven. Not written while there is none. */
  NewestProven = "NewestProvenAge",
}

/**
 * The longest time that an alarm may look back: "Period multiplied by EvaluationPeriods can't be more than 604,800 seconds", and for periods
 * below an hour not more than a day. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
export const LONGEST_ALARM_WINDOW_HOURS = 168;

/** How an age metric is watched, as CloudWatch has it. */
export interface AgeAlarmRule {
  period: number;
  evaluationPeriods: number;
  datapointsToAlarm: number;
  threshold: number;
}

/**
 * The alarm's numbers: it fires when in none of the window's hours an age of at most the objective was written. What is missing counts as
 * too old; one good hour in the window is enough, for a run is not due in each.
 */
export function ageAlarmRule(objectiveHours: number, windowHours = objectiveHours): AgeAlarmRule {
  return { period: 3600, evaluationPeriods: windowHours, datapointsToAlarm: windowHours, threshold: objectiveHours * 3600 };
}

/** What is wrong with the time that an alarm looks back, or nothing. */
export function alarmWindowProblem(hours: number): string | undefined {
  if (Number.isInteger(hours) && hours >= 1 && hours <= LONGEST_ALARM_WINDOW_HOURS) return undefined;
  return hours > LONGEST_ALARM_WINDOW_HOURS
    ? "a CloudWatch alarm looks back at most 7 days"
    : "the alarm counts whole hours, so this must be a whole number of them";
}
