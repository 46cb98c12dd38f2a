import type { BackupBucketArgs } from "../../packages/aws/src/index.js";

const KEY = "1234abcd-12ab-34cd-56ef-1234567890ab";

export const REGION = "eu-central-1";
export const COPIES_REGION = "eu-west-1";
export const KEY_ARN = `arn:aws:kms:${REGION}:123456789012:key/${KEY}`;
export const COPIES_KEY_ARN = `arn:aws:kms:${COPIES_REGION}:123456789012:key/${KEY}`;
export const TOPIC_ARN = `arn:aws:sns:${REGION}:123456789012:backups`;

/** Trust in one service, as a user writes it. */
export function trustIn(service: string): string {
  const statement = { Effect: "Allow", Principal: { Service: service }, Action: ["sts:AssumeRole"] };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}

/** What most tests begin with. */
export const BUCKET: BackupBucketArgs = { clusters: ["orders"], bucketName: "acme-backups", prefix: "postgres", region: REGION };
