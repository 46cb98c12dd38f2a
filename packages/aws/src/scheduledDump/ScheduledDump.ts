import { AgeMetric } from "@pgkeep/core";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AgentTaskArgs } from "../agentTask/AgentTaskArgs.js";
import { type AgentTaskPolicy, type DeclaredAgentTask, declareAgentTask } from "../agentTask/declareAgentTask.js";
import { agentTaskPolicy } from "../agentTask/describeAgentTask.js";
import { freshnessAlarm } from "../alarms/freshnessAlarm.js";
import { argumentsError } from "../argumentsError.js";
import { policyDocument } from "../iam/policyDocument.js";
import { declareSchedules, type TaskSchedule } from "./declareSchedules.js";
import { type DumpContext, declareTopic } from "./declareTopic.js";
import { describeDump } from "./describeDump.js";
import { DUMP_DEFAULTS } from "./dumpDefaults.js";
import { dumpProblems } from "./dumpProblems.js";
import { connectStatements } from "./dumpStatements.js";
import type { ScheduledDumpArgs } from "./ScheduledDumpArgs.js";
import { type SettledDump, settleDump } from "./settleDump.js";

/**
 * Backups by schedule: EventBridge Scheduler starts the agent on ECS Fargate, which dumps all databases of a server at one instant into a bucket.
 *
 * Scheduler invokes at least once, and its retries and its queue are about the start of a task alone. So the recovery point's id comes from the time of the
 * schedule, the store's lock prevents overlap, each run has a deadline, a rule catches tasks that stop as they should not, and an alarm takes it for a
 * breach when nothing is heard at all. The task has no public IP, may not delete in the store, and finds its secrets by their ARN.
 */
export class ScheduledDump extends pulumi.ComponentResource {
  /** ARN of the dump's task definition, with its revision: to run it by hand. */
  public readonly taskDefinitionArn: pulumi.Output<string>;
  /** ARN of the role that the dump acts in. */
  public readonly taskRoleArn: pulumi.Output<string>;
  /** ARN of the role in which ECS starts it: pulls the image, writes the log, reads the secrets. */
  public readonly executionRoleArn: pulumi.Output<string>;
  /** ARN of the role of the task that applies retention. Nothing without `retentionSchedule`. */
  public readonly prunerTaskRoleArn: pulumi.Output<string | undefined>;
  /** The task's security group, for rules that let it in. */
  public readonly securityGroupId: pulumi.Output<string>;
  /** Name of the log group. */
  public readonly logGroupName: pulumi.Output<string>;
  /** ARN of the ECS cluster. */
  public readonly ecsClusterArn: pulumi.Output<string>;
  /** ARN of the topic that is told: subscribe to it. */
  public readonly topicArn: pulumi.Output<string>;
  /** ARN of the queue of invocations that could not be made. */
  public readonly deadLetterQueueArn: pulumi.Output<string>;
  /** ARN of the schedule of the dump. */
  public readonly scheduleArn: pulumi.Output<string>;
  /** The agent's configuration as JSON, as it is given to the container: `PGKEEP_CONFIG_YAML` of whoever restores. It holds no secret. */
  public readonly agentConfiguration: pulumi.Output<string>;
  /** The whole declaration in words, one sentence a line, for reviewers of a preview. */
  public readonly effectivePolicy: pulumi.Output<string>;

  constructor(name: string, args: ScheduledDumpArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = dumpProblems(args);
    if (problems.length > 0) throw argumentsError("ScheduledDump", name, problems);
    const settled = settleDump(name, args);
    const effectivePolicy = dumpPolicy(args, settled);
    // The policy stands among the inputs because a preview shows changed inputs of a component, never changed outputs.
    super("pgkeep:index:ScheduledDump", name, { ...args, effectivePolicy }, opts);

    const { region, tags } = args;
    const shared = { ...(region === undefined ? {} : { region }), ...(tags === undefined ? {} : { tags }) };
    const context: DumpContext = { name, parent: this, args, shared };
    const agentConfiguration = settled.config.apply((config) => JSON.stringify(config));
    const clusterArn =
      args.ecsClusterArn === undefined
        ? new aws.ecs.Cluster(`${name}-cluster`, shared, { parent: this }).arn
        : pulumi.output(args.ecsClusterArn);
    const dump = declareDump(context, settled, agentConfiguration);
    const pruner = args.retentionSchedule === undefined ? undefined : declarePruner(context, dump, agentConfiguration);
    const topicArn = declareTopic(context, clusterArn, pruner === undefined ? [dump] : [dump, pruner]);
    const schedules = declareSchedules(context, clusterArn, topicArn, [
      {
        suffix: "dump",
        description: `pgkeep backup for ${name}`,
        task: dump,
        times: settled.times,
        // The same for every invocation of one time: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
        environment: {
          PGKEEP_SLOT: "<aws.scheduler.scheduled-time>",
          PGKEEP_RUN_ID: "<aws.scheduler.schedule-arn> <aws.scheduler.scheduled-time>",
        },
      },
      ...pruning(context, settled, pruner),
    ]);
    if (args.freshnessHours !== 0) {
      freshnessAlarm(this, `${name}-freshness`, {
        metric: AgeMetric.NewestChecked,
        cluster: args.cluster,
        objectiveHours: settled.freshnessHours,
        topics: [topicArn],
        ...shared,
      });
    }

    this.taskDefinitionArn = dump.taskDefinitionArn;
    this.taskRoleArn = dump.taskRoleArn;
    this.executionRoleArn = dump.executionRoleArn;
    this.prunerTaskRoleArn = pulumi.output(pruner?.taskRoleArn);
    this.securityGroupId = dump.securityGroupId;
    this.logGroupName = dump.logGroupName;
    this.ecsClusterArn = clusterArn;
    this.topicArn = topicArn;
    this.deadLetterQueueArn = schedules.queueArn;
    this.scheduleArn = schedules.arns[0] ?? pulumi.output("");
    this.agentConfiguration = agentConfiguration;
    this.effectivePolicy = effectivePolicy;
    this.registerOutputs({
      taskDefinitionArn: this.taskDefinitionArn,
      taskRoleArn: this.taskRoleArn,
      executionRoleArn: this.executionRoleArn,
      prunerTaskRoleArn: this.prunerTaskRoleArn,
      securityGroupId: this.securityGroupId,
      logGroupName: this.logGroupName,
      ecsClusterArn: this.ecsClusterArn,
      topicArn: this.topicArn,
      deadLetterQueueArn: this.deadLetterQueueArn,
      scheduleArn: this.scheduleArn,
      agentConfiguration: this.agentConfiguration,
      effectivePolicy,
    });
  }
}

