import { type Arn, parseArn } from "@pgkeep/core";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policyDocument, serviceTrust } from "../iam/policyDocument.js";
import type { AgentTaskArgs } from "./AgentTaskArgs.js";
import { AGENT_CONTAINER, AGENT_TASK_DEFAULTS } from "./agentTaskDefaults.js";
import { containerDefinitions, TEMPORARY_VOLUME } from "./containerDefinitions.js";
import { declareSecurityGroup } from "./declareSecurityGroup.js";
import { executionStatements } from "./executionPolicy.js";
import { assertKnownTask, type KnownTask } from "./knownTaskProblems.js";

/** What a component wants of a task beyond what its own arguments say. */
export interface AgentTaskDeclaration {
  /** Names of the children begin with it. */
  name: string;
  parent: pulumi.Resource;
  /** The component, for errors about values that are known only now, and where the task stands among its arguments. */
  component: string;
  where: string;
  task: AgentTaskArgs;
  /** The agent's words: `["backup"]`. */
  command: pulumi.Input<string[]>;
  /** Variables beside the task's own, which they win over. */
  environment?: Record<string, pulumi.Input<string>>;
  /** The same by secret: what ECS takes each from. */
  secrets?: Record<string, pulumi.Input<string>>;
  /** What the program itself may do, as policies in JSON, each by a name that becomes a child's. */
  policies: Record<string, AgentTaskPolicy>;
  /** Defaults to 5432. */
  databasePort?: pulumi.Input<number>;
  region?: pulumi.Input<string>;
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** A policy in JSON, or one that names the task's own account and Region, which its log group tells. */
export type AgentTaskPolicy = pulumi.Input<string> | ((place: pulumi.Output<Arn>) => pulumi.Output<string>);

/** A task that can be run. */
export interface DeclaredAgentTask {
  /** With its revision. */
  taskDefinitionArn: pulumi.Output<string>;
  taskDefinitionArnWithoutRevision: pulumi.Output<string>;
  taskRoleArn: pulumi.Output<string>;
  executionRoleArn: pulumi.Output<string>;
  securityGroupId: pulumi.Output<string>;
  logGroupArn: pulumi.Output<string>;
  logGroupName: pulumi.Output<string>;
  /** Which override is meant for it. */
  containerName: string;
  platformVersion: pulumi.Output<string>;
  subnetIds: pulumi.Output<string[]>;
}

/** Declares a task of the agent on ECS Fargate with its two roles, its log group and its security group, unless the latter two are given. */
export function declareAgentTask(declaration: AgentTaskDeclaration): DeclaredAgentTask {
  const { name, parent, task, region, tags } = declaration;
  const options = { parent };
  const shared = { ...(region === undefined ? {} : { region }), ...(tags === undefined ? {} : { tags }) };
  const logGroupArn = task.logs?.groupArn ? pulumi.output(task.logs.groupArn).apply(withoutStreams) : ownLogGroup(declaration, shared);
  const logs = logGroupArn.apply(knownLogGroup);
  const trust = logs.apply(ecsTrust);

  const judge = <Values extends Partial<KnownTask>>(values: Values): Values => {
    assertKnownTask(declaration, values);
    return values;
  };
  // Apart from each other, so that in a first preview only that is unknown which the log group's name is a part of.
  const size = pulumi
    .all([task.cpu ?? AGENT_TASK_DEFAULTS.cpu, task.memory ?? AGENT_TASK_DEFAULTS.memory])
    .apply(([cpu, memory]) => judge({ cpu, memory }));
  const image = pulumi.output(task.image).apply((given) => judge({ image: given }).image);
  const secrets = texts({ ...task.secrets, ...declaration.secrets }).apply((given) => judge({ secrets: given }).secrets);

  const executionRole = new aws.iam.Role(`${name}-execution`, { assumeRolePolicy: trust, ...roleTags(tags) }, options);
  const executionPolicy = pulumi
    .all([image, secrets, task.secretKeyArns ?? [], logs])
    .apply(([pulled, read, keyArns, { arn }]) =>
      policyDocument(executionStatements({ image: pulled, logGroupArn: arn, secrets: Object.values(read), keyArns })),
    );
  new aws.iam.RolePolicy(`${name}-execution`, { role: executionRole.name, policy: executionPolicy }, options);

  const taskRole = new aws.iam.Role(`${name}-task`, { assumeRolePolicy: trust, ...roleTags(tags) }, options);
  for (const [policy, document] of Object.entries(declaration.policies)) {
    const known = typeof document === "function" ? document(logs as pulumi.Output<Arn>) : document;
    new aws.iam.RolePolicy(`${name}-task-${policy}`, { role: taskRole.name, policy: known }, options);
  }

  const container = pulumi
    .all([
      image,
      declaration.command,
      secrets,
      texts({ ...task.environment, ...declaration.environment }),
      task.user ?? AGENT_TASK_DEFAULTS.user,
      task.stopTimeout ?? AGENT_TASK_DEFAULTS.stopTimeout,
      logs,
    ])
    .apply(([pulled, command, read, environment, user, stopTimeout, log]) =>
      containerDefinitions({
        image: pulled,
        command,
        user,
        stopTimeout,
        environment,
        secrets: read,
        logGroupName: log.name,
        region: log.region,
      }),
    );
  const definition = new aws.ecs.TaskDefinition(
    `${name}-task`,
    {
      family: familyName(name),
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: size.cpu.apply(String),
      memory: size.memory.apply(String),
      ...(task.ephemeralStorage === undefined ? {} : { ephemeralStorage: { sizeInGib: task.ephemeralStorage } }),
      runtimePlatform: { operatingSystemFamily: "LINUX", cpuArchitecture: task.architecture ?? AGENT_TASK_DEFAULTS.architecture },
      executionRoleArn: executionRole.arn,
      taskRoleArn: taskRole.arn,
      volumes: [{ name: TEMPORARY_VOLUME }],
      containerDefinitions: container,
      ...shared,
    },
    options,
  );

  return {
    taskDefinitionArn: definition.arn,
    // Put together, since the resource's own is unknown while a new revision is previewed, and so would be every policy that holds it.
    taskDefinitionArnWithoutRevision: logs.apply(
      ({ partition, region: place, account }) => `arn:${partition}:ecs:${place}:${account}:task-definition/${familyName(name)}`,
    ),
    taskRoleArn: taskRole.arn,
    executionRoleArn: executionRole.arn,
    securityGroupId: declareSecurityGroup(declaration, shared),
    logGroupArn,
    logGroupName: logs.name,
    containerName: AGENT_CONTAINER,
    platformVersion: pulumi.output(task.platformVersion ?? AGENT_TASK_DEFAULTS.platformVersion),
    subnetIds: pulumi.output(task.network.subnetIds),
  };
}

function ownLogGroup({ name, parent, task: { logs = {} } }: AgentTaskDeclaration, shared: object): pulumi.Output<string> {
  const { retentionDays = AGENT_TASK_DEFAULTS.logRetentionDays, kmsKeyArn } = logs;
  const group = new aws.cloudwatch.LogGroup(
    `${name}-logs`,
    { retentionInDays: retentionDays, ...(kmsKeyArn === undefined ? {} : { kmsKeyId: kmsKeyArn }), ...shared },
    { parent },
  );
  return group.arn.apply(withoutStreams);
}

function texts(values: Record<string, pulumi.Input<string>>): pulumi.Output<Record<string, string>> {
  return pulumi.output(values) as pulumi.Output<Record<string, string>>;
}

/** AWS writes the ARN of a group in two ways. */
function withoutStreams(arn: string): string {
  return arn.replace(/:\*$/, "");
}

interface KnownLogGroup extends Arn {
  arn: string;
  name: string;
}

function knownLogGroup(arn: string): KnownLogGroup {
  const parsed = parseArn(arn);
  if (parsed === undefined) throw new Error(`this is no ARN of a log group: ${arn}`);
  return { ...parsed, arn, name: parsed.resource.replace(/^log-group:/, "") };
}

/** Only tasks of this account and Region may act in the roles. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html */
function ecsTrust({ partition, region, account }: Arn): string {
  return serviceTrust("EcsTasks", "ecs-tasks.amazonaws.com", {
    StringEquals: { "aws:SourceAccount": account },
    ArnLike: { "aws:SourceArn": `arn:${partition}:ecs:${region}:${account}:*` },
  });
}

function roleTags(tags: AgentTaskDeclaration["tags"]) {
  return tags === undefined ? {} : { tags };
}

/** Of one stack alone, since revisions of all that share a family count on. At most 255 characters. */
function familyName(name: string): string {
  return [pulumi.getProject(), pulumi.getStack(), name]
    .join("-")
    .replace(/[^A-Za-z0-9_-]/g, "-")
    .slice(-255);
}
