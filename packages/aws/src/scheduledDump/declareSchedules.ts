import { parseArn } from "@pgkeep/core";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { DeclaredAgentTask } from "../agentTask/declareAgentTask.js";
import { declareUndelivered } from "../agentTask/declareUndelivered.js";
import { policyDocument, serviceTrust } from "../iam/policyDocument.js";
import { type DumpContext, regionOf } from "./declareTopic.js";
import { type StartedTask, schedulerStatements } from "./dumpStatements.js";
import type { DumpTimes } from "./dumpTimes.js";

/** A task and when it is started. */
export interface TaskSchedule {
  /** What the schedule's name ends with. */
  suffix: string;
  description: string;
  task: DeclaredAgentTask;
  times: pulumi.Output<DumpTimes>;
  /** Variables of the container for each invocation. */
  environment?: Record<string, string>;
}

export interface DeclaredSchedules {
  /** In the order in which they were given. */
  names: pulumi.Output<string>[];
  arns: pulumi.Output<string>[];
  queueArn: pulumi.Output<string>;
}

/**
 * An invocation that could not be made is tried again for an hour, and then left in the queue. That covers the start of a task and nothing of what it does.
 * A run that starts later than that would only be near to the next.
 */
const RETRY = { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 20 };

/** Schedules of EventBridge Scheduler that start tasks, with their group, their role, and the queue of what could not be started. */
export function declareSchedules(
  context: DumpContext,
  clusterArn: pulumi.Output<string>,
  topicArn: pulumi.Output<string>,
  schedules: readonly TaskSchedule[],
): DeclaredSchedules {
  const { name, parent, args, shared } = context;
  const options = { parent };
  const queueArn =
    args.deadLetterQueueArn === undefined
      ? declareUndelivered({ parent, name, shared, topicArn, meaning: "EventBridge Scheduler could not start a task" }).arn
      : pulumi.output(args.deadLetterQueueArn);
  const group = new aws.scheduler.ScheduleGroup(`${name}-schedules`, shared, options);
  const role = new aws.iam.Role(
    `${name}-scheduler`,
    { assumeRolePolicy: group.arn.apply(schedulerTrust), ...(shared.tags === undefined ? {} : { tags: shared.tags }) },
    options,
  );
  const rights = new aws.iam.RolePolicy(
    `${name}-scheduler`,
    {
      role: role.name,
      policy: pulumi
        .all([clusterArn, queueArn, pulumi.all(schedules.map(({ task }) => startedTask(task)))])
        .apply(([cluster, queue, tasks]) => policyDocument(schedulerStatements(tasks, cluster, queue))),
    },
    options,
  );
  const declared = schedules.map(
    ({ suffix, description, task, times, environment }) =>
      new aws.scheduler.Schedule(
        `${name}-${suffix}`,
        {
          description,
          groupName: group.name,
          // Any minute within a window would do for the schedule, and none of them for whoever reads it.
          flexibleTimeWindow: { mode: "OFF" },
          scheduleExpression: times.scheduleExpression,
          scheduleExpressionTimezone: times.scheduleExpressionTimezone,
          state: pulumi.output(args.enabled ?? true).apply((enabled) => (enabled ? "ENABLED" : "DISABLED")),
          target: {
            arn: clusterArn,
            roleArn: role.arn,
            retryPolicy: RETRY,
            deadLetterConfig: { arn: queueArn },
            ecsParameters: {
              taskDefinitionArn: task.taskDefinitionArn,
              launchType: "FARGATE",
              platformVersion: task.platformVersion,
              taskCount: 1,
              networkConfiguration: { subnets: task.subnetIds, securityGroups: [task.securityGroupId], assignPublicIp: false },
            },
            ...(environment === undefined ? {} : { input: overrides(task.containerName, environment) }),
          },
          ...regionOf(shared),
        },
        // Its first invocation needs them.
        { ...options, dependsOn: [rights] },
      ),
  );
  return { names: declared.map((schedule) => schedule.name), arns: declared.map((schedule) => schedule.arn), queueArn };
}

function startedTask({ taskDefinitionArnWithoutRevision, taskRoleArn, executionRoleArn }: DeclaredAgentTask): pulumi.Output<StartedTask> {
  return pulumi.all([taskDefinitionArnWithoutRevision, taskRoleArn, executionRoleArn]).apply(([definition, role, execution]) => ({
    taskDefinitionArnWithoutRevision: definition,
    taskRoleArn: role,
    executionRoleArn: execution,
  }));
}

/** What RunTask is given beside the definition. Keywords in it are replaced at each invocation. */
function overrides(containerName: string, environment: Record<string, string>): string {
  const variables = Object.entries(environment).map(([name, value]) => ({ name, value }));
  return JSON.stringify({ containerOverrides: [{ name: containerName, environment: variables }] });
}

/** On behalf of schedules of this group alone. https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html */
function schedulerTrust(groupArn: string): string {
  const place = parseArn(groupArn);
  if (place === undefined) throw new Error(`this is no ARN of a group of schedules: ${groupArn}`);
  return serviceTrust("Scheduler", "scheduler.amazonaws.com", {
    StringEquals: { "aws:SourceAccount": place.account, "aws:SourceArn": groupArn },
  });
}
