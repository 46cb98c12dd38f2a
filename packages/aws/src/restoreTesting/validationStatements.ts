import type { Arn } from "@pgkeep/core";
import type { PolicyStatement } from "../iam/policyDocument.js";
import { RESTORE_TEST_MARK } from "./restoreTestingDefaults.js";

/** What the drill itself may do, beside the store: look at instances that a restore test made, give those a new password, and answer AWS Backup. */
export function drillStatements({ partition, region, account }: Pick<Arn, "partition" | "region" | "account">): PolicyStatement[] {
  const tested = `arn:${partition}:rds:${region}:${account}:db:${RESTORE_TEST_MARK}*`;
  return [
    {
      sid: "FindTestInstance",
      actions: ["rds:DescribeDBInstances"],
      resources: [tested],
      because: "AWS Backup names test instances at random behind a fixed beginning",
    },
    {
      sid: "SetNewPassword",
      actions: ["rds:ModifyDBInstance"],
      resources: [tested],
      // Twice: by the name, which anybody may give, and by the tag, which AWS Backup puts on what a restore test restored, with a value of its own.
      conditions: { Null: { [`aws:ResourceTag/${RESTORE_TEST_MARK}`]: "false" } },
      because: "AWS Backup names test instances at random behind a fixed beginning",
    },
    {
      sid: "TellVerdict",
      actions: ["backup:DescribeRestoreJob", "backup:PutRestoreValidationResult"],
      resources: ["*"],
      because: "IAM knows no resource for restore jobs",
    },
  ];
}

/** What EventBridge may do in its role: start this task in this cluster. */
export interface StartedDrill {
  taskDefinitionArnWithoutRevision: string;
  taskRoleArn: string;
  executionRoleArn: string;
  clusterArn: string;
}

export function startStatements({
  taskDefinitionArnWithoutRevision,
  taskRoleArn,
  executionRoleArn,
  clusterArn,
}: StartedDrill): PolicyStatement[] {
  return [
    {
      sid: "StartDrill",
      actions: ["ecs:RunTask"],
      resources: [`${taskDefinitionArnWithoutRevision}:*`],
      conditions: { ArnEquals: { "ecs:cluster": clusterArn } },
      because: "every change of a task is another revision, and an event may come between two of them",
    },
    {
      sid: "GiveDrillItsRoles",
      actions: ["iam:PassRole"],
      resources: [taskRoleArn, executionRoleArn],
      conditions: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
    },
  ];
}

/** Who may leave something in the queue of tasks that could not be started: the rule. */
export function queueStatements(queueArn: string, ruleArn: string): PolicyStatement[] {
  return [
    {
      sid: "UndeliveredEvents",
      principal: { Service: "events.amazonaws.com" },
      actions: ["sqs:SendMessage"],
      resources: [queueArn],
      conditions: { ArnEquals: { "aws:SourceArn": ruleArn } },
    },
  ];
}

/** The events of restore jobs of one plan that ended well: what they restored is to be looked through. */
export function completedPattern(planArn: string): string {
  return JSON.stringify({
    source: ["aws.backup"],
    "detail-type": ["Restore Job State Change"],
    // Of restore jobs it is `status`, of backup and copy jobs `state`. https://docs.aws.amazon.com/aws-backup/latest/devguide/eventbridge.html
    detail: { status: ["COMPLETED"], resourceType: ["RDS"], restoreTestingPlanArn: [planArn] },
  });
}

/** Between the end of the drill and that of the validation window, after which AWS Backup takes no answer any more. */
const ANSWER_MINUTES = 30;

/**
 * The words of the drill for one event: EventBridge puts the values in, with their quotes. It ends in time to tell AWS Backup that it came to no verdict, where
 * nobody would hear of it otherwise.
 */
export function drillOverride(containerName: string, windowHours: number) {
  const deadline = `${windowHours * 60 - ANSWER_MINUTES}m`;
  const command = `["drill","--physical","--restore-job",<job>,"--restored-arn",<instance>,"--deadline","${deadline}"]`;
  return {
    inputPaths: { job: "$.detail.restoreJobId", instance: "$.detail.createdResourceArn" },
    inputTemplate: `{"containerOverrides":[{"name":${JSON.stringify(containerName)},"command":${command}}]}`,
  };
}
