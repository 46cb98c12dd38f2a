import { runSimulation } from "@cloud-copilot/iam-simulate";
import { describe, expect, it } from "vitest";
import { topicPolicy } from "../../packages/aws/src/alarms/topicPolicies.js";
import { prunerPolicy } from "../../packages/aws/src/snapshots/prunerPolicy.js";
import { isAllowed } from "../support/iamEvaluator.js";

/* Evaluated by @cloud-copilot/iam-simulate, which is no part of AWS: see test/support/iamEvaluator.ts. */

const snapshot = "arn:aws:rds:eu-central-1:123456789012:snapshot:orders-pre-deploy-4f2c1e9-9f3a0c71";
const topic = "arn:aws:sns:eu-central-1:123456789012:ops";

describe("who prunes the snapshots of a series", () => {
  const identity = prunerPolicy({ partition: "aws", region: "eu-central-1", account: "123456789012", identifier: "orders" }, "orders");
  const may = (action: string, resource: string, tags: Record<string, string> = {}) => {
    const context = Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value]));
    return isAllowed({ action, resource, context }, { identity });
  };

  it("removes those that bear its tag", async () => {
    expect(await may("rds:DeleteDBSnapshot", snapshot, { "pgkeep:pre-deploy": "orders" })).toBe(true);
    expect(await may("rds:DescribeDBSnapshots", snapshot)).toBe(true);
  });

  it.each([
    ["of another series", "rds:DeleteDBSnapshot", snapshot, { "pgkeep:pre-deploy": "billing" }],
    ["without the tag", "rds:DeleteDBSnapshot", snapshot, {}],
    ["of another Region", "rds:DeleteDBSnapshot", snapshot.replace("eu-central-1", "eu-west-1"), { "pgkeep:pre-deploy": "orders" }],
  ])("removes none %s", async (_, action, resource, tags) => expect(await may(action, resource, tags)).toBe(false));

  it.each(["rds:ModifyDBSnapshotAttribute", "rds:AddTagsToResource", "rds:RestoreDBInstanceFromDBSnapshot", "rds:CopyDBSnapshot"])(
    "does nothing else to a snapshot: %s",
    async (action) => expect(await may(action, snapshot, { "pgkeep:pre-deploy": "orders" })).toBe(false),
  );

  it("never touches an instance", async () => {
    expect(await may("rds:DeleteDBInstance", "arn:aws:rds:eu-central-1:123456789012:db:orders", { "pgkeep:pre-deploy": "orders" })).toBe(
      false,
    );
  });
});

describe("who publishes to the topic of the alarms", () => {
  const publishes = async (principal: string, contextVariables: Record<string, string> = {}) => {
    const answer = await runSimulation(
      {
        request: {
          principal,
          action: "sns:Publish",
          resource: { resource: topic, accountId: "123456789012" },
          contextVariables: { "aws:SecureTransport": "true", ...contextVariables },
        },
        identityPolicies: [],
        serviceControlPolicies: [],
        resourceControlPolicies: [],
        resourcePolicy: JSON.parse(topicPolicy(topic)),
      },
      {},
    );
    if (answer.resultType !== "single") throw new Error(JSON.stringify(answer));
    return answer.overallResult === "Allowed";
  };
  const alarm = (account: string) => ({
    "aws:SourceAccount": account,
    "aws:SourceArn": `arn:aws:cloudwatch:eu-central-1:${account}:alarm:orders-shop-checked`,
  });

  it("alarms and RDS events of the account, and rules of EventBridge, which tells of no account", async () => {
    expect(await publishes("cloudwatch.amazonaws.com", alarm("123456789012"))).toBe(true);
    expect(await publishes("events.rds.amazonaws.com", { "aws:SourceAccount": "123456789012" })).toBe(true);
    expect(await publishes("events.amazonaws.com")).toBe(true);
  });

  it("not those of another account, no other service, nobody by plain HTTP", async () => {
    expect(await publishes("cloudwatch.amazonaws.com", alarm("210987654321"))).toBe(false);
    expect(await publishes("events.rds.amazonaws.com", { "aws:SourceAccount": "210987654321" })).toBe(false);
    expect(await publishes("s3.amazonaws.com", { "aws:SourceAccount": "123456789012" })).toBe(false);
    expect(await publishes("arn:aws:iam::210987654321:role/stranger")).toBe(false);
    expect(await publishes("events.amazonaws.com", { "aws:SecureTransport": "false" })).toBe(false);
  });
});
