/** Which tasks a rule is about. */
export interface WatchedTasks {
  clusterArn: string;
  taskDefinitionArnsWithoutRevision: readonly string[];
  containerName: string;
}

/**
 * The event pattern for tasks that stopped as they should not: with another exit code than 0, without one, or for another reason than that their program
 * ended (an image that cannot be pulled, a secret that cannot be read, a machine that goes).
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html
 */
export function stoppedTaskPattern({ clusterArn, taskDefinitionArnsWithoutRevision, containerName }: WatchedTasks): string {
  return JSON.stringify({
    source: ["aws.ecs"],
    "detail-type": ["ECS Task State Change"],
    detail: {
      clusterArn: [clusterArn],
      taskDefinitionArn: taskDefinitionArnsWithoutRevision.map((arn) => ({ prefix: `${arn}:` })),
      lastStatus: ["STOPPED"],
      $or: [
        { containers: { name: [containerName], exitCode: [{ "anything-but": [0] }] } },
        { containers: { exitCode: [{ exists: false }] } },
        { stopCode: [{ "anything-but": ["EssentialContainerExited"] }] },
      ],
    },
  });
}

/** What is told of such a task: for people, since a topic mostly leads to a mailbox. */
export const STOPPED_TASK_TEXT = {
  inputPaths: {
    task: "$.detail.taskArn",
    definition: "$.detail.taskDefinitionArn",
    reason: "$.detail.stoppedReason",
    code: "$.detail.stopCode",
    exitCode: "$.detail.containers[0].exitCode",
    at: "$.detail.stoppedAt",
  },
  inputTemplate: JSON.stringify(
    "pgkeep: the task <task> of <definition> stopped at <at> with exit code <exitCode> (<code>: <reason>). Its log says why; docs/troubleshooting.md lists the exit codes.",
  ),
} as const;
