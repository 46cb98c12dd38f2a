import { parseAgentConfig } from "@pgkeep/core";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { wildcards } from "../iam/policyDocument.js";
import { configurationProblems, configurationTree, knownConfiguration } from "./dumpConfiguration.js";
import { dumpProblems } from "./dumpProblems.js";
import { connectStatements, schedulerStatements } from "./dumpStatements.js";
import { dumpTimes, freshnessProblems, usualFreshnessHours } from "./dumpTimes.js";
import type { ScheduledDumpArgs } from "./ScheduledDumpArgs.js";
import { stoppedTaskPattern } from "./stoppedTaskPattern.js";

const place = "eu-central-1:123456789012";
const policy = JSON.stringify({ Version: "2012-10-17", Statement: [] });
const args: ScheduledDumpArgs = {
  cluster: "shop",
  databases: ["core", "backend"],
  server: {
    host: "shop.abc.eu-central-1.rds.amazonaws.com",
    username: "pgkeep_dump",
    passwordSecretArn: `arn:aws:secretsmanager:${place}:secret:dump-AbCdEf`,
  },
  store: { url: "s3://shop-backups", writerPolicy: policy },
  schedule: "0 2 * * *",
  task: {
    image: `ghcr.io/pgkeep/agent@sha256:${"0".repeat(64)}`,
    network: { vpcId: "vpc-1", subnetIds: ["subnet-1"], databaseSecurityGroupId: "sg-1" },
  },
};
const { passwordSecretArn: _, ...withoutPassword } = args.server;
const byIam = { ...withoutPassword, iamAuthentication: true, resourceId: "db-ABC" };

