import { describe, expect, test } from "vitest";
import { alarmProblems } from "./alarmProblems.js";
import type { BackupAlarmsArgs, ClusterFreshnessArgs } from "./BackupAlarmsArgs.js";

const emails = ["ops@example.org"];
const topicArn = "arn:aws:sns:eu-central-1:123456789012:ops";
const keyIn = (region: string) => `arn:aws:kms:${region}:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const wrong = (args: BackupAlarmsArgs) => alarmProblems(args).map(({ where, reason }) => `${where}: ${reason}`);
const ofCluster = (args: Partial<ClusterFreshnessArgs>) => wrong({ emails, clusters: [{ cluster: "shop", ...args }] });

describe("somebody is told", () => {
  test.each<[string, BackupAlarmsArgs]>([
    ["by mail", { emails }],
    ["by https", { httpsEndpoints: { incidents: "https://events.example.org/x" } }],
    ["by a topic that exists", { topicArn }],
  ])("%s", (_, args) => expect(wrong(args)).toEqual([]));

  test("or it is refused", () => {
    expect(wrong({})).toEqual(["emails: a topic of its own has no subscriber, so nobody would hear of anything"]);
    expect(wrong({ emails, rdsEvents: [], awsBackup: false })).toEqual(["arguments: nothing is watched"]);
  });

  test.each<[BackupAlarmsArgs, string]>([
    [{ emails: ["ops"] }, "emails[0]: this is no e-mail address"],
    [{ emails: [...emails, ...emails] }, "emails[1]: this is listed twice"],
    [{ httpsEndpoints: { incidents: "http://events.example.org/secret" } }, "httpsEndpoints.incidents: this is no https:// address"],
    [{ topicArn: `${topicArn}.fifo` }, "topicArn: this is a FIFO topic, which mails nobody and which CloudWatch alarms do not publish to"],
    [{ topicArn: "ops" }, "topicArn: this is not the ARN of an SNS topic"],
  ])("%o is refused", (args, problem) => expect(wrong(args)).toEqual([problem]));
});

test("an address that holds a key is not shown", () => {
  const problems = alarmProblems({ httpsEndpoints: { incidents: "http://events.example.org/secret" } });
  expect(JSON.stringify(problems)).not.toContain("events.example.org");
});

describe("Regions", () => {
  test("of topic and alarms are one", () => {
    expect(wrong({ topicArn, region: "eu-central-1" })).toEqual([]);
    expect(wrong({ topicArn, region: "eu-west-1" })).toEqual([
      "region: the topic is in eu-central-1, and alarms, rules and subscriptions publish to topics of their own Region only",
    ]);
  });

  test("of topic and key are one", () => {
    expect(wrong({ emails, kmsKeyArn: keyIn("eu-west-1"), region: "eu-west-1" })).toEqual([]);
    expect(wrong({ emails, kmsKeyArn: keyIn("eu-west-1"), region: "eu-central-1" })).toEqual([
      "kmsKeyArn: this key is in eu-west-1, the topic in eu-central-1",
    ]);
  });

  test("a topic that exists is encrypted as it is", () => {
    expect(wrong({ topicArn, kmsKeyArn: keyIn("eu-central-1") })).toEqual([
      "kmsKeyArn: a topic that exists has its own encryption, which is not changed here",
    ]);
  });
});

describe("how far an alarm can look back", () => {
  const tooLong =
    "clusters[0].rpoHours: a CloudWatch alarm looks back at most 7 days, and without runEveryHours it looks as far back as the objective reaches";
  test.each<[Partial<ClusterFreshnessArgs>, string[]]>([
    [{}, []],
    [{ rpoHours: 0 }, ["clusters[0].rpoHours: this is no age in hours"]],
    [{ rpoHours: 1 }, []],
    [{ rpoHours: 1.5 }, ["clusters[0].rpoHours: this is no age in hours"]],
    [{ rpoHours: 168 }, []],
    [{ rpoHours: 169 }, [tooLong]],
    [{ rpoHours: 169, runEveryHours: 168 }, []],
    [{ rpoHours: 200, runEveryHours: 169 }, ["clusters[0].runEveryHours: a CloudWatch alarm looks back at most 7 days"]],
    [{ runEveryHours: 0 }, ["clusters[0].runEveryHours: the alarm counts whole hours, so this must be a whole number of them"]],
    [{ runEveryHours: 26 }, []],
    [{ runEveryHours: 27 }, ["clusters[0].runEveryHours: an agent that runs every 27 hours keeps no objective of 26 hours"]],
    [{ provenWithinDays: 0 }, ["clusters[0].provenWithinDays: this is no age in days"]],
    [{ provenWithinDays: 35 }, []],
  ])("%o", (args, problems) => expect(ofCluster(args)).toEqual(problems));

  test("each cluster once", () => {
    const problems = wrong({ emails, clusters: [{ cluster: "shop" }, { cluster: "shop" }, { cluster: "the shop" }] });
    expect(problems).toEqual([
      "clusters[2].cluster: this is no name that a dimension takes",
      "clusters[1].cluster: this cluster is listed twice",
    ]);
  });
});
