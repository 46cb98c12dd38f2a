import { AGE_METRIC_DIMENSION, AGE_METRIC_NAMESPACE, AgeMetric, ageAlarmRule } from "@pgkeep/core";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** What an alarm of a cluster's freshness watches, and whom it tells. */
export interface FreshnessAlarm {
  metric: AgeMetric;
  /** The cluster as the agent's configuration names it. */
  cluster: pulumi.Input<string>;
  /** The age that is still good, in whole hours. */
  objectiveHours: pulumi.Input<number>;
  /**
   * How far the alarm looks back, from 1 to 168 whole hours: at least the time between two runs of the agent. Left out, as far as the
   * objective reaches.
   */
  windowHours?: pulumi.Input<number>;
  /** ARNs of SNS topics, told when it fires and when it is over. */
  topics: pulumi.Input<string>[];
  region?: pulumi.Input<string>;
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * Declares the alarm of one age metric. The agent writes the metric only when it runs, so an alarm that took missing data for good would
 * never tell of an agent that stopped: it takes it for a breach, and has no state of insufficient data.
 */
export function freshnessAlarm(
  parent: pulumi.ComponentResource,
  name: string,
  { metric, cluster, objectiveHours, windowHours = objectiveHours, topics, region, tags }: FreshnessAlarm,
): aws.cloudwatch.MetricAlarm {
  const rule = pulumi.all([objectiveHours, windowHours]).apply(([objective, window]) => ageAlarmRule(objective, window));
  return new aws.cloudwatch.MetricAlarm(
    name,
    {
      namespace: AGE_METRIC_NAMESPACE,
      metricName: metric,
      dimensions: { [AGE_METRIC_DIMENSION]: cluster },
      // No unit: with one that differs from what was written, CloudWatch would find nothing.
      statistic: "Minimum",
      comparisonOperator: "GreaterThanThreshold",
      period: rule.period,
      evaluationPeriods: rule.evaluationPeriods,
      datapointsToAlarm: rule.datapointsToAlarm,
      threshold: rule.threshold,
      treatMissingData: "breaching",
      alarmDescription: pulumi
        .all([cluster, objectiveHours, windowHours])
        .apply(
          ([name, objective, window]) =>
            `${name}: in the last ${hoursText(window)} the agent told of no recovery point ${
              metric === AgeMetric.NewestProven ? "that a drill has proven" : "that is checked and not suspicious"
            } and younger than ${hoursText(objective)}, or did not run. Run: pgkeep status`,
        ),
      alarmActions: topics,
      okActions: topics,
      ...(region === undefined ? {} : { region }),
      ...(tags === undefined ? {} : { tags }),
    },
    { parent },
  );
}

/** Hours as people say them. */
export function hoursText(hours: number): string {
  if (hours === 1) return "1 hour";
  return hours % 24 === 0 && hours > 48 ? `${hours / 24} days` : `${hours} hours`;
}
