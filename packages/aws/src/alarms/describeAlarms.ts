import type { RdsEventCategory } from "./BackupAlarmsArgs.js";
import { hoursText } from "./freshnessAlarm.js";

/** What of the deployment's values the description needs. */
export interface DescribedAlarms {
  /** Undefined for a topic of the component's own. */
  topicArn: string | undefined;
  ownKey: boolean;
  protect: boolean;
  /** Of those who are told, without addresses that hold a key. */
  emails: readonly string[];
  endpoints: readonly string[];
  rdsEvents: readonly RdsEventCategory[];
  instances: readonly string[] | undefined;
  awsBackup: boolean;
  clusters: readonly { cluster: string; rpoHours: number; provenWithinDays: number | undefined; runEveryHours: number }[];
}

/** The whole declaration in sentences, one a line, the most important first: the engine shows three lines, of 150 characters each. */
export function describeAlarms(alarms: DescribedAlarms): string {
  return [
    listeners(alarms),
    ...alarms.clusters.flatMap(clusterLines),
    alarms.clusters.length === 0
      ? "no cluster's recovery points are watched for their age"
      : "an agent that does not run is a breach: missing data counts as too old",
    eventLine(alarms),
    alarms.awsBackup
      ? "AWS Backup: backup, copy and restore jobs that fail, expire or end in part, failed validations, of the whole Region and account"
      : "AWS Backup: not watched",
    topicLine(alarms),
  ].join("\n");
}

function listeners({ topicArn, emails, endpoints }: DescribedAlarms): string {
  const told = [...emails.map((email) => `${email} (once confirmed)`), ...endpoints.map((name) => `${name} (https)`)];
  if (topicArn === undefined) return `told: ${told.join(", ")}`;
  return told.length === 0 ? `told: the subscribers of ${topicArn}` : `told: ${told.join(", ")}, and the other subscribers of ${topicArn}`;
}

function clusterLines({ cluster, rpoHours, provenWithinDays, runEveryHours }: DescribedAlarms["clusters"][number]): string[] {
  const within = `looking back ${hoursText(runEveryHours)}`;
  return [
    `${cluster}: alarm when the newest checked recovery point is older than ${hoursText(rpoHours)}, ${within}`,
    provenWithinDays === undefined
      ? `${cluster}: no alarm on proofs`
      : `${cluster}: alarm when the newest proven recovery point is older than ${provenWithinDays} days, ${within}`,
  ];
}

function eventLine({ rdsEvents, instances }: DescribedAlarms): string {
  if (rdsEvents.length === 0) return "RDS events: not told";
  return `RDS events of ${instances === undefined ? "all instances of the Region" : instances.join(", ")}: ${rdsEvents.join(", ")}`;
}

function topicLine({ topicArn, ownKey, protect }: DescribedAlarms): string {
  if (topicArn !== undefined) return "topic: exists, its policy and encryption are not touched; what it must allow is in topicPolicy";
  return `topic: own, encrypted with ${ownKey ? "a key made here" : "the given key"}; protect: ${protect ? "on" : "OFF"}`;
}