describe("the arguments of a dump", () => {
  it("are good as they are, and with a login by IAM", () => {
    expect(dumpProblems(args)).toEqual([]);
    expect(dumpProblems({ ...args, server: byIam })).toEqual([]);
  });

  it.each<[string, object, string, RegExp]>([
    ["a cluster that can be no folder", { cluster: "Shop" }, "cluster", /cannot name a cluster/],
    ["no databases", { databases: [] }, "databases", /./],
    ["no recipients, which would be taken for encryption", { encryptionRecipients: [] }, "encryptionRecipients", /./],
    ["a database twice", { databases: ["core", "core"] }, "databases[1]", /each database once/],
    ["a store that is no bucket", { store: { ...args.store, url: "file:///srv" } }, "store.url", /no store but a bucket/],
    ["a bucket of no possible name", { store: { ...args.store, url: "s3://Shop" } }, "store.url", /./],
    ["a policy that is none", { store: { ...args.store, writerPolicy: "writer" } }, "store.writerPolicy", /no IAM policy in JSON/],
    ["a document that is no policy", { store: { ...args.store, writerPolicy: "{}" } }, "store.writerPolicy", /no Statement/],
    ["no cron", { schedule: "daily" }, "schedule", /./],
    ["two days at once", { schedule: "0 2 1 * MON" }, "schedule", /day of the month or a day of the week/],
    ["no time zone", { timeZone: "Berlin" }, "timeZone", /no such time zone/],
    ["once a week, which no alarm can watch", { schedule: "0 2 * * SUN" }, "schedule", /looks back 7 days/],
    ["an alarm that fires between two good runs", { freshnessHours: 24 }, "freshnessHours", /between good ones/],
    ["an alarm beyond 7 days", { freshnessHours: 169 }, "freshnessHours", /7 days/],
    ["a deadline that is none", { deadline: "soon" }, "deadline", /no time that a run may take/],
    ["a deadline below the least", { deadline: "999ms" }, "deadline", /no time/],
    ["a deadline above the most", { deadline: "8d" }, "deadline", /no time/],
    ["no way to sign in", { server: withoutPassword }, "server.passwordSecretArn", /nothing says how/],
    ["two ways to sign in", { server: { ...args.server, ...byIam } }, "server.passwordSecretArn", /two ways/],
    ["IAM without an id", { server: { ...byIam, resourceId: undefined } }, "server.resourceId", /names the instance/],
    ["an identifier in place of the id", { server: { ...byIam, resourceId: "shop" } }, "server.resourceId", /another thing/],
    ["an id without IAM", { server: { ...args.server, resourceId: "db-ABC" } }, "server.resourceId", /only iamAuthentication/],
    ["a role that a policy reads as a pattern", { server: { ...byIam, username: "dump*" } }, "server.username", /pattern/],
    ["a token without a check of who gets it", { server: { ...byIam, sslMode: "require" } }, "server.sslMode", /clear-text/],
    ["the password itself", { server: { ...args.server, passwordSecretArn: "hunter2" } }, "server.passwordSecretArn", /no ARN/],
    ["a private age key", { encryptionRecipients: ["AGE-SECRET-KEY-1HUNTER2"] }, "encryptionRecipients[0]", /./],
    ["retention without a policy", { retentionSchedule: "0 6 * * *" }, "retentionSchedule", /nothing says what may go/],
    ["a retention without a rule", { retention: {} }, "retention", /names no rule/],
    ["a wait that is none", { dump: { snapshotTimeout: "soon" } }, "dump.snapshotTimeout", /no(t a)? duration/],
    [
      "a variable that the component gives",
      { task: { ...args.task, environment: { PGKEEP_SLOT: "x" } } },
      "task.environment.PGKEEP_SLOT",
      /itself/,
    ],
    ["a cluster of another service", { ecsClusterArn: `arn:aws:rds:${place}:cluster:x` }, "ecsClusterArn", /no ARN of ecs/],
    ["an argument that there is not", { color: "red" }, "color", /no such argument/],
  ])("refuse %s", (_name, changes, where, reason) => {
    const problems = dumpProblems({ ...args, ...changes } as ScheduledDumpArgs);
    expect(problems.map((problem) => problem.where)).toContain(where);
    expect(problems.find((problem) => problem.where === where)?.reason).toMatch(reason);
    expect(JSON.stringify(problems)).not.toMatch(/hunter2/i);
  });

  it("refuse retention by a task that has no right to it, and where the bucket does it", () => {
    const retention = { preset: "production", enforcedBy: "lifecycle" };
    const problems = dumpProblems({ ...args, retention, retentionSchedule: "0 6 * * *" } as ScheduledDumpArgs);
    expect(problems.map(({ where }) => where)).toEqual(["retentionSchedule", "store.prunerPolicy"]);
  });

  it("let an alarm be given or turned off within the bounds", () => {
    for (const freshnessHours of [0, 25, 26, 168]) expect(dumpProblems({ ...args, freshnessHours }), `${freshnessHours}`).toEqual([]);
    expect(dumpProblems({ ...args, schedule: "0 2 * * SUN", freshnessHours: 0 })).toEqual([]);
  });

  it("are judged as far as they are known where some come as Outputs", () => {
    const later = pulumi.output("later");
    const known = { ...args, cluster: later, server: { ...args.server, host: later, port: 99_999 }, databases: later as never };
    expect(dumpProblems(known).map(({ where }) => where)).toEqual(["server.port"]);
  });
});

describe("the agent's configuration", () => {
  it("is one that the agent takes, without what was not given", () => {
    const tree = configurationTree({ ...args, signing: {}, dump: {}, objectives: {} });
    expect(parseAgentConfig(tree).cluster).toBe("shop");
    expect(Object.keys(tree)).toEqual(["version", "cluster", "connection", "databases", "store"]);
    expect(JSON.stringify(tree)).not.toContain("secretsmanager");
  });

  it("is whole for the judge whatever is unknown of it", () => {
    const later = pulumi.output("later") as never;
    const unknown = configurationTree({
      ...args,
      cluster: later,
      databases: later,
      encryptionRecipients: [later],
      retention: { keepDaily: later },
      server: { host: later, username: later },
      store: { url: later, writerPolicy: later },
    });
    expect(configurationProblems(knownConfiguration(unknown))).toEqual([]);
  });
});

