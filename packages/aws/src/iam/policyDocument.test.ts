import { describe, expect, it } from "vitest";
import { type PolicyStatement, policyDocument, serviceTrust, wildcards } from "./policyDocument.js";

const read: PolicyStatement = { sid: "Read", actions: ["s3:GetObject"], resources: ["arn:aws:s3:::backups/one"] };
const everything: PolicyStatement = { ...read, sid: "ReadAll", resources: ["arn:aws:s3:::backups/*"] };

describe("a policy document", () => {
  it("is IAM's JSON, without the reasons", () => {
    const conditions = { Bool: { "aws:SecureTransport": "false" } };
    expect(JSON.parse(policyDocument([read, { ...everything, effect: "Deny", conditions, because: "keys are not known ahead" }]))).toEqual({
      Version: "2012-10-17",
      Statement: [
        { Sid: "Read", Effect: "Allow", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::backups/one"] },
        { Sid: "ReadAll", Effect: "Deny", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::backups/*"], Condition: conditions },
      ],
    });
  });

  it.each<[string, PolicyStatement]>([
    ["of resources", everything],
    ["of actions", { ...read, actions: ["s3:Get*"] }],
    ["of principals", { ...read, principal: "*" }],
  ])("is refused with a wildcard %s and no reason", (_, statement) => {
    expect(() => policyDocument([read, statement])).toThrow(`a wildcard without a reason: ${statement.sid}`);
    expect(policyDocument([{ ...statement, because: "told here" }])).toContain('"Version"');
  });

  it("tells its wildcards with their reasons", () => {
    expect(wildcards([read, { ...everything, because: "keys" }])).toEqual([
      { sid: "ReadAll", wildcard: "arn:aws:s3:::backups/*", because: "keys" },
    ]);
  });

  it("trusts one service", () => {
    expect(JSON.parse(serviceTrust("Tasks", "ecs-tasks.amazonaws.com")).Statement).toEqual([
      { Sid: "Tasks", Effect: "Allow", Principal: { Service: "ecs-tasks.amazonaws.com" }, Action: ["sts:AssumeRole"] },
    ]);
  });
});