function declareDump(
  { name, parent, args, shared }: DumpContext,
  { deadline, secrets }: SettledDump,
  configuration: pulumi.Output<string>,
): DeclaredAgentTask {
  const { server, store } = args;
  const policies: Record<string, AgentTaskPolicy> = { store: store.writerPolicy };
  if (server.iamAuthentication === true) {
    policies.database = (place) =>
      pulumi
        .all([place, server.resourceId ?? "", server.username])
        .apply(([arn, resourceId, username]) => policyDocument(connectStatements(arn, resourceId, username)));
  }
  return declareAgentTask({
    name,
    parent,
    component: "ScheduledDump",
    where: "task",
    task: args.task,
    command: deadline.apply((text) => ["backup", "--exclusive", "--deadline", text, "--log-format", "json"]),
    environment: { PGKEEP_CONFIG_YAML: configuration, PGKEEP_METRICS: "emf", ...whoItIs(args.task, `ScheduledDump ${name}`) },
    secrets,
    policies,
    databasePort: server.port ?? DUMP_DEFAULTS.port,
    ...shared,
  });
}

/** Retention with rights of its own, in the same log. It reaches no database and knows no secret. */
function declarePruner({ name, parent, args, shared }: DumpContext, dump: DeclaredAgentTask, configuration: pulumi.Output<string>) {
  const { network, secrets: _, secretKeyArns: __, ephemeralStorage: ___, ...task } = args.task;
  const { databaseSecurityGroupId: _group, databaseCidr: _range, allowInDatabaseGroup: _rule, ...outside } = network;
  return declareAgentTask({
    name: `${name}-prune`,
    parent,
    component: "ScheduledDump",
    where: "task",
    task: { ...task, network: outside, logs: { groupArn: dump.logGroupArn } },
    command: ["retention", "apply", "--yes", "--deadline", DUMP_DEFAULTS.pruneDeadline, "--log-format", "json"],
    environment: { PGKEEP_CONFIG_YAML: configuration, ...whoItIs(args.task, `ScheduledDump ${name}, retention`) },
    policies: { store: args.store.prunerPolicy ?? "" },
    ...shared,
  });
}

/** For the audit trail: a container has neither an account nor a host that anybody knows. */
function whoItIs({ environment = {} }: AgentTaskArgs, name: string): Record<string, string> {
  return environment.PGKEEP_BY === undefined ? { PGKEEP_BY: name } : {};
}

function pruning({ name }: DumpContext, { pruneTimes }: SettledDump, pruner: DeclaredAgentTask | undefined): TaskSchedule[] {
  if (pruner === undefined || pruneTimes === undefined) return [];
  return [{ suffix: "prune", description: `pgkeep retention apply for ${name}`, task: pruner, times: pruneTimes }];
}

/** The declaration in words, as soon as its values are known. */
function dumpPolicy(args: ScheduledDumpArgs, { config, times, pruneTimes, deadline, freshnessHours, secrets }: SettledDump) {
  return pulumi
    .all([
      config,
      pulumi.all([args.schedule, deadline]),
      times,
      args.enabled ?? true,
      pulumi.all([args.server.passwordSecretArn, args.topicArn]),
      pruneTimes,
      freshnessHours,
      agentTaskPolicy(args.task, { databasePort: args.server.port ?? DUMP_DEFAULTS.port, secrets }),
    ])
    .apply(([known, [schedule, text], when, enabled, [passwordSecretArn, topicArn], pruneWhen, hours, task]) =>
      describeDump({
        config: known as never,
        schedule,
        times: when,
        enabled,
        deadline: text,
        passwordSecretArn,
        topicArn,
        signs: args.signing?.privateKeySecretArn !== undefined,
        pruning:
          args.retentionSchedule === undefined || pruneWhen === undefined
            ? undefined
            : { schedule: args.retentionSchedule, times: pruneWhen },
        freshnessHours: hours,
        protect: args.protect ?? true,
        task,
      }),
    );
}
