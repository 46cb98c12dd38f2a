import { parseDeadline } from "@pgkeep/core";
import { describe, expect, it } from "vitest";
import { policyDocument, wildcards } from "../iam/policyDocument.js";
import { type RestoreRoleNeeds, restoreRoleStatements } from "./restoreRoleStatements.js";
import { completedPattern, drillOverride, drillStatements, queueStatements, startStatements } from "./validationStatements.js";

const place = "eu-central-1:123456789012";
const tested = `arn:aws:rds:${place}:db:awsbackup-restore-test*`;
const needs: RestoreRoleNeeds = { vaultArn: `arn:aws:backup:${place}:backup-vault:shop`, continuous: true, keyArns: undefined };
const here = { partition: "aws", region: "eu-central-1", account: "123456789012" };
const definition = `arn:aws:ecs:${place}:task-definition/drill`;

describe("the role that AWS Backup restores in", () => {
  it("deletes and tags nothing but test instances", () => {
    const deleting = restoreRoleStatements(needs).filter(({ actions }) => actions.some((action) => /Delete|AddTags/.test(action)));
    expect(deleting.flatMap(({ resources }) => resources)).toEqual([tested]);
  });

  it("changes no instance, hands on no role, and reads no data", () => {
    const all = restoreRoleStatements(needs).flatMap(({ actions }) => actions);
    expect(all.filter((action) => /Modify|PassRole|kms:Decrypt|Reboot|Stop/.test(action))).toEqual([]);
  });

  it("restores to a point in time only where continuous backups are tested", () => {
    const sids = restoreRoleStatements({ ...needs, continuous: false }).map(({ sid }) => sid);
    expect(sids).not.toContain("RestoreToPointInTime");
  });

  it("uses the keys named alone, for RDS", () => {
    const key = `arn:aws:kms:${place}:key/1`;
    const using = restoreRoleStatements({ ...needs, keyArns: [key] }).filter(({ actions }) => actions.join().includes("kms:"));
    expect(using.flatMap(({ resources }) => resources)).toEqual([key, key]);
    expect(using.at(-1)?.conditions).toEqual({ Bool: { "kms:GrantIsForAWSResource": "true" } });
  });

  it("has every wildcard explained", () => expect(() => policyDocument(restoreRoleStatements(needs))).not.toThrow());
});

describe("the drill's own rights", () => {
  it("are a new password of what carries AWS Backup's tag, and its verdict", () => {
    const statements = drillStatements(here);
    expect(statements.find(({ sid }) => sid === "SetNewPassword")).toMatchObject({
      actions: ["rds:ModifyDBInstance"],
      resources: [tested],
      conditions: { Null: { "aws:ResourceTag/awsbackup-restore-test": "false" } },
    });
    expect(statements.flatMap(({ actions }) => actions)).toEqual([
      "rds:DescribeDBInstances",
      "rds:ModifyDBInstance",
      "backup:DescribeRestoreJob",
      "backup:PutRestoreValidationResult",
    ]);
    expect(wildcards(statements).map(({ sid, wildcard }) => `${sid} ${wildcard}`)).toEqual([
      `FindTestInstance ${tested}`,
      `SetNewPassword ${tested}`,
      "TellVerdict *",
    ]);
    expect(() => policyDocument(statements)).not.toThrow();
  });
});

it.each([
  [1, "30m"],
  [12, "690m"],
  [168, "10050m"],
])("a drill in a window of %d h ends half an hour before it, in a time that the agent takes", (hours, expected) => {
  expect(drillOverride("pgkeep", hours).inputTemplate).toContain(`"--deadline","${expected}"`);
  expect(parseDeadline(expected)).toBeGreaterThan(0);
});

describe("what EventBridge may do and when", () => {
  it("starts this task in this cluster, with these roles", () => {
    const statements = startStatements({
      taskDefinitionArnWithoutRevision: definition,
      taskRoleArn: "task",
      executionRoleArn: "execution",
      clusterArn: "c",
    });
    expect(statements.map(({ actions, resources, conditions }) => ({ actions, resources, conditions }))).toEqual([
      { actions: ["ecs:RunTask"], resources: [`${definition}:*`], conditions: { ArnEquals: { "ecs:cluster": "c" } } },
      {
        actions: ["iam:PassRole"],
        resources: ["task", "execution"],
        conditions: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
      },
    ]);
    expect(() => policyDocument([...statements, ...queueStatements("queue", "rule")])).not.toThrow();
  });

  it("takes completed restore jobs of this plan, and no others", () =>
    expect(JSON.parse(completedPattern("plan"))).toEqual({
      source: ["aws.backup"],
      "detail-type": ["Restore Job State Change"],
      detail: { status: ["COMPLETED"], resourceType: ["RDS"], restoreTestingPlanArn: ["plan"] },
    }));

  it("overrides the command with the job and the instance of the event", () => {
    const { inputPaths, inputTemplate } = drillOverride("pgkeep", 12);
    const event = { restoreJobId: "9F1B5D3C", createdResourceArn: "arn:aws:rds:eu-central-1:123456789012:db:awsbackup-restore-test-1" };
    // As EventBridge does it: a value takes the place of its name in angle brackets, as JSON.
    const filled = Object.entries(inputPaths).reduce(
      (text, [name, path]) => text.replace(`<${name}>`, JSON.stringify(event[path.replace("$.detail.", "") as keyof typeof event])),
      inputTemplate,
    );
    expect(JSON.parse(filled)).toEqual({
      containerOverrides: [
        {
          name: "pgkeep",
          command: [
            "drill",
            "--physical",
            "--restore-job",
            event.restoreJobId,
            "--restored-arn",
            event.createdResourceArn,
            "--deadline",
            "690m",
          ],
        },
      ],
    });
  });
});
