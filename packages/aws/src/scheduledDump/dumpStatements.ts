import type { Arn } from "@pgkeep/core";
import type { PolicyStatement } from "../iam/policyDocument.js";

/** A task that a schedule starts. */
export interface StartedTask {
  taskDefinitionArnWithoutRevision: string;
  taskRoleArn: string;
  executionRoleArn: string;
}

/** What EventBridge Scheduler may do: start these tasks in this cluster, and leave what could not be started in this queue. */
export function schedulerStatements(tasks: readonly StartedTask[], clusterArn: string, queueArn: string): PolicyStatement[] {
  return [
    {
      sid: "RunTasks",
      actions: ["ecs:RunTask"],
      resources: tasks.map(({ taskDefinitionArnWithoutRevision }) => `${taskDefinitionArnWithoutRevision}:*`),
      conditions: { ArnEquals: { "ecs:cluster": clusterArn } },
      because: "every change of a task is another revision, and an invocation may come between two of them",
    },
    {
      sid: "GiveTasksTheirRoles",
      actions: ["iam:PassRole"],
      resources: tasks.flatMap(({ taskRoleArn, executionRoleArn }) => [taskRoleArn, executionRoleArn]),
      conditions: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
    },
    { sid: "LeaveWhatFailed", actions: ["sqs:SendMessage"], resources: [queueArn] },
  ];
}

/** A login by IAM as one role of one instance. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html */
export function connectStatements({ partition, region, account }: Arn, resourceId: string, username: string): PolicyStatement[] {
  // A star in a name would let in as any role: IAM reads it as a pattern, and knows no way to mean the character.
  if (/[*?]/.test(username)) throw new Error(`server.username: no policy can name this role alone: ${JSON.stringify(username)}`);
  return [
    {
      sid: "SignIn",
      actions: ["rds-db:connect"],
      resources: [`arn:${partition}:rds-db:${region}:${account}:dbuser:${resourceId}/${username}`],
    },
  ];
}
