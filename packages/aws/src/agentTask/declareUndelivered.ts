import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/** As long as SQS keeps anything. */
const QUEUE_SECONDS = 14 * 24 * 3600;

export interface Undelivered {
  parent: pulumi.Resource;
  /** Of the component. */
  name: string;
  /** Region and tags, as far as they are given. */
  shared: { region?: pulumi.Input<string>; tags?: pulumi.Input<Record<string, pulumi.Input<string>>> };
  /** What a message in the queue means. */
  meaning: string;
  topicArn: pulumi.Input<string>;
}

/** Declares the queue of tasks that could not be started, and an alarm that tells of the first one in it. */
export function declareUndelivered({ parent, name, shared, meaning, topicArn }: Undelivered): aws.sqs.Queue {
  const queue = new aws.sqs.Queue(
    `${name}-undelivered`,
    { messageRetentionSeconds: QUEUE_SECONDS, sqsManagedSseEnabled: true, ...shared },
    { parent },
  );
  new aws.cloudwatch.MetricAlarm(
    `${name}-undelivered`,
    {
      namespace: "AWS/SQS",
      metricName: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: queue.name },
      statistic: "Maximum",
      comparisonOperator: "GreaterThanThreshold",
      threshold: 0,
      period: 300,
      evaluationPeriods: 1,
      // SQS tells nothing of a queue that is empty and not used, and this one mostly is.
      treatMissingData: "notBreaching",
      alarmDescription: `${name}: ${meaning}; the message in the queue says why`,
      alarmActions: [topicArn],
      ...shared,
    },
    { parent },
  );
  return queue;
}
