import { parseArn } from "@pgkeep/core";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type DeclaredAgentTask, declareAgentTask } from "../agentTask/declareAgentTask.js";
import { declareUndelivered } from "../agentTask/declareUndelivered.js";
import { topicPolicy } from "../alarms/topicPolicies.js";
import { policyDocument, serviceTrust } from "../iam/policyDocument.js";
import { STOPPED_TASK_TEXT, stoppedTaskPattern } from "../scheduledDump/stoppedTaskPattern.js";
import type { RestoreNetwork, RestoreTestContext } from "./declareRestoreNetwork.js";
import type { RestoreTestValidationArgs } from "./RestoreTestingArgs.js";
import { RESTORE_TESTING_DEFAULTS } from "./restoreTestingDefaults.js";
import { validationWindow } from "./restoreTestingPolicy.js";
import { drillTask } from "./restoreTestingProblems.js";
import { validationTree } from "./validationConfiguration.js";
import { completedPattern, drillOverride, drillStatements, queueStatements, startStatements } from "./validationStatements.js";

/** What validates restored instances. */
export interface DeclaredValidation {
  task: DeclaredAgentTask;
  clusterArn: pulumi.Output<string>;
  topicArn: pulumi.Output<string>;
  queueArn: pulumi.Output<string>;
}

interface ValidationContext extends RestoreTestContext {
  validation: RestoreTestValidationArgs;
  placed: { region?: pulumi.Input<string> };
}

/**
 * An event that could not be delivered is tried again for an hour, then left in the queue: later than that a good part of the validation window would be
 * over.
 */
const RETRY = { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 20 };

/** The drill on ECS Fargate, and the rule that starts it for each instance that the plan restored. */
export function declareValidation(
  context: RestoreTestContext,
  validation: RestoreTestValidationArgs,
  planArn: pulumi.Output<string>,
  network: RestoreNetwork,
): DeclaredValidation {
  const { name, parent, args, shared } = context;
  const placed = shared.region === undefined ? {} : { region: shared.region };
  const inside: ValidationContext = { ...context, validation, placed };
  const clusterArn = pulumi.output(validation.ecsClusterArn ?? new aws.ecs.Cluster(`${name}-cluster`, shared, { parent }).arn);
  const place = pulumi.output(args.vaultArns[0] ?? "").apply(placeOf);
  const task = declareAgentTask({
    name: `${name}-drill`,
    parent,
    component: "RestoreTesting",
    where: "validation.task",
    task: drillTask(validation.task, network.securityGroupId, args.network.securityGroupId === undefined),
    command: ["drill", "--physical"],
    environment: { PGKEEP_CONFIG_YAML: pulumi.jsonStringify(validationTree(validation)), PGKEEP_METRICS: "emf" },
    policies: { store: validation.store.drillPolicy, restored: place.apply((found) => policyDocument(drillStatements(found))) },
    ...shared,
  });
  const rule = new aws.cloudwatch.EventRule(
    `${name}-restored`,
    { description: `${name}: an instance was restored for a test`, eventPattern: planArn.apply(completedPattern), ...shared },
    { parent },
  );
  const topicArn = declareTopic(inside, clusterArn, task);
  const queueArn = declareQueue(inside, rule.arn, topicArn);
  const role = declareStarter(inside, rule.arn, task, clusterArn);
  new aws.cloudwatch.EventTarget(
    `${name}-restored`,
    {
      rule: rule.name,
      arn: clusterArn,
      roleArn: role.arn,
      ecsTarget: {
        taskDefinitionArn: task.taskDefinitionArn,
        taskCount: 1,
        launchType: "FARGATE",
        platformVersion: task.platformVersion,
        networkConfiguration: { subnets: task.subnetIds, securityGroups: [task.securityGroupId], assignPublicIp: false },
      },
      inputTransformer: pulumi
        .output(validationWindow(args) ?? RESTORE_TESTING_DEFAULTS.validationWindowHours)
        .apply((hours) => drillOverride(task.containerName, hours)),
      retryPolicy: RETRY,
      deadLetterConfig: { arn: queueArn },
      ...placed,
    },
    // Its first event needs them.
    { parent, dependsOn: [role.rights] },
  );
  return { task, clusterArn, topicArn, queueArn };
}

