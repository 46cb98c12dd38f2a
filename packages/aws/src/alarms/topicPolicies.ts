import { parseArn } from "@pgkeep/core";
import { policyDocument } from "../iam/policyDocument.js";

const EVENT_BRIDGE = "events.amazonaws.com";
const RDS_EVENTS = "events.rds.amazonaws.com";
const CLOUDWATCH = "cloudwatch.amazonaws.com";

/**
 * Who may publish to the topic: CloudWatch's alarms and RDS's events of the topic's account, and EventBridge, for which SNS supports no condition
 * ("You can't use Condition blocks in Amazon SNS topic policies for EventBridge"): what its rules match would be dropped without an error.
 */
export function topicPolicy(topicArn: string): string {
  const { partition, region, account } = placeOf(topicArn);
  const publish = { actions: ["sns:Publish"], resources: [topicArn] };
  return policyDocument([
    {
      sid: "CloudWatchAlarmsOfThisAccount",
      principal: { Service: CLOUDWATCH },
      ...publish,
      conditions: {
        StringEquals: { "aws:SourceAccount": account },
        ArnLike: { "aws:SourceArn": `arn:${partition}:cloudwatch:${region}:${account}:alarm:*` },
      },
    },
    // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.GrantingPermissions.html
    {
      sid: "RdsEventsOfThisAccount",
      principal: { Service: RDS_EVENTS },
      ...publish,
      conditions: { StringEquals: { "aws:SourceAccount": account } },
    },
    { sid: "EventBridge", principal: { Service: EVENT_BRIDGE }, ...publish },
    {
      sid: "NothingUnencrypted",
      effect: "Deny",
      principal: "*",
      ...publish,
      conditions: { Bool: { "aws:SecureTransport": "false" } },
      because: "it denies, and is meant for everybody",
    },
  ]);
}

/**
 * The policy of the topic's key. The account governs it by IAM, as with every key; the three services encrypt with it what they publish.
 * "Adding the aws:SourceAccount and aws:SourceArn to a AWS KMS policy is not supported for EventBridge-to-encrypted topics."
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export function topicKeyPolicy(keyArn: string): string {
  const { partition, account } = placeOf(keyArn);
  const own = { resources: ["*"], because: "in the policy of a key, * is this key" };
  const encrypt = { actions: ["kms:Decrypt", "kms:GenerateDataKey"], ...own };
  return policyDocument([
    {
      sid: "GovernedByIam",
      principal: { AWS: `arn:${partition}:iam::${account}:root` },
      actions: ["kms:*"],
      resources: ["*"],
      because: "in the policy of a key, * is this key; without the account's right to all of it, nobody could ever change the policy again",
    },
    {
      sid: "AlarmsAndRdsEventsOfThisAccount",
      principal: { Service: [CLOUDWATCH, RDS_EVENTS] },
      ...encrypt,
      conditions: { StringEquals: { "aws:SourceAccount": account } },
    },
    { sid: "EventBridge", principal: { Service: EVENT_BRIDGE }, ...encrypt },
  ]);
}

function placeOf(arn: string) {
  const parts = parseArn(arn);
  if (parts === undefined) throw new Error(`no ARN: ${arn}`);
  return parts;
}