describe("when it runs", () => {
  const times = (schedule: string, zone = "UTC") => dumpTimes("schedule", schedule, zone).times ?? expect.fail(schedule);

  it("is told in the words of EventBridge Scheduler", () => {
    expect(times("30 3 * * MON-FRI", "Europe/Berlin")).toMatchObject({
      scheduleExpression: "cron(30 3 ? * MON,TUE,WED,THU,FRI *)",
      scheduleExpressionTimezone: "Europe/Berlin",
    });
  });

  it.each([
    ["0 * * * *", 1, 3],
    ["15 */6 * * *", 6, 8],
    ["0 2 * * *", 24, 26],
    ["30 3 * * MON-FRI", 72, 74],
    ["0 2 1-31/6 * *", 144, 146],
  ])("%s has at most %i hours between two runs, and the alarm waits for %i", (schedule, longest, fresh) => {
    expect(times(schedule).longestHours).toBe(longest);
    expect(usualFreshnessHours(times(schedule))).toBe(fresh);
  });

  it("an alarm is refused at the bound and not before it", () => {
    expect(freshnessProblems({ longestHours: 167 }, undefined)).toEqual([]);
    expect(freshnessProblems({ longestHours: 168 }, undefined)).toHaveLength(1);
    expect(freshnessProblems({ longestHours: 167 }, 168)).toEqual([]);
    expect(freshnessProblems({ longestHours: 167 }, 167)).toHaveLength(1);
    expect(freshnessProblems({ longestHours: 167 }, 169)).toHaveLength(1);
  });
});

describe("rights", () => {
  const task = {
    taskDefinitionArnWithoutRevision: `arn:aws:ecs:${place}:task-definition/dump`,
    taskRoleArn: "arn:aws:iam::123456789012:role/task",
    executionRoleArn: "arn:aws:iam::123456789012:role/execution",
  };
  const arn = { partition: "aws", service: "logs", region: "eu-central-1", account: "123456789012", resource: "" };

  it("of the scheduler: these tasks, in this cluster, with their own roles", () => {
    const statements = schedulerStatements([task], `arn:aws:ecs:${place}:cluster/c`, `arn:aws:sqs:${place}:q`);
    expect(statements.map(({ actions }) => actions)).toEqual([["ecs:RunTask"], ["iam:PassRole"], ["sqs:SendMessage"]]);
    expect(statements[0]?.conditions).toEqual({ ArnEquals: { "ecs:cluster": `arn:aws:ecs:${place}:cluster/c` } });
    expect(statements[1]?.conditions).toEqual({ StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } });
  });

  it("of the task: one role of one instance", () => {
    expect(connectStatements(arn, "db-ABC", "pgkeep_dump")[0]?.resources).toEqual([`arn:aws:rds-db:${place}:dbuser:db-ABC/pgkeep_dump`]);
    expect(() => connectStatements(arn, "db-ABC", "pgkeep*")).toThrow("no policy can name this role alone");
  });

  it("hold no wildcard without a reason, and these with one", () => {
    const all = [
      ...schedulerStatements([task], `arn:aws:ecs:${place}:cluster/c`, `arn:aws:sqs:${place}:q`),
      ...connectStatements(arn, "db-ABC", "pgkeep_dump"),
    ];
    expect(wildcards(all).map(({ sid, because }) => [sid, (because ?? "").length > 20])).toEqual([["RunTasks", true]]);
  });
});

it("a rule is about tasks of these definitions in this cluster, and about every way to stop that is not the right one", () => {
  const watched = { clusterArn: "arn:c", taskDefinitionArnsWithoutRevision: ["arn:t/dump", "arn:t/prune"], containerName: "pgkeep" };
  expect(JSON.parse(stoppedTaskPattern(watched))).toEqual({
    source: ["aws.ecs"],
    "detail-type": ["ECS Task State Change"],
    detail: {
      clusterArn: ["arn:c"],
      taskDefinitionArn: [{ prefix: "arn:t/dump:" }, { prefix: "arn:t/prune:" }],
      lastStatus: ["STOPPED"],
      $or: [
        { containers: { name: ["pgkeep"], exitCode: [{ "anything-but": [0] }] } },
        { containers: { exitCode: [{ exists: false }] } },
        { stopCode: [{ "anything-but": ["EssentialContainerExited"] }] },
      ],
    },
  });
});
