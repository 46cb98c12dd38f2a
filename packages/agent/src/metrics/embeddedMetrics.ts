import { AGE_METRIC_DIMENSION, AGE_METRIC_NAMESPACE, AGE_METRIC_UNIT, AgeMetric, ExitCode, ProblemError } from "@pgkeep/core";
import type { Environment } from "../configuration/Environment.js";

/** How old the newest recovery points are, in seconds. Null where there is none. */
export interface Ages {
  checked: number | null;
  proven: number | null;
}

/** Whether PGKEEP_METRICS asks for them. A word that asks for something else is no way to go without. */
export function wantsEmbeddedMetrics({ PGKEEP_METRICS: wanted }: Environment): boolean {
  if (!wanted) return false;
  if (wanted === "emf") return true;
  throw new ProblemError(ExitCode.Configuration, {
    where: "PGKEEP_METRICS",
    received: wanted,
    allowed: "emf (CloudWatch's embedded metric format, on standard error)",
    reason: "there are no metrics of this kind",
    next: "correct or unset it",
  });
}

/**
 * One line of a log out of which CloudWatch Logs makes metrics, with nothing before or behind it; undefined where there is nothing to tell, for an
 * alarm takes missing data for a breach.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function ageMetricLine(cluster: string, { checked, proven }: Ages, at: Date): string | undefined {
  const ages = Object.entries({ [AgeMetric.NewestChecked]: checked, [AgeMetric.NewestProven]: proven }).flatMap(([name, age]) =>
    // A clock that is behind makes nothing younger than new.
    age === null ? [] : [[name, Math.max(0, age)] as const],
  );
  if (ages.length === 0) return undefined;
  return `${JSON.stringify({
    _aws: {
      Timestamp: at.getTime(),
      CloudWatchMetrics: [
        {
          Namespace: AGE_METRIC_NAMESPACE,
          Dimensions: [[AGE_METRIC_DIMENSION]],
          Metrics: ages.map(([name]) => ({ Name: name, Unit: AGE_METRIC_UNIT })),
        },
      ],
    },
    [AGE_METRIC_DIMENSION]: cluster,
    ...Object.fromEntries(ages),
  })}\n`;
}
