import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { DeclaredAgentTask } from "../agentTask/declareAgentTask.js";
import { topicPolicy } from "../alarms/topicPolicies.js";
import type { ScheduledDumpArgs } from "./ScheduledDumpArgs.js";
import { STOPPED_TASK_TEXT, stoppedTaskPattern } from "./stoppedTaskPattern.js";

/** What every child of a dump is declared with. */
export interface DumpContext {
  name: string;
  parent: pulumi.ComponentResource;
  args: ScheduledDumpArgs;
  /** Region and tags, where they are given. */
  shared: { region?: pulumi.Input<string>; tags?: pulumi.Input<Record<string, pulumi.Input<string>>> };
}

/** The topic that is told, given or own, and the rule that tells it of tasks that stopped as they should not. */
export function declareTopic(
  { name, parent, args, shared }: DumpContext,
  clusterArn: pulumi.Output<string>,
  tasks: readonly DeclaredAgentTask[],
): pulumi.Output<string> {
  const options = { parent };
  const own =
    args.topicArn === undefined ? new aws.sns.Topic(`${name}-topic`, shared, { ...options, protect: args.protect ?? true }) : undefined;
  const topicArn = own?.arn ?? pulumi.output(args.topicArn ?? "");
  const rule = new aws.cloudwatch.EventRule(
    `${name}-stopped`,
    {
      description: `${name}: a task of pgkeep failed, or did not start`,
      eventPattern: pulumi
        .all([clusterArn, pulumi.all(tasks.map(({ taskDefinitionArnWithoutRevision }) => taskDefinitionArnWithoutRevision))])
        .apply(([arn, definitions]) =>
          stoppedTaskPattern({
            clusterArn: arn,
            taskDefinitionArnsWithoutRevision: definitions,
            containerName: tasks[0]?.containerName ?? "",
          }),
        ),
      ...shared,
    },
    options,
  );
  if (own !== undefined) {
    new aws.sns.TopicPolicy(`${name}-topic`, { arn: own.arn, policy: own.arn.apply(topicPolicy), ...regionOf(shared) }, options);
  }
  new aws.cloudwatch.EventTarget(
    `${name}-stopped`,
    { rule: rule.name, arn: topicArn, inputTransformer: STOPPED_TASK_TEXT, ...regionOf(shared) },
    options,
  );
  return topicArn;
}

/** For what takes no tags. */
export function regionOf({ region }: DumpContext["shared"]): { region?: pulumi.Input<string> } {
  return region === undefined ? {} : { region };
}
