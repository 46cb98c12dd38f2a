import { AgeMetric, parseArn } from "@pgkeep/core";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { argumentsError } from "../argumentsError.js";
import { alarmProblems, DEFAULT_RPO_HOURS } from "./alarmProblems.js";
import { type AlarmTopic, alarmTopic } from "./alarmTopic.js";
import { type BackupAlarmsArgs, RdsEventCategory } from "./BackupAlarmsArgs.js";
import { BACKUP_EVENT_RULES } from "./backupEvents.js";
import { describeAlarms } from "./describeAlarms.js";
import { freshnessAlarm } from "./freshnessAlarm.js";
import { subscribe } from "./subscribe.js";
import { topicPolicy } from "./topicPolicies.js";

const DEFAULT_EVENTS = [
  RdsEventCategory.Backup,
  RdsEventCategory.ConfigurationChange,
  RdsEventCategory.Deletion,
  RdsEventCategory.Failure,
  RdsEventCategory.LowStorage,
];

/**
 * Tells people of backups that fail, and of those that nobody makes: RDS's own events, jobs of AWS Backup, and the age of the newest checked and the
 * newest proven recovery point of the agent, of which no news is bad news. Everything goes to one SNS topic, given or made here.
 */
export class BackupAlarms extends pulumi.ComponentResource {
  /** ARN of the topic: given, or made here. */
  public readonly topicArn: pulumi.Output<string>;
  /** The policy that the topic has when it is made here, and whose statements one that is given must have too, as JSON. */
  public readonly topicPolicy: pulumi.Output<string>;
  /** ARN of the key that encrypts the topic that is made here. Nothing with a given topic. */
  public readonly kmsKeyArn: pulumi.Output<string | undefined>;
  /** The whole declaration in words, one sentence a line, for reviewers of a preview. */
  public readonly effectivePolicy: pulumi.Output<string>;

  constructor(name: string, args: BackupAlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = alarmProblems(args);
    if (problems.length > 0) throw argumentsError("BackupAlarms", name, problems);
    const { emails = [], httpsEndpoints = {}, awsBackup = true, clusters = [], rdsEvents = DEFAULT_EVENTS, protect = true } = args;
    const known = pulumi
      .all([args.topicArn, args.kmsKeyArn, args.region, args.instanceIdentifiers, clusters])
      .apply(([topicArn, kmsKeyArn, region, instanceIdentifiers, watched]) => {
        const values = { topicArn, kmsKeyArn, region, instanceIdentifiers, clusters: watched };
        const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
        const late = alarmProblems({ ...args, ...given });
        if (late.length > 0) throw argumentsError("BackupAlarms", name, late);
        return { topicArn, instances: instanceIdentifiers, clusters: watched.map(withDefaults) };
      });
    const effectivePolicy = known.apply((values) =>
      describeAlarms({
        ...values,
        ownKey: args.kmsKeyArn === undefined,
        protect,
        emails,
        endpoints: Object.keys(httpsEndpoints),
        rdsEvents,
        awsBackup,
      }),
    );
    const secretEndpoints = Object.fromEntries(Object.entries(httpsEndpoints).map(([key, address]) => [key, pulumi.secret(address)]));
    const inputs = { ...args, ...(args.httpsEndpoints === undefined ? {} : { httpsEndpoints: secretEndpoints }), effectivePolicy };
    super("pgkeep:index:BackupAlarms", name, inputs, opts);

    const region =
      args.region ?? (args.topicArn === undefined ? undefined : known.topicArn.apply((arn) => parseArn(arn ?? "")?.region ?? ""));
    const place = region === undefined ? {} : { region };
    const common = { ...place, ...(args.tags === undefined ? {} : { tags: args.tags }) };
    const topic: AlarmTopic =
      args.topicArn === undefined
        ? alarmTopic(this, name, args, place)
        : { arn: pulumi.output(args.topicArn), keyArn: pulumi.output(undefined), ready: [] };
    subscribe(this, name, topic.arn, { emails, httpsEndpoints: secretEndpoints }, place);
    const options = { parent: this, dependsOn: topic.ready };

    if (rdsEvents.length > 0) {
      new aws.rds.EventSubscription(
        `${name}-rds-events`,
        {
          snsTopic: topic.arn,
          sourceType: "db-instance",
          eventCategories: [...rdsEvents].sort(),
          ...(args.instanceIdentifiers === undefined ? {} : { sourceIds: args.instanceIdentifiers }),
          ...common,
        },
        options,
      );
    }
    for (const { suffix, description, pattern } of awsBackup ? BACKUP_EVENT_RULES : []) {
      const rule = new aws.cloudwatch.EventRule(
        `${name}-${suffix}`,
        { description, eventPattern: JSON.stringify(pattern), ...common },
        { parent: this },
      );
      // No role: SNS takes EventBridge by the topic's policy, and with a role an encrypted topic may get nothing.
      // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
      new aws.cloudwatch.EventTarget(`${name}-${suffix}-target`, { rule: rule.name, targetId: "topic", arn: topic.arn, ...place }, options);
    }
    for (const [index, { cluster, provenWithinDays }] of clusters.entries()) {
      const values = known.clusters.apply((list) => list[index] ?? withDefaults({ cluster }));
      const watch = { cluster, windowHours: values.runEveryHours, topics: [topic.arn], ...common };
      freshnessAlarm(this, `${name}-${cluster}-checked`, { metric: AgeMetric.NewestChecked, objectiveHours: values.rpoHours, ...watch });
      if (provenWithinDays === undefined) continue;
      const objectiveHours = pulumi.output(provenWithinDays).apply((days) => days * 24);
      freshnessAlarm(this, `${name}-${cluster}-proven`, { metric: AgeMetric.NewestProven, objectiveHours, ...watch });
    }

    this.topicArn = topic.arn;
    this.topicPolicy = topic.arn.apply(topicPolicy);
    this.kmsKeyArn = topic.keyArn;
    this.effectivePolicy = effectivePolicy;
    this.registerOutputs({ topicArn: this.topicArn, topicPolicy: this.topicPolicy, kmsKeyArn: this.kmsKeyArn, effectivePolicy });
  }
}

function withDefaults(given: { cluster: string; rpoHours?: number; provenWithinDays?: number; runEveryHours?: number }) {
  const { cluster, rpoHours = DEFAULT_RPO_HOURS, provenWithinDays, runEveryHours = rpoHours } = given;
  return { cluster, rpoHours, provenWithinDays, runEveryHours };
}
