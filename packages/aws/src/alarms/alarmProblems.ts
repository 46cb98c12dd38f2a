import { alarmWindowProblem, argumentProblems, isDeferred, type Problem, parseArn } from "@pgkeep/core";
import { alarmSchema } from "./alarmSchema.js";
import type { BackupAlarmsArgs } from "./BackupAlarmsArgs.js";

/** The default age in hours, for daily backups. */
export const DEFAULT_RPO_HOURS = 26;

/** Everything that is wrong with the arguments, as far as they are known. */
export function alarmProblems(args: BackupAlarmsArgs): Problem[] {
  const { problems, wellFormed } = argumentProblems(alarmSchema, args);
  if (!wellFormed) return problems;
  return [...problems, ...topicProblems(args), ...twice("emails", args.emails ?? []), ...clusterProblems(args), ...nothingToTell(args)];
}

function topicProblems({ topicArn, kmsKeyArn, region }: BackupAlarmsArgs): Problem[] {
  const [topic, key] = [topicArn, kmsKeyArn].map((arn) => parseArn(known(arn) ?? ""));
  const place = known(region) ?? topic?.region;
  return [
    ...(topicArn !== undefined && kmsKeyArn !== undefined
      ? [{ where: "kmsKeyArn", reason: "a topic that exists has its own encryption, which is not changed here", next: "remove kmsKeyArn" }]
      : []),
    ...(topic !== undefined && place !== topic.region
      ? [
          {
            where: "region",
            received: JSON.stringify(region),
            reason: `the topic is in ${topic.region}, and alarms, rules and subscriptions publish to topics of their own Region only`,
            allowed: topic.region,
          },
        ]
      : []),
    ...(key !== undefined && place !== undefined && topic === undefined && key.region !== place
      ? [
          {
            where: "kmsKeyArn",
            received: JSON.stringify(kmsKeyArn),
            reason: `this key is in ${key.region}, the topic in ${place}`,
            allowed: `a key in ${place}`,
          },
        ]
      : []),
  ];
}

function twice(where: string, names: readonly string[]): Problem[] {
  return names.flatMap((name, index) =>
    names.indexOf(name) === index ? [] : [{ where: `${where}[${index}]`, received: JSON.stringify(name), reason: "this is listed twice" }],
  );
}

function clusterProblems({ clusters = [] }: BackupAlarmsArgs): Problem[] {
  const names = clusters.map(({ cluster }) => cluster);
  return clusters.flatMap((one, index): Problem[] => {
    const where = `clusters[${index}]`;
    const same: Problem[] =
      names.indexOf(one.cluster) === index
        ? []
        : [{ where: `${where}.cluster`, received: JSON.stringify(one.cluster), reason: "this cluster is listed twice" }];
    return [...same, ...windowProblems(where, one)];
  });
}

function windowProblems(
  where: string,
  { rpoHours = DEFAULT_RPO_HOURS, runEveryHours }: NonNullable<BackupAlarmsArgs["clusters"]>[number],
): Problem[] {
  if (typeof rpoHours !== "number") return [];
  if (runEveryHours === undefined) {
    const reason = alarmWindowProblem(rpoHours);
    return reason === undefined || rpoHours < 1 || !Number.isInteger(rpoHours)
      ? []
      : [
          {
            where: `${where}.rpoHours`,
            received: String(rpoHours),
            reason: `${reason}, and without runEveryHours it looks as far back as the objective reaches`,
            allowed: "at most 168, or runEveryHours with it",
            next: "say in runEveryHours how often it runs: `pgkeep status` with PGKEEP_METRICS=emf writes the age too",
          },
        ];
  }
  if (typeof runEveryHours !== "number" || runEveryHours <= rpoHours) return [];
  return [
    {
      where: `${where}.runEveryHours`,
      received: String(runEveryHours),
      reason: `an agent that runs every ${runEveryHours} hours keeps no objective of ${rpoHours} hours`,
      allowed: `at most ${rpoHours}, the objective`,
    },
  ];
}

/** Alarms that nobody hears are the most dangerous ones. */
function nothingToTell({
  topicArn,
  emails = [],
  httpsEndpoints = {},
  rdsEvents,
  awsBackup = true,
  clusters = [],
}: BackupAlarmsArgs): Problem[] {
  if (rdsEvents?.length === 0 && !awsBackup && clusters.length === 0) {
    return [{ where: "arguments", reason: "nothing is watched", next: "name clusters, or leave rdsEvents and awsBackup out" }];
  }
  return topicArn === undefined && emails.length === 0 && Object.keys(httpsEndpoints).length === 0
    ? [
        {
          where: "emails",
          reason: "a topic of its own has no subscriber, so nobody would hear of anything",
          next: "name addresses in emails or httpsEndpoints, or a topic that exists in topicArn",
        },
      ]
    : [];
}

function known(value: unknown): string | undefined {
  return isDeferred(value) || typeof value !== "string" ? undefined : value;
}