function declareStarter(
  { name, parent, shared }: ValidationContext,
  ruleArn: pulumi.Output<string>,
  task: DeclaredAgentTask,
  clusterArn: pulumi.Output<string>,
) {
  const role = new aws.iam.Role(
    `${name}-starter`,
    { assumeRolePolicy: ruleArn.apply(eventsTrust), ...(shared.tags === undefined ? {} : { tags: shared.tags }) },
    { parent },
  );
  const policy = pulumi
    .all([task.taskDefinitionArnWithoutRevision, task.taskRoleArn, task.executionRoleArn, clusterArn])
    .apply(([definition, taskRoleArn, executionRoleArn, cluster]) =>
      policyDocument(startStatements({ taskDefinitionArnWithoutRevision: definition, taskRoleArn, executionRoleArn, clusterArn: cluster })),
    );
  return { arn: role.arn, rights: new aws.iam.RolePolicy(`${name}-starter`, { role: role.name, policy }, { parent }) };
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/cross-service-confused-deputy-prevention.html */
function eventsTrust(ruleArn: string): string {
  return serviceTrust("EventBridge", "events.amazonaws.com", {
    StringEquals: { "aws:SourceAccount": placeOf(ruleArn).account },
    ArnEquals: { "aws:SourceArn": ruleArn },
  });
}

/** The topic, given or own, and the rule that tells it of drills that stopped as they should not. */
function declareTopic(
  { name, parent, args, shared, validation, placed }: ValidationContext,
  clusterArn: pulumi.Output<string>,
  task: DeclaredAgentTask,
) {
  const own =
    validation.topicArn === undefined ? new aws.sns.Topic(`${name}-topic`, shared, { parent, protect: args.protect ?? true }) : undefined;
  const topicArn = pulumi.output(validation.topicArn ?? own?.arn ?? "");
  const eventPattern = pulumi
    .all([clusterArn, task.taskDefinitionArnWithoutRevision])
    .apply(([arn, definition]) =>
      stoppedTaskPattern({ clusterArn: arn, taskDefinitionArnsWithoutRevision: [definition], containerName: task.containerName }),
    );
  const rule = new aws.cloudwatch.EventRule(
    `${name}-stopped`,
    { description: `${name}: a drill of a restored instance failed, or did not start`, eventPattern, ...shared },
    { parent },
  );
  if (own !== undefined) {
    new aws.sns.TopicPolicy(`${name}-topic`, { arn: own.arn, policy: own.arn.apply(topicPolicy), ...placed }, { parent });
  }
  new aws.cloudwatch.EventTarget(
    `${name}-stopped`,
    { rule: rule.name, arn: topicArn, inputTransformer: STOPPED_TASK_TEXT, ...placed },
    { parent },
  );
  return topicArn;
}

/** The queue of drills that could not be started, given or own with an alarm. */
function declareQueue(
  { name, parent, shared, validation, placed }: ValidationContext,
  ruleArn: pulumi.Output<string>,
  topicArn: pulumi.Output<string>,
) {
  if (validation.deadLetterQueueArn !== undefined) return pulumi.output(validation.deadLetterQueueArn);
  const meaning = "the drill of a restored instance could not be started";
  const queue = declareUndelivered({ parent, name, shared, meaning, topicArn });
  const policy = pulumi.all([queue.arn, ruleArn]).apply(([arn, rule]) => policyDocument(queueStatements(arn, rule)));
  new aws.sqs.QueuePolicy(`${name}-undelivered`, { queueUrl: queue.url, policy, ...placed }, { parent });
  return queue.arn;
}

function placeOf(arn: string) {
  const place = parseArn(arn);
  if (place === undefined) throw new Error(`this is no ARN: ${arn}`);
  return place;
}
