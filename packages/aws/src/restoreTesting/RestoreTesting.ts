import { ProblemError, parseBackupSchedule } from "@pgkeep/core";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { argumentsError } from "../argumentsError.js";
import { policyDocument, serviceTrust } from "../iam/policyDocument.js";
import { declareRestoreNetwork, type RestoreTestContext, restoreMetadata } from "./declareRestoreNetwork.js";
import { declareValidation } from "./declareValidation.js";
import { RestoreTestingAlgorithm, type RestoreTestingArgs } from "./RestoreTestingArgs.js";
import { restoreRoleStatements } from "./restoreRoleStatements.js";
import { planNameOf, RESTORE_TESTING_DEFAULTS, SELECTION_NAME } from "./restoreTestingDefaults.js";
import { restoreTestingPolicy, validationWindow } from "./restoreTestingPolicy.js";
import { restoreTestingProblems } from "./restoreTestingProblems.js";

/**
 * Restores by schedule, to know that backups are good: AWS Backup restores a recovery point of each database into an instance of its own, pgkeep reads that
 * instance from end to end on ECS Fargate and tells AWS Backup what it found, and AWS Backup deletes it.
 *
 * The drill gives the restored instance a new password; it may do so only to what a restore test made. The original is never touched. What AWS Backup has no
 * recovery point of is not tested, and nobody is told by this component: `BackupAlarms` watches the age of the last proof.
 */
export class RestoreTesting extends pulumi.ComponentResource {
  /** ARN of the restore testing plan. */
  public readonly planArn: pulumi.Output<string>;
  /** Name of the restore testing plan. */
  public readonly planName: pulumi.Output<string>;
  /** ARN of the role that AWS Backup restores in, own or given. */
  public readonly roleArn: pulumi.Output<string>;
  /** The security group of restored instances, own or given. */
  public readonly restoredSecurityGroupId: pulumi.Output<string>;
  /** ARN of the drill's task definition, with its revision. Nothing without `validation`. */
  public readonly taskDefinitionArn: pulumi.Output<string | undefined>;
  /** ARN of the role that the drill acts in. Nothing without `validation`. */
  public readonly taskRoleArn: pulumi.Output<string | undefined>;
  /** Name of the drill's log group. Nothing without `validation`. */
  public readonly logGroupName: pulumi.Output<string | undefined>;
  /** ARN of the topic that is told of drills that failed or did not start: subscribe to it. Nothing without `validation`. */
  public readonly topicArn: pulumi.Output<string | undefined>;
  /** ARN of the queue of drills that could not be started. Nothing without `validation`. */
  public readonly deadLetterQueueArn: pulumi.Output<string | undefined>;
  /** The whole declaration in words, one sentence a line, for reviewers of a preview. */
  public readonly effectivePolicy: pulumi.Output<string>;

  constructor(name: string, args: RestoreTestingArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = restoreTestingProblems(name, args);
    if (problems.length > 0) throw argumentsError("RestoreTesting", name, problems);
    const effectivePolicy = restoreTestingPolicy(name, args);
    // The policy stands among the inputs because a preview shows changed inputs of a component, never changed outputs.
    super("pgkeep:index:RestoreTesting", name, { ...args, effectivePolicy }, opts);

    const { region, tags } = args;
    const shared = { ...(region === undefined ? {} : { region }), ...(tags === undefined ? {} : { tags }) };
    const context: RestoreTestContext = { name, parent: this, args, shared };
    const network = declareRestoreNetwork(context);
    const roleArn = declareRestoreRole(context);
    const plan = declarePlan(context);
    new aws.backup.RestoreTestingSelection(
      `${name}-selection`,
      {
        name: SELECTION_NAME,
        restoreTestingPlanName: plan.name,
        protectedResourceType: "RDS",
        ...selected(args),
        iamRoleArn: roleArn,
        restoreMetadataOverrides: restoreMetadata(args, network),
        ...windowOf(args),
        ...(region === undefined ? {} : { region }),
      },
      { parent: this },
    );
    const validation = args.validation === undefined ? undefined : declareValidation(context, args.validation, plan.arn, network);

    this.planArn = plan.arn;
    this.planName = plan.name;
    this.roleArn = roleArn;
    this.restoredSecurityGroupId = network.securityGroupId;
    this.taskDefinitionArn = pulumi.output(validation?.task.taskDefinitionArn);
    this.taskRoleArn = pulumi.output(validation?.task.taskRoleArn);
    this.logGroupName = pulumi.output(validation?.task.logGroupName);
    this.topicArn = pulumi.output(validation?.topicArn);
    this.deadLetterQueueArn = pulumi.output(validation?.queueArn);
    this.effectivePolicy = effectivePolicy;
    this.registerOutputs({
      planArn: this.planArn,
      planName: this.planName,
      roleArn,
      restoredSecurityGroupId: this.restoredSecurityGroupId,
      taskDefinitionArn: this.taskDefinitionArn,
      taskRoleArn: this.taskRoleArn,
      logGroupName: this.logGroupName,
      topicArn: this.topicArn,
      deadLetterQueueArn: this.deadLetterQueueArn,
      effectivePolicy,
    });
  }
}

