import type { Problem } from "../problem.js";
import { parseArn } from "./parseArn.js";
import { partitionOfRegion } from "./partitionOfRegion.js";
import { rdsInstanceOfArn } from "./rdsInstanceArn.js";

/**
 * Automated backups replicated into one Region, of one account.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/AutomatedBackups.Replicating.Enable.html
 */
export const MOST_REPLICATIONS = 20;
/** In days. https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_StartDBInstanceAutomatedBackupsReplication.html */
export const LONGEST_REPLICA_RETENTION_DAYS = 35;

/** A replication of automated backups to another Region. Undefined where a value is not known yet. */
export interface ReplicationFacts {
  sourceInstanceArn?: string | undefined;
  destinationRegion?: string | undefined;
  kmsKeyArn?: string | undefined;
}

/** What is wrong between the Regions of a replication, as far as they are known. */
export function replicationProblems({ sourceInstanceArn, destinationRegion, kmsKeyArn }: ReplicationFacts): Problem[] {
  const source = sourceInstanceArn === undefined ? undefined : rdsInstanceOfArn(sourceInstanceArn);
  const problems = destinationProblems(source, destinationRegion);
  return problems.length > 0 ? problems : keyProblems(destinationRegion, kmsKeyArn);
}

function destinationProblems(source: { region: string; partition: string } | undefined, destination: string | undefined): Problem[] {
  if (source === undefined || destination === undefined) return [];
  const problem = { where: "destinationRegion", received: JSON.stringify(destination) };
  if (source.region === destination) {
    return [
      {
        ...problem,
        reason: "this is the Region of the instance: what loses the one loses the other",
        allowed: `another Region than ${source.region}`,
      },
    ];
  }
  const partition = partitionOfRegion(destination);
  return partition === source.partition
    ? []
    : [
        {
          ...problem,
          reason: `this Region is in the partition ${partition}, the instance in ${source.partition}, and RDS replicates inside one only`,
          allowed: `a Region of ${source.partition}`,
        },
      ];
}

function keyProblems(destination: string | undefined, kmsKeyArn: string | undefined): Problem[] {
  const arn = kmsKeyArn === undefined ? undefined : parseArn(kmsKeyArn);
  if (arn === undefined || destination === undefined || arn.region === destination) return [];
  return [
    {
      where: "kmsKeyArn",
      received: JSON.stringify(kmsKeyArn),
      reason: `this key is in ${arn.region}, and what is stored in ${destination} is encrypted there`,
      allowed: `a key in ${destination}, a multi-Region key's replica there included`,
      next: "leave kmsKeyArn out, and a key is made in that Region",
    },
  ];
}

/** What is wrong with the ARN of a KMS key, or nothing. */
export function kmsKeyArnProblem(text: string): string | undefined {
  const arn = parseArn(text);
  if (arn?.service !== "kms" || arn.region === "") return "this is not the ARN of a KMS key";
  if (arn.resource.startsWith("alias/"))
    return "this is an alias, which can come to mean another key: what was encrypted stays with the first";
  return /^key\/[\w-]+$/.test(arn.resource) ? undefined : "this is not the ARN of a KMS key";
}
