import {
  dailyWindowProblem,
  judgedText,
  leaf,
  logRetentionProblem,
  nonEmptyText,
  parseArn,
  performanceInsightsProblem,
  rdsDatabaseNameProblem,
  rdsEngineVersionProblem,
  rdsIdentifierProblem,
  rdsInstanceArnProblem,
  rdsInstanceClassProblem,
  rdsMasterUserProblem,
  rdsPasswordProblem,
  refuse,
  regionNameProblem,
  requiredLeaf,
  weeklyWindowProblem,
} from "@pgkeep/core";
import { z } from "zod";
import { RdsBackupOwner, RdsLogExport, RdsStorageType } from "./RdsPostgresArgs.js";

/** A number that a rule judges: it returns what is wrong with it, or nothing. */
const judgedNumber = (problemOf: (value: number) => string | undefined, allowed: string) =>
  z.number().superRefine((value, context) => {
    const reason = problemOf(value);
    if (reason !== undefined) refuse(context, { reason, allowed });
  });

const between = (least: number, most: number, reason: string) =>
  judgedNumber(
    (value) => (Number.isInteger(value) && value >= least && value <= most ? undefined : reason),
    `a whole number from ${least} to ${most}`,
  );

const arnOf = (service: string, resource: RegExp, what: string, allowed: string) =>
  judgedText(
    (text) => {
      const arn = parseArn(text);
      return arn?.service === service && resource.test(arn.resource) ? undefined : `this is not the ARN of ${what}`;
    },
    { allowed },
  );

const keyArn = arnOf(
  "kms",
  /^key\/.+/,
  "a KMS key (an alias would show as a change at each deployment)",
  "arn:aws:kms:REGION:ACCOUNT:key/ID",
);
const identifier = judgedText(rdsIdentifierProblem, { allowed: "1 to 63 small letters, digits and single hyphens, a letter first" });
const resourceId = judgedText((text) => (/^db-[A-Z0-9]+$/.test(text) ? undefined : "this is no DbiResourceId"), {
  allowed: "db- and capital letters and digits, as `aws rds describe-db-instances` prints it",
});
const port = between(1, 65_535, "this is no port");
const securityGroup = judgedText((text) => (/^sg-[0-9a-f]+$/.test(text) ? undefined : "this is no security group"), {
  allowed: "the id of a security group, sg-…",
});

const range = (form: RegExp, bits: number) =>
  judgedText(
    (text) => {
      const length = Number(form.exec(text)?.[1] ?? Number.NaN);
      if (!(length <= bits)) return "this is no range of addresses";
      return length === 0 ? "this is the whole Internet" : undefined;
    },
    { allowed: bits === 32 ? "for example 10.0.0.0/16" : "for example 2001:db8::/32" },
  );

const peer = {
  name: judgedText((text) => (/^[a-z0-9]+(-[a-z0-9]+)*$/.test(text) ? undefined : "this is no name of a rule"), {
    allowed: "small letters, digits and single hyphens",
  }),
  securityGroupId: leaf(securityGroup),
  cidrIpv4: leaf(range(/^(?:\d{1,3}\.){3}\d{1,3}\/(\d{1,2})$/, 32)),
  cidrIpv6: leaf(range(/^[0-9a-f:]+\/(\d{1,3})$/i, 128)),
  prefixListId: leaf(nonEmptyText),
};

const subnets = z.array(requiredLeaf(nonEmptyText)).superRefine((list, context) => {
  if (list.length >= 2) return;
  refuse(context, { reason: "RDS needs subnets in at least two Availability Zones", allowed: "two subnets or more" });
});

const network = z.strictObject({
  vpcId: leaf(nonEmptyText),
  subnetIds: leaf(subnets),
  subnetGroupName: leaf(nonEmptyText),
  securityGroupId: leaf(securityGroup),
  clients: z.array(z.strictObject(peer)).optional(),
  destinations: z.array(z.strictObject({ ...peer, port: requiredLeaf(port) })).optional(),
});

const storage = z.strictObject({
  allocatedGib: leaf(z.number()),
  maxGib: leaf(z.number()),
  kind: z.enum(RdsStorageType).optional(),
  iops: leaf(z.number()),
  throughput: leaf(z.number()),
});

const backups = z.strictObject({
  retentionDays: leaf(z.number()),
  unprotected: z.boolean().optional(),
  window: leaf(judgedText(dailyWindowProblem, { allowed: "hh:mm-hh:mm in UTC, for example 03:00-03:30" })),
  owner: z.enum(RdsBackupOwner).optional(),
});