function declarePlan({ name, parent, args, shared }: RestoreTestContext): aws.backup.RestoreTestingPlan {
  const defaults = RESTORE_TESTING_DEFAULTS;
  const schedule = pulumi
    .all([args.schedule, args.timeZone ?? defaults.timeZone])
    .apply(([text, timeZone]) => readSchedule(text, timeZone));
  return new aws.backup.RestoreTestingPlan(
    `${name}-plan`,
    {
      name: args.planName ?? planNameOf(name),
      scheduleExpression: schedule.scheduleExpression,
      scheduleExpressionTimezone: schedule.scheduleExpressionTimezone,
      startWindowHours: args.startWindowHours ?? defaults.startWindowHours,
      recoveryPointSelection: {
        algorithm: pulumi
          .output(args.algorithm ?? defaults.algorithm)
          .apply((algorithm) => (algorithm === RestoreTestingAlgorithm.Random ? "RANDOM_WITHIN_WINDOW" : "LATEST_WITHIN_WINDOW")),
        includeVaults: args.vaultArns,
        recoveryPointTypes: args.includeContinuous === false ? ["SNAPSHOT"] : ["CONTINUOUS", "SNAPSHOT"],
        selectionWindowDays: args.selectionWindowDays ?? defaults.selectionWindowDays,
      },
      ...shared,
    },
    { parent },
  );
}

/** One that cannot be read is refused by the policy, with everything else that is wrong. */
function readSchedule(text: string, timeZone: string) {
  try {
    return parseBackupSchedule("", text, timeZone);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { scheduleExpression: text, scheduleExpressionTimezone: timeZone };
  }
}

function declareRestoreRole({ name, parent, args }: RestoreTestContext): pulumi.Output<string> {
  if (args.roleArn !== undefined) return pulumi.output(args.roleArn);
  const { tags, vaultArns, databaseKeyArns, includeContinuous = true } = args;
  const role = new aws.iam.Role(
    `${name}-role`,
    { assumeRolePolicy: serviceTrust("AwsBackup", "backup.amazonaws.com"), ...(tags === undefined ? {} : { tags }) },
    { parent },
  );
  const policy = pulumi
    .all([vaultArns[0] ?? "", pulumi.output(databaseKeyArns)])
    .apply(([vaultArn, keyArns]) => policyDocument(restoreRoleStatements({ vaultArn, continuous: includeContinuous, keyArns })));
  const rights = new aws.iam.RolePolicy(`${name}-role`, { role: role.name, policy }, { parent });
  return pulumi.all([role.arn, rights.id]).apply(([arn]) => arn);
}

/** The provider takes one of the two. */
function selected({ databaseArns, databaseTags = {} }: RestoreTestingArgs) {
  if (databaseArns !== undefined) return { protectedResourceArns: databaseArns };
  const stringEquals = Object.entries(databaseTags).map(([key, value]) => ({ key: `aws:ResourceTag/${key}`, value }));
  return { protectedResourceConditions: { stringEquals } };
}

function windowOf(args: RestoreTestingArgs) {
  const hours = validationWindow(args);
  return hours === undefined ? {} : { validationWindowHours: hours };
}
