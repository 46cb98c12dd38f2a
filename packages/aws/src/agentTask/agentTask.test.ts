import { argumentProblems, secretJsonKey } from "@pgkeep/core";
import { describe, expect, it } from "vitest";
import { wildcards } from "../iam/policyDocument.js";
import type { AgentTaskArgs } from "./AgentTaskArgs.js";
import { agentTaskProblems, takenNameProblems } from "./agentTaskProblems.js";
import { agentTaskSchema } from "./agentTaskSchema.js";
import { containerDefinitions } from "./containerDefinitions.js";
import { describeAgentTask } from "./describeAgentTask.js";
import { executionStatements } from "./executionPolicy.js";
import { knownTaskProblems } from "./knownTaskProblems.js";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;
const image = `123456789012.dkr.ecr.eu-central-1.amazonaws.com/pgkeep@${digest}`;
const secret = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:rds!db-1a2b-AbCdEf";
const parameter = "arn:aws:ssm:eu-central-1:123456789012:parameter/shop/signing-key";
const group = "arn:aws:logs:eu-central-1:123456789012:log-group:dump";
const network = { subnetIds: ["subnet-1"], vpcId: "vpc-1", databaseSecurityGroupId: "sg-database" };
const task: AgentTaskArgs = { image, network };

const problemsOf = (changes: object) => {
  const args = { ...task, ...changes } as AgentTaskArgs;
  const { problems, wellFormed } = argumentProblems(agentTaskSchema, args);
  return [...problems, ...(wellFormed ? agentTaskProblems(args, "task") : [])];
};

