import {
  alarmWindowProblem,
  judgedText,
  kmsKeyArnProblem,
  LONGEST_ALARM_WINDOW_HOURS,
  leaf,
  parseArn,
  regionNameProblem,
} from "@pgkeep/core";
import { z } from "zod";
import { RdsEventCategory } from "./BackupAlarmsArgs.js";

const whole = (what: string, most: number) =>
  z.number().superRefine((value, context) => {
    if (Number.isInteger(value) && value >= 1 && value <= most) return;
    context.addIssue({ code: "custom", message: `this is no age in ${what}`, params: { allowed: `a whole number from 1 to ${most}` } });
  });

const window = z.number().superRefine((value, context) => {
  const message = alarmWindowProblem(value);
  const params = {
    allowed: `a whole number from 1 to ${LONGEST_ALARM_WINDOW_HOURS}`,
    next: "let the agent run at least once a week: `pgkeep status` with PGKEEP_METRICS=emf writes the age too",
  };
  if (message !== undefined) context.addIssue({ code: "custom", message, params });
});

const topic = judgedText(
  (text) => {
    const arn = parseArn(text);
    if (arn?.service !== "sns" || arn.region === "" || arn.resource.includes(":")) return "this is not the ARN of an SNS topic";
    return arn.resource.endsWith(".fifo")
      ? "this is a FIFO topic, which mails nobody and which CloudWatch alarms do not publish to"
      : undefined;
  },
  { allowed: "arn:aws:sns:REGION:ACCOUNT:NAME" },
);

const email = judgedText((text) => (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text) ? undefined : "this is no e-mail address"));

const https = judgedText((text) => (/^https:\/\/[^\s/]+/.test(text) ? undefined : "this is no https:// address"), {
  hidden: true,
  allowed: "an address that begins with https://",
});

const identifier = judgedText((text) =>
  /^[a-z](?:-?[a-z0-9])*$/i.test(text) && text.length <= 63 ? undefined : "this is no identifier of an RDS instance",
);

const cluster = z.strictObject({
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Dimension.html
  cluster: judgedText(
    (text) => (/^[\x21-\x7e]{1,128}$/.test(text) && !text.startsWith(":") ? undefined : "this is no name that a dimension takes"),
    {
      allowed: "1 to 128 characters of ASCII, without spaces",
    },
  ),
  // Three years: what is longer is a mistake.
  rpoHours: leaf(whole("hours", 24 * 1096)),
  provenWithinDays: leaf(whole("days", 1096)),
  runEveryHours: leaf(window),
});

/** What the arguments must be, each by itself. */
export const alarmSchema = z.strictObject({
  topicArn: leaf(topic),
  kmsKeyArn: leaf(judgedText(kmsKeyArnProblem, { allowed: "arn:aws:kms:REGION:ACCOUNT:key/ID" })),
  emails: z.array(email).optional(),
  httpsEndpoints: z.record(z.string().regex(/^[A-Za-z0-9._-]+$/), leaf(https)).optional(),
  instanceIdentifiers: leaf(z.array(leaf(identifier)).min(1)),
  rdsEvents: z.array(z.enum(RdsEventCategory)).optional(),
  awsBackup: z.boolean().optional(),
  clusters: z.array(cluster).optional(),
  region: leaf(judgedText(regionNameProblem, { allowed: "a Region, for example eu-central-1" })),
  protect: z.boolean().optional(),
  tags: z.unknown().optional(),
});
