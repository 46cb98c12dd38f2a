import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { BackupAlarmsArgs } from "./BackupAlarmsArgs.js";
import { topicKeyPolicy, topicPolicy } from "./topicPolicies.js";

/** Where alarms are published. */
export interface AlarmTopic {
  arn: pulumi.Output<string>;
  /** The key of a topic of its own. */
  keyArn: pulumi.Output<string | undefined>;
  /** What publishes to the topic waits for these: RDS tries it when a subscription is made. */
  ready: pulumi.Resource[];
}

/** A topic of its own, with the key and the policies that let the services publish to it. */
export function alarmTopic(
  parent: pulumi.ComponentResource,
  name: string,
  { kmsKeyArn, protect = true, tags }: BackupAlarmsArgs,
  place: { region?: pulumi.Input<string> },
): AlarmTopic {
  const common = { ...place, ...(tags === undefined ? {} : { tags }) };
  const key =
    kmsKeyArn === undefined
      ? new aws.kms.Key(
          `${name}-key`,
          { description: "Messages of pgkeep's backup alarms", enableKeyRotation: true, deletionWindowInDays: 30, ...common },
          { parent, protect },
        )
      : undefined;
  const topic = new aws.sns.Topic(
    `${name}-topic`,
    { displayName: "Backup alarms", signatureVersion: 2, kmsMasterKeyId: key?.arn ?? kmsKeyArn, ...common },
    { parent, protect },
  );
  const policy = new aws.sns.TopicPolicy(
    `${name}-topic-policy`,
    { arn: topic.arn, policy: topic.arn.apply(topicPolicy), ...place },
    { parent },
  );
  // After the key, because the account is read from its ARN: nothing here looks anything up.
  const keyPolicy =
    key && new aws.kms.KeyPolicy(`${name}-key-policy`, { keyId: key.keyId, policy: key.arn.apply(topicKeyPolicy), ...place }, { parent });
  return { arn: topic.arn, keyArn: pulumi.output(key?.arn ?? kmsKeyArn), ready: [policy, ...(keyPolicy === undefined ? [] : [keyPolicy])] };
}