const restore = z.strictObject({
  time: z.string().optional(),
  latest: z.boolean().optional(),
  snapshotIdentifier: leaf(nonEmptyText),
  sourceIdentifier: leaf(identifier),
  sourceResourceId: leaf(resourceId),
  sourceAutomatedBackupsArn: leaf(arnOf("rds", /^auto-backup:.+/, "automated backups", "arn:aws:rds:REGION:ACCOUNT:auto-backup:ab-…")),
});

const encryption = z.strictObject({
  kmsKeyArn: leaf(keyArn),
  rotationDays: leaf(between(90, 2560, "KMS rotates no key in such intervals")),
  deletionWindowDays: leaf(between(7, 30, "KMS waits no such time")),
  deleteKeyOnDestroy: z.boolean().optional(),
});

const parameters = z.strictObject({
  groupName: leaf(nonEmptyText),
  values: z.array(z.strictObject({ name: nonEmptyText, value: requiredLeaf(z.string()), needsRestart: z.boolean().optional() })).optional(),
});

const logs = z.strictObject({
  exports: z.array(z.enum(RdsLogExport)).optional(),
  retentionDays: leaf(judgedNumber(logRetentionProblem, "1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731 … 3653")),
  kmsKeyArn: leaf(keyArn),
});

const existing = z.strictObject({
  arn: requiredLeaf(judgedText(rdsInstanceArnProblem, { allowed: "arn:aws:rds:REGION:ACCOUNT:db:IDENTIFIER" })),
  resourceId: requiredLeaf(resourceId),
  host: requiredLeaf(nonEmptyText),
  securityGroupId: requiredLeaf(securityGroup),
  port: leaf(port),
  databaseName: leaf(nonEmptyText),
  masterUsername: leaf(nonEmptyText),
  masterSecretArn: leaf(nonEmptyText),
  subnetGroupName: leaf(nonEmptyText),
  parameterGroupName: leaf(nonEmptyText),
  kmsKeyArn: leaf(nonEmptyText),
});

/** What the arguments must be, each by itself. What they must be together is in `rdsProblems`. */
export const rdsSchema = z.strictObject({
  existing: existing.optional(),
  identifier: identifier.optional(),
  region: judgedText(regionNameProblem, { allowed: "for example eu-central-1" }).optional(),
  engineVersion: judgedText(rdsEngineVersionProblem, { allowed: "14 to 18, or a minor of one of them, for example 16 or 16.4" }).optional(),
  autoMinorVersionUpgrade: z.boolean().optional(),
  allowMajorVersionUpgrade: leaf(z.boolean()),
  instanceClass: leaf(judgedText(rdsInstanceClassProblem, { allowed: "db., a family and a size, for example db.m7g.large" })),
  multiAz: leaf(z.boolean()),
  storage: storage.optional(),
  network: network.optional(),
  // https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
  port: leaf(between(1150, 65_535, "RDS for PostgreSQL does not listen there")),
  databaseName: leaf(judgedText(rdsDatabaseNameProblem, { allowed: "1 to 63 letters, digits and underscores" })),
  masterUsername: leaf(judgedText(rdsMasterUserProblem, { allowed: "1 to 63 letters, digits and underscores, a letter first" })),
  masterPassword: leaf(judgedText(rdsPasswordProblem, { hidden: true, allowed: "8 to 128 printable ASCII characters" })),
  iamAuthentication: leaf(z.boolean()),
  encryption: encryption.optional(),
  backups: backups.optional(),
  maintenanceWindow: leaf(judgedText(weeklyWindowProblem, { allowed: "ddd:hh:mm-ddd:hh:mm in UTC, for example sun:04:30-sun:05:30" })),
  restore: restore.optional(),
  parameters: parameters.optional(),
  logs: logs.optional(),
  performanceInsightsDays: leaf(
    judgedNumber((days) => (days === 0 ? undefined : performanceInsightsProblem(days)), "0 for none, 7, 31, 62 … 713, or 731"),
  ),
  applyImmediately: leaf(z.boolean()),
  protect: z.boolean().optional(),
  deletionProtection: leaf(z.boolean()),
  finalSnapshot: leaf(z.boolean()),
  keepAutomatedBackups: leaf(z.boolean()),
  tags: z.unknown().optional(),
});
