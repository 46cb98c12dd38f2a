/** The parts of an Amazon Resource Name. */
export interface Arn {
  /** `aws`, `aws-cn`, `aws-us-gov` … */
  partition: string;
  service: string;
  /** Empty for what is of no Region, as IAM's and S3's. */
  region: string;
  /** Empty for S3's buckets. */
  account: string;
  resource: string;
}

/**
 * Takes an ARN apart, so that no account, partition or Region has to be looked up. Undefined for what is none.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
export function parseArn(text: string): Arn | undefined {
  const match = /^arn:(aws[a-z-]*):([a-z0-9-]+):([a-z0-9-]*):(\d{12}|aws)?:(.+)$/s.exec(text);
  if (match === null) return undefined;
  const [, partition = "", service = "", region = "", account = "", resource = ""] = match;
  return { partition, service, region, account, resource };
}
