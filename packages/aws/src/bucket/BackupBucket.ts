import { AgeMetric, parseArn } from "@pgkeep/core";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { freshnessAlarm } from "../alarms/freshnessAlarm.js";
import { argumentsError } from "../argumentsError.js";
import { policyDocument } from "../iam/policyDocument.js";
import type { BackupBucketArgs } from "./BackupBucketArgs.js";
import { planBucket } from "./bucketPlan.js";
import { bucketProblems } from "./bucketProblems.js";
import { type BucketContext, createBucket, createKey, createSettings, type PlacedBucket, tagged } from "./createBucket.js";
import { describeBucket, FRESHNESS_HOURS } from "./describeBucket.js";
import { bucketOf, replicateBucket } from "./replicateBucket.js";
import { STORE_STATEMENTS, type StorePrincipal } from "./storePolicies.js";

/**
 * An S3 bucket for recovery points: versions, encryption by KMS, TLS only, no public access, create-only writes, tiers, Object Lock and copies in
 * another Region where they are asked for, and rights of their own for who writes, who reads and who prunes.
 *
 * Its bucket, its key and its Object Lock are protected: the engine refuses to delete or replace them. Nothing here ever empties a bucket.
 */
export class BackupBucket extends pulumi.ComponentResource {
  /** Name of the bucket. */
  public readonly bucketName: pulumi.Output<string>;
  /** ARN of the bucket. */
  public readonly bucketArn: pulumi.Output<string>;
  /** Region of the bucket, for `store.region` of the agent's configuration. */
  public readonly region: pulumi.Output<string>;
  /** For `store.url` of the agent's configuration, for example `s3://my-backups/postgres`. */
  public readonly storeUrl: pulumi.Output<string>;
  /** ARN of the KMS key. Nothing for a bucket that exists and of which none is named. */
  public readonly kmsKeyArn: pulumi.Output<string | undefined>;
  /** Policy as JSON for `pgkeep backup`: puts, and reads manifests and records. It reads no dump and removes nothing. */
  public readonly writerPolicy: pulumi.Output<string>;
  /** Policy as JSON for `pgkeep restore`, `list` and `status`: reads everything, writes nothing. */
  public readonly readerPolicy: pulumi.Output<string>;
  /** Policy as JSON for `pgkeep retention apply`: removes versions, writes tombstones and the audit trail. It reads no dump. */
  public readonly prunerPolicy: pulumi.Output<string>;
  /** Policy as JSON for `pgkeep drill`: a reader that also writes what it proved. */
  public readonly drillPolicy: pulumi.Output<string>;
  /** ARN of the writer's role. Nothing without `writerTrust`. */
  public readonly writerRoleArn: pulumi.Output<string | undefined>;
  /** ARN of the reader's role. Nothing without `readerTrust`. */
  public readonly readerRoleArn: pulumi.Output<string | undefined>;
  /** ARN of the pruner's role. Nothing without `prunerTrust`. */
  public readonly prunerRoleArn: pulumi.Output<string | undefined>;
  /** ARN of the role for drills. Nothing without `drillTrust`. */
  public readonly drillRoleArn: pulumi.Output<string | undefined>;
  /** ARN of the bucket of the copies. Nothing without `replication`. */
  public readonly copiesBucketArn: pulumi.Output<string | undefined>;
  /** The copies as a store, for `store.url`, to restore from when this Region is away. Nothing without `replication`. */
  public readonly copiesStoreUrl: pulumi.Output<string | undefined>;
  /** Policy as JSON for a restore from the copies. Nothing without `replication`. */
  public readonly copiesReaderPolicy: pulumi.Output<string | undefined>;
  /** The whole declaration in words, one sentence a line, for reviewers of a preview. */
  public readonly effectivePolicy: pulumi.Output<string>;

