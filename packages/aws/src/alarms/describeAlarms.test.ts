import { expect, test } from "vitest";
import { RdsEventCategory } from "./BackupAlarmsArgs.js";
import { type DescribedAlarms, describeAlarms } from "./describeAlarms.js";

const alarms: DescribedAlarms = {
  topicArn: undefined,
  ownKey: true,
  protect: true,
  emails: ["ops@example.org"],
  endpoints: ["incidents"],
  rdsEvents: [RdsEventCategory.Backup, RdsEventCategory.LowStorage],
  instances: undefined,
  awsBackup: true,
  clusters: [
    { cluster: "shop", rpoHours: 26, provenWithinDays: 35, runEveryHours: 26 },
    { cluster: "audit", rpoHours: 168, provenWithinDays: undefined, runEveryHours: 168 },
  ],
};

test("tells who is told, and of what", () => {
  expect(describeAlarms(alarms)).toMatchInlineSnapshot(`
    "told: ops@example.org (once confirmed), incidents (https)
    shop: alarm when the newest checked recovery point is older than 26 hours, looking back 26 hours
    shop: alarm when the newest proven recovery point is older than 35 days, looking back 26 hours
    audit: alarm when the newest checked recovery point is older than 7 days, looking back 7 days
    audit: no alarm on proofs
    an agent that does not run is a breach: missing data counts as too old
    RDS events of all instances of the Region: backup, low storage
    AWS Backup: backup, copy and restore jobs that fail, expire or end in part, failed validations, of the whole Region and account
    topic: own, encrypted with a key made here; protect: on"
  `);
});

test("tells what is not watched", () => {
  const topicArn = "arn:aws:sns:eu-central-1:123456789012:ops";
  const less = { ...alarms, topicArn, emails: [], endpoints: [], rdsEvents: [], awsBackup: false, clusters: [] };
  expect(describeAlarms(less)).toMatchInlineSnapshot(`
    "told: the subscribers of arn:aws:sns:eu-central-1:123456789012:ops
    no cluster's recovery points are watched for their age
    RDS events: not told
    AWS Backup: not watched
    topic: exists, its policy and encryption are not touched; what it must allow is in topicPolicy"
  `);
});