describe("the arguments of a task", () => {
  it("are good as they are, with every one of them too", () => {
    expect(problemsOf({})).toEqual([]);
    expect(
      problemsOf({
        cpu: 256,
        memory: 512,
        ephemeralStorage: 21,
        architecture: "ARM64",
        platformVersion: "LATEST",
        user: "10001",
        stopTimeout: 2,
        environment: { PGKEEP_BY: "the dump of the shop" },
        secrets: { PGKEEP_SIGNING_KEY: parameter },
        secretKeyArns: ["arn:aws:kms:eu-central-1:123456789012:key/1a2b"],
        logs: { retentionDays: 1 },
        network: { ...network, allowInDatabaseGroup: true, httpsPrefixListIds: ["pl-1"] },
      }),
    ).toEqual([]);
  });

  it.each<[string, object, string, string | RegExp]>([
    ["a tag", { image: "ghcr.io/pgkeep/agent:latest" }, "image", /a tag may mean another image tomorrow/],
    ["CPU units that there are not", { cpu: 1000 }, "cpu", ""],
    ["memory that these CPU units have not", { cpu: 256, memory: 4096 }, "task.memory", /no tasks of 256 CPU units/],
    ["storage below the least", { ephemeralStorage: 20 }, "ephemeralStorage", /too small/],
    ["storage above the most", { ephemeralStorage: 201 }, "ephemeralStorage", /too large/],
    ["a stop below the least", { stopTimeout: 1 }, "stopTimeout", /too small/],
    ["a stop above the most", { stopTimeout: 121 }, "stopTimeout", /too large/],
    ["root", { user: "0:65532" }, "user", /this is root/],
    ["root in other words", { user: "000" }, "user", /this is root/],
    ["a user by name", { user: "nobody" }, "user", /no user by its number/],
    ["a secret among the variables", { environment: { PGPASSWORD: "hunter2" } }, "environment.PGPASSWORD", /holds a secret/],
    [
      "a copy's secret among the variables",
      { environment: { PGKEEP_COPY_A_PGPASSWORD: "hunter2" } },
      "environment.PGKEEP_COPY_A_PGPASSWORD",
      "",
    ],
    ["an empty variable", { environment: { PGKEEP_BY: "" } }, "environment.PGKEEP_BY", /empty/],
    ["no name of a variable", { environment: { "A B": "x" } }, 'environment["A B"]', /no name/],
    ["a secret itself in place of its ARN", { secrets: { PGPASSWORD: "hunter2" } }, "secrets.PGPASSWORD", /names neither/],
    ["one name twice", { environment: { A: "x" }, secrets: { A: secret } }, "task.environment.A", /among the secrets, too/],
    ["a key of another service", { secretKeyArns: [secret] }, "secretKeyArns[0]", /no ARN of kms/],
    ["days that CloudWatch has not", { logs: { retentionDays: 2 } }, "logs.retentionDays", /certain numbers/],
    ["retention of a group given", { logs: { groupArn: group, retentionDays: 7 } }, "task.logs.retentionDays", /owner's/],
    ["no subnets", { network: { ...network, subnetIds: [] } }, "network.subnetIds", /empty/],
    ["no VPC", { network: { subnetIds: ["s"], databaseCidr: "10.0.0.0/8" } }, "task.network.vpcId", /missing/],
    ["no database", { network: { subnetIds: ["s"], vpcId: "v" } }, "task.network.databaseSecurityGroupId", /nothing but what is named/],
    ["two databases", { network: { ...network, databaseCidr: "10.0.0.0/8" } }, "task.network.databaseCidr", /named already/],
    ["no range", { network: { subnetIds: ["s"], vpcId: "v", databaseCidr: "10.0.0.300/8" } }, "network.databaseCidr", /no IPv4 range/],
    ["a group and its rules", { network: { subnetIds: ["s"], securityGroupId: "g", vpcId: "v" } }, "task.network.vpcId", /owner's/],
    [
      "no group to let it in",
      { network: { subnetIds: ["s"], securityGroupId: "g", allowInDatabaseGroup: true } },
      "task.network.allowInDatabaseGroup",
      /no group/,
    ],
  ])("refuse %s", (_, changes, where, reason) => {
    const problems = problemsOf(changes);
    expect(problems.map((problem) => problem.where)).toEqual([where]);
    expect(problems[0]?.reason).toMatch(reason);
    expect(JSON.stringify(problems)).not.toContain("hunter2");
  });

  it("leave the component's own variables alone", () => {
    const given = { ...task, environment: { PGKEEP_SLOT: "x" }, secrets: { PGPASSWORD: secret } };
    const problems = takenNameProblems(given, "task", ["PGKEEP_SLOT", "PGPASSWORD"], "use `database`");
    expect(problems.map(({ where }) => where)).toEqual(["task.environment.PGKEEP_SLOT", "task.secrets.PGPASSWORD"]);
  });

  it("are judged again where they came as Outputs", () => {
    expect(knownTaskProblems({ image, cpu: 1024, memory: 2048, secrets: { A: secret } }, "task")).toEqual([]);
    const wrong = knownTaskProblems({ image: "agent:1", cpu: 1024, memory: 512, secrets: { PGPASSWORD: "hunter2" } }, "task");
    expect(wrong.map(({ where }) => where)).toEqual(["task.image", "task.memory", "task.secrets.PGPASSWORD"]);
    expect(JSON.stringify(wrong)).not.toContain("hunter2");
  });
});

describe("the execution role", () => {
  const needs = { image, logGroupArn: group, secrets: [secretJsonKey(secret, "password"), secret, parameter], keyArns: [] };

  it("reads the secrets named and nothing else, and pulls one image", () => {
    expect(executionStatements(needs)).toEqual([
      expect.objectContaining({ sid: "EnterRegistry", resources: ["*"] }),
      expect.objectContaining({ sid: "PullImage", resources: ["arn:aws:ecr:eu-central-1:123456789012:repository/pgkeep"] }),
      expect.objectContaining({ sid: "WriteLog", resources: [`${group}:*`] }),
      { sid: "ReadSecrets", actions: ["secretsmanager:GetSecretValue"], resources: [secret] },
      { sid: "ReadParameters", actions: ["ssm:GetParameters"], resources: [parameter] },
    ]);
  });

  it("decrypts by the keys named, and only as those services ask", () => {
    const key = "arn:aws:kms:eu-central-1:123456789012:key/1a2b";
    expect(executionStatements({ ...needs, keyArns: [key, key] }).at(-1)).toEqual({
      sid: "DecryptSecrets",
      actions: ["kms:Decrypt"],
      resources: [key],
      conditions: {
        StringEquals: { "kms:ViaService": ["secretsmanager.eu-central-1.amazonaws.com", "ssm.eu-central-1.amazonaws.com"] },
      },
    });
  });

  it("asks ECR for nothing where the image is elsewhere", () => {
    const statements = executionStatements({ image: `ghcr.io/pgkeep/agent@${digest}`, logGroupArn: group, secrets: [], keyArns: [] });
    expect(statements.map(({ sid }) => sid)).toEqual(["WriteLog"]);
  });

  it("has no wildcard without a reason", () => {
    expect(wildcards(executionStatements(needs)).map(({ sid, because }) => [sid, (because ?? "").length > 20])).toEqual([
      ["EnterRegistry", true],
      ["WriteLog", true],
    ]);
  });
});

it("the container can write nothing but /tmp, and has its variables in one order", () => {
  const [container] = JSON.parse(
    containerDefinitions({
      image,
      command: ["backup"],
      user: "65532:65532",
      stopTimeout: 120,
      environment: { Z: "1", A: "2", HOME: "/elsewhere" },
      secrets: { PGPASSWORD: secretJsonKey(secret, "password") },
      logGroupName: "dump",
      region: "eu-central-1",
    }),
  ) as Record<string, unknown>[];
  expect(container).toMatchObject({
    command: ["backup"],
    user: "65532:65532",
    readonlyRootFilesystem: true,
    linuxParameters: { capabilities: { drop: ["ALL"] } },
    mountPoints: [{ sourceVolume: "tmp", containerPath: "/tmp", readOnly: false }],
    environment: [
      { name: "A", value: "2" },
      { name: "HOME", value: "/elsewhere" },
      { name: "TMPDIR", value: "/tmp" },
      { name: "Z", value: "1" },
    ],
    secrets: [{ name: "PGPASSWORD", valueFrom: `${secret}:password::` }],
  });
});

it("a task in words says which endpoints its subnets need", () => {
  const described = {
    image,
    cpu: 1024,
    memory: 2048,
    architecture: "X86_64",
    platformVersion: "1.4.0",
    user: "65532:65532",
    secrets: [secret, parameter],
    databasePort: 5432,
    database: "sg-database",
    https: ["everywhere"],
    retentionDays: 90,
  };
  expect(describeAgentTask(described)).toEqual([
    `image ${image}`,
    "Fargate 1.4.0, X86_64, 1024 CPU units, 2048 MiB; user 65532:65532, nothing writable but /tmp",
    "no public IP: the subnets need a NAT gateway, or endpoints for s3, logs, ecr.api, ecr.dkr, secretsmanager, ssm",
    "network: nothing comes in; out to PostgreSQL (port 5432, sg-database) and HTTPS (everywhere)",
    "log: kept 90 days",
  ]);
  const given = { ...described, image: `ghcr.io/pgkeep/agent@${digest}`, secrets: [], database: undefined, retentionDays: undefined };
  expect(describeAgentTask(given).slice(2)).toEqual([
    "no public IP: the subnets need a NAT gateway, or endpoints for s3, logs",
    "network: the rules of the security group given",
    "log: in the group given",
  ]);
});