  constructor(name: string, args: BackupBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = bucketProblems(args);
    if (problems.length > 0) throw argumentsError("BackupBucket", name, problems);
    const plan = planBucket(args);
    const effectivePolicy = pulumi.output(describeBucket(args, plan));
    // The policy stands among the inputs because a preview shows changed inputs of a component, never changed outputs.
    super("pgkeep:index:BackupBucket", name, { ...args, effectivePolicy }, opts);

    const region = args.existing?.region ?? args.region;
    const context: BucketContext = { name, parent: this, plan, region, tags: args.tags };
    const bucket = placeBucket(context, args);
    if (args.accessLogs !== undefined) {
      const { targetBucket, targetPrefix = `${name}/` } = args.accessLogs;
      new aws.s3.BucketLogging(
        `${name}-access-logs`,
        { bucket: bucket.name, targetBucket, targetPrefix, ...(region === undefined ? {} : { region }) },
        { parent: this },
      );
    }
    const copies = args.replication === undefined ? undefined : replicateBucket(context, bucket, args.replication);
    declareAlarms(context, args);

    const policyOf = (principal: StorePrincipal, { arn, kmsKeyArn }: Pick<PlacedBucket, "arn" | "kmsKeyArn">) =>
      pulumi.all([arn, kmsKeyArn]).apply(([bucketArn, key]) => {
        const store = { bucketArn, kmsKeyArn: key, prefix: plan.prefix, clusters: plan.policed, tagged: plan.retention !== undefined };
        return policyDocument(STORE_STATEMENTS[principal](store));
      });
    const roleOf = (principal: StorePrincipal, policy: pulumi.Output<string>) =>
      declareRole(context, principal, policy, args[`${principal}Trust`]);
    const urlOf = (bucketName: pulumi.Output<string>) =>
      pulumi.interpolate`s3://${bucketName}${plan.prefix === "" ? "" : `/${plan.prefix}`}`;

    this.bucketName = bucket.name;
    this.bucketArn = bucket.arn;
    this.region = bucket.region;
    this.storeUrl = urlOf(bucket.name);
    this.kmsKeyArn = bucket.kmsKeyArn;
    this.writerPolicy = policyOf("writer", bucket);
    this.readerPolicy = policyOf("reader", bucket);
    this.prunerPolicy = policyOf("pruner", bucket);
    this.drillPolicy = policyOf("drill", bucket);
    this.writerRoleArn = roleOf("writer", this.writerPolicy);
    this.readerRoleArn = roleOf("reader", this.readerPolicy);
    this.prunerRoleArn = roleOf("pruner", this.prunerPolicy);
    this.drillRoleArn = roleOf("drill", this.drillPolicy);
    this.copiesBucketArn = pulumi.output(copies?.arn);
    this.copiesStoreUrl = pulumi.output(copies === undefined ? undefined : urlOf(copies.name));
    this.copiesReaderPolicy = pulumi.output(copies === undefined ? undefined : policyOf("reader", copies));
    this.effectivePolicy = effectivePolicy;
    this.registerOutputs({
      bucketName: this.bucketName,
      bucketArn: this.bucketArn,
      region: this.region,
      storeUrl: this.storeUrl,
      kmsKeyArn: this.kmsKeyArn,
      writerPolicy: this.writerPolicy,
      readerPolicy: this.readerPolicy,
      prunerPolicy: this.prunerPolicy,
      drillPolicy: this.drillPolicy,
      writerRoleArn: this.writerRoleArn,
      readerRoleArn: this.readerRoleArn,
      prunerRoleArn: this.prunerRoleArn,
      drillRoleArn: this.drillRoleArn,
      copiesBucketArn: this.copiesBucketArn,
      copiesStoreUrl: this.copiesStoreUrl,
      copiesReaderPolicy: this.copiesReaderPolicy,
      effectivePolicy,
    });
  }
}

/** Makes the bucket and its key, or takes those that exist, and declares what stands on it. */
function placeBucket(context: BucketContext, { existing, bucketName, kmsKeyArn }: BackupBucketArgs): PlacedBucket {
  const { plan } = context;
  const key = plan.ownKey ? createKey(context, "pgkeep's recovery points").arn : pulumi.output(kmsKeyArn);
  const place = (): Omit<PlacedBucket, "readied" | "kmsKeyArn"> => {
    if (existing !== undefined) {
      const arn = pulumi.output(existing.arn).apply(checkedBucketArn);
      return { name: bucketOf(arn), arn, region: pulumi.output(existing.region) };
    }
    const bucket = createBucket(context, bucketName);
    return { name: bucket.bucket, arn: bucket.arn, region: bucket.region };
  };
  const placed = { ...place(), kmsKeyArn: key };
  return { ...placed, readied: createSettings(context, placed, plan.lifecycle) };
}

/** An ARN that was not known when the arguments were judged. */
function checkedBucketArn(arn: string): string {
  if (parseArn(arn)?.service === "s3") return arn;
  throw new Error(`existing.arn: this is not the ARN of a bucket\n  received: ${arn}\n  allowed:  for example arn:aws:s3:::my-backups`);
}

function declareRole(
  { name, parent, tags }: BucketContext,
  principal: StorePrincipal,
  policy: pulumi.Output<string>,
  trust: pulumi.Input<string> | undefined,
): pulumi.Output<string | undefined> {
  if (trust === undefined) return pulumi.output(undefined);
  const role = new aws.iam.Role(
    `${name}-${principal}-role`,
    { assumeRolePolicy: trust, description: `pgkeep: the ${principal} of a store`, ...tagged(tags) },
    { parent },
  );
  new aws.iam.RolePolicy(`${name}-${principal}-rights`, { role: role.name, policy }, { parent });
  return role.arn;
}

function declareAlarms({ name, parent, plan, region, tags }: BucketContext, { freshness }: BackupBucketArgs): void {
  if (freshness === undefined) return;
  for (const cluster of plan.clusters) {
    freshnessAlarm(parent, `${name}-freshness-${cluster}`, {
      metric: AgeMetric.NewestChecked,
      cluster,
      objectiveHours: freshness.objectiveHours ?? FRESHNESS_HOURS,
      topics: freshness.topicArns,
      ...(region === undefined ? {} : { region }),
      ...tagged(tags),
    });
  }
}
