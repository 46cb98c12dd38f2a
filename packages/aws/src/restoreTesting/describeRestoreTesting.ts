import { parseBackupSchedule, runIntervals } from "@pgkeep/core";
import { RestoreTestingAlgorithm } from "./RestoreTestingArgs.js";

/** What of the arguments' values the description needs. */
export interface DescribedRestoreTest {
  schedule: string;
  timeZone: string;
  startWindowHours: number;
  algorithm: string;
  selectionWindowDays: number;
  includeContinuous: boolean;
  vaultArns: readonly string[];
  databaseArns: readonly string[] | undefined;
  databaseTags: Readonly<Record<string, string>> | undefined;
  /** What is given; undefined for one of its own. */
  subnetGroup: string | undefined;
  securityGroup: string | undefined;
  instanceClass: string | undefined;
  parameterGroup: string | undefined;
  /** Undefined where the instance goes at once. */
  validationWindowHours: number | undefined;
  validated: boolean;
  roleGiven: boolean;
  /** Lines about the task that drills. */
  task: readonly string[];
}

/** The tests in sentences, one a line, for whoever reviews a preview. The engine cuts lines at 150 characters. */
export function describeRestoreTesting(test: DescribedRestoreTest): string {
  const { schedule, timeZone, startWindowHours, selectionWindowDays, validationWindowHours } = test;
  const { longest } = runIntervals(parseBackupSchedule("", schedule, timeZone).schedule);
  const point = test.algorithm === RestoreTestingAlgorithm.Random ? "any recovery point" : "the newest recovery point";
  return [
    test.validated
      ? "each restored instance is read from end to end by pgkeep drill --physical, which tells AWS Backup what it found"
      : "NOT validated: a restore that ends counts as good, whatever is in it",
    `a test at ${schedule} (${timeZone}), begins within ${startWindowHours} h; ${days(longest)} at most between two`,
    `restores ${point} of the last ${selectionWindowDays} ${selectionWindowDays === 1 ? "day" : "days"}, ${test.includeContinuous ? "snapshots and continuous backups" : "snapshots alone"}`,
    ...test.vaultArns.map((arn) => `from ${arn}`),
    `of ${databases(test)}; one that has no such recovery point is left out without an error`,
    `restored into ${test.subnetGroup === undefined ? "a subnet group of its own" : `the subnet group ${test.subnetGroup}`}, without a public address, in one zone`,
    test.securityGroup === undefined
      ? `restored into a security group of its own, which lets in ${test.validated ? "the drill alone" : "nobody"}`
      : `restored into the security group ${test.securityGroup}, whose rules are its owner's`,
    `restored as ${test.instanceClass ?? "the class of the original"}, parameter group ${test.parameterGroup ?? "of RDS for the version"}`,
    validationWindowHours === undefined
      ? "a restored instance is deleted by AWS Backup at once"
      : `a restored instance is deleted by AWS Backup after its validation, or after ${validationWindowHours} h without one`,
    test.roleGiven ? "role of AWS Backup: the one given" : "role of AWS Backup: an own one, which deletes test instances alone",
    `cost: each test bills AWS Backup's fee and an instance with all its storage${validationWindowHours === undefined ? "" : `, for up to ${validationWindowHours} h`}`,
    ...test.task.map((line) => `drill: ${line}`),
    ...(test.validated
      ? [
          "drill: without a NAT gateway also endpoints for rds and backup",
          "drill: ends half an hour before the validation window does, with a verdict or without",
        ]
      : []),
  ].join("\n");
}

function databases({ databaseArns, databaseTags = {} }: DescribedRestoreTest): string {
  if (databaseArns !== undefined) return databaseArns.join(", ");
  const tags = Object.entries(databaseTags).map(([key, value]) => `${key}=${value}`);
  return `each RDS instance whose newest recovery point has ${tags.join(" and ")}`;
}

function days(minutes: number): string {
  if (minutes < 48 * 60) return `${Math.ceil(minutes / 60)} h`;
  return `${Math.ceil(minutes / (24 * 60))} days`;
}
