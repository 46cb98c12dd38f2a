import { secretJsonKey } from "@pgkeep/core";
import { describe, expect, it } from "vitest";
import { executionStatements } from "../../packages/aws/src/agentTask/executionPolicy.js";
import { policyDocument } from "../../packages/aws/src/iam/policyDocument.js";
import { connectStatements, schedulerStatements } from "../../packages/aws/src/scheduledDump/dumpStatements.js";
import { IMAGE, PLACE } from "../support/dumpArguments.js";
import { isAllowed, type PolicedRequest } from "../support/iamEvaluator.js";

const ask = (action: string, resource: string, context?: PolicedRequest["context"]): PolicedRequest => ({
  action,
  resource,
  ...(context === undefined ? {} : { context }),
});
const table = (identity: string, allowed: [string, PolicedRequest][], denied: [string, PolicedRequest][]) => {
  it.each(allowed)("may %s", async (_, request) => expect(await isAllowed(request, { identity })).toBe(true));
  it.each(denied)("may not %s", async (_, request) => expect(await isAllowed(request, { identity })).toBe(false));
};

const cluster = { "ecs:cluster": `arn:aws:ecs:${PLACE}:cluster/pgkeep` };
const definition = `arn:aws:ecs:${PLACE}:task-definition/shop-dump`;
const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
const toTasks = { "iam:PassedToService": "ecs-tasks.amazonaws.com" };
const queue = `arn:aws:sqs:${PLACE}:undelivered`;

/** Evaluated by `@cloud-copilot/iam-simulate`, which knows what IAM knows of each action: no AWS is asked. */
describe("EventBridge Scheduler", () => {
  const task = { taskDefinitionArnWithoutRevision: definition, taskRoleArn: role("task"), executionRoleArn: role("execution") };
  table(
    policyDocument(schedulerStatements([task], cluster["ecs:cluster"], queue)),
    [
      ["start the task, of whatever revision", ask("ecs:RunTask", `${definition}:7`, cluster)],
      ["give it its roles", ask("iam:PassRole", role("task"), toTasks)],
      ["leave what it could not start", ask("sqs:SendMessage", queue)],
    ],
    [
      ["start another task", ask("ecs:RunTask", `${definition}-of-others:1`, cluster)],
      ["start it in another cluster", ask("ecs:RunTask", `${definition}:7`, { "ecs:cluster": `arn:aws:ecs:${PLACE}:cluster/other` })],
      ["give it another role", ask("iam:PassRole", role("administrator"), toTasks)],
      ["give its role to another service", ask("iam:PassRole", role("task"), { "iam:PassedToService": "lambda.amazonaws.com" })],
      ["stop a task", ask("ecs:StopTask", `arn:aws:ecs:${PLACE}:task/pgkeep/1a2b`, cluster)],
      ["read the queue", ask("sqs:ReceiveMessage", queue)],
    ],
  );
});

describe("ECS, before the task runs", () => {
  const secret = (name: string) => `arn:aws:secretsmanager:${PLACE}:secret:${name}`;
  const parameter = (name: string) => `arn:aws:ssm:${PLACE}:parameter/${name}`;
  const key = `arn:aws:kms:${PLACE}:key/11111111-2222-3333-4444-555555555555`;
  const log = `arn:aws:logs:${PLACE}:log-group:dump`;
  const repository = `arn:aws:ecr:${PLACE}:repository/pgkeep`;
  const secrets = [secretJsonKey(secret("shop/dump-AbCdEf"), "password"), parameter("shop/signing-key")];
  table(
    policyDocument(executionStatements({ image: IMAGE, logGroupArn: log, secrets, keyArns: [key] })),
    [
      ["enter the registry", ask("ecr:GetAuthorizationToken", "*")],
      ["pull the image", ask("ecr:BatchGetImage", repository)],
      ["read the secret", ask("secretsmanager:GetSecretValue", secret("shop/dump-AbCdEf"))],
      ["read the parameter", ask("ssm:GetParameters", parameter("shop/signing-key"))],
      ["write the log", ask("logs:PutLogEvents", `${log}:log-stream:pgkeep/pgkeep/1a2b`)],
    ],
    [
      ["pull another image", ask("ecr:BatchGetImage", `arn:aws:ecr:${PLACE}:repository/other`)],
      ["push one", ask("ecr:PutImage", repository)],
      ["read another secret", ask("secretsmanager:GetSecretValue", secret("shop/admin-AbCdEf"))],
      ["change the secret", ask("secretsmanager:PutSecretValue", secret("shop/dump-AbCdEf"))],
      ["read another parameter", ask("ssm:GetParameters", parameter("shop/signing-key-of-others"))],
      ["write another log", ask("logs:PutLogEvents", `arn:aws:logs:${PLACE}:log-group:dump-of-others:log-stream:pgkeep/1`)],
      ["delete the log", ask("logs:DeleteLogGroup", log)],
      ["sign in to the database", ask("rds-db:connect", `arn:aws:rds-db:${PLACE}:dbuser:db-ABC/pgkeep_dump`)],
    ],
  );
});

describe("the task, where it signs in by IAM", () => {
  const user = (instance: string, name: string) => `arn:aws:rds-db:${PLACE}:dbuser:${instance}/${name}`;
  const place = { partition: "aws", service: "logs", region: "eu-central-1", account: "123456789012", resource: "" };
  table(
    policyDocument(connectStatements(place, "db-ABC", "pgkeep_dump")),
    [["sign in as its role", ask("rds-db:connect", user("db-ABC", "pgkeep_dump"))]],
    [
      ["sign in as another", ask("rds-db:connect", user("db-ABC", "postgres"))],
      ["sign in as one whose name begins the same", ask("rds-db:connect", user("db-ABC", "pgkeep_dump_admin"))],
      ["sign in elsewhere", ask("rds-db:connect", user("db-DEF", "pgkeep_dump"))],
      ["change the instance", ask("rds:ModifyDBInstance", `arn:aws:rds:${PLACE}:db:shop`)],
    ],
  );
});
