import { describe, expect, test } from "vitest";
import { topicKeyPolicy, topicPolicy } from "./topicPolicies.js";

interface Statement {
  Sid: string;
  Effect: string;
  Principal: unknown;
  Action: string[];
  Resource: string[];
  Condition?: unknown;
}
const statements = (policy: string) => JSON.parse(policy).Statement as Statement[];
const topicArn = "arn:aws:sns:eu-central-1:123456789012:ops";
const keyArn = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";

describe("the topic's policy", () => {
  test("lets three services publish, and nobody by plain HTTP", () => {
    expect(
      statements(topicPolicy(topicArn)).map(({ Effect, Principal, Action, Resource }) => ({ Effect, Principal, Action, Resource })),
    ).toEqual(
      [
        ["Allow", { Service: "cloudwatch.amazonaws.com" }],
        ["Allow", { Service: "events.rds.amazonaws.com" }],
        ["Allow", { Service: "events.amazonaws.com" }],
        ["Deny", "*"],
      ].map(([Effect, Principal]) => ({ Effect, Principal, Action: ["sns:Publish"], Resource: [topicArn] })),
    );
  });

  test("lets alarms and RDS publish of this account only, and sets EventBridge no condition, for SNS supports none", () => {
    const conditions = Object.fromEntries(statements(topicPolicy(topicArn)).map(({ Sid, Condition }) => [Sid, Condition]));
    expect(conditions).toMatchObject({
      CloudWatchAlarmsOfThisAccount: {
        StringEquals: { "aws:SourceAccount": "123456789012" },
        ArnLike: { "aws:SourceArn": "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:*" },
      },
      RdsEventsOfThisAccount: { StringEquals: { "aws:SourceAccount": "123456789012" } },
    });
    expect(conditions.EventBridge).toBeUndefined();
  });
});

describe("the key's policy", () => {
  test("lets the same services encrypt, which the key alias/aws/sns does not", () => {
    const encrypting = statements(topicKeyPolicy(keyArn)).filter(({ Action }) => Action.includes("kms:GenerateDataKey"));
    expect(encrypting.map(({ Principal, Action, Condition }) => ({ Principal, Action, Condition }))).toEqual([
      {
        Principal: { Service: ["cloudwatch.amazonaws.com", "events.rds.amazonaws.com"] },
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
      },
      { Principal: { Service: "events.amazonaws.com" }, Action: ["kms:Decrypt", "kms:GenerateDataKey"] },
    ]);
  });

  test("leaves its government to the account, of every partition", () => {
    const [first] = statements(topicKeyPolicy(keyArn.replace("arn:aws:", "arn:aws-cn:")));
    expect(first).toMatchObject({ Principal: { AWS: "arn:aws-cn:iam::123456789012:root" }, Action: ["kms:*"] });
  });
});
