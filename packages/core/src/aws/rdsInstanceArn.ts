import { parseArn } from "./parseArn.js";

/** An RDS instance, as its ARN tells of it. */
export interface RdsInstanceName {
  partition: string;
  region: string;
  account: string;
  /** The DB instance identifier. */
  identifier: string;
}

/** The instance that an ARN names; nothing where it names something else. */
export function rdsInstanceOfArn(text: string): RdsInstanceName | undefined {
  const arn = parseArn(text);
  const identifier = /^db:([a-z](?:-?[a-z0-9])*)$/.exec(arn?.resource ?? "")?.[1];
  if (arn === undefined || arn.service !== "rds" || arn.region === "" || identifier === undefined || identifier.length > 63)
    return undefined;
  return { partition: arn.partition, region: arn.region, account: arn.account, identifier };
}

/** What is wrong with the ARN of an RDS instance, or nothing. */
export function rdsInstanceArnProblem(text: string): string | undefined {
  if (rdsInstanceOfArn(text) !== undefined) return undefined;
  const arn = parseArn(text);
  if (arn === undefined) return "this is no ARN";
  if (arn.service === "rds" && arn.resource.startsWith("cluster:")) {
    return "this is a DB cluster (Aurora, or Multi-AZ with two readable standbys), which has snapshots of its own kind and no replication of automated backups";
  }
  return "this is not the ARN of an RDS instance";
}

export const RDS_INSTANCE_ARN_FORM = "arn:aws:rds:REGION:ACCOUNT:db:IDENTIFIER, the `arn` of an aws.rds.Instance";
