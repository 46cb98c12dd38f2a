import { rdsInstanceOfArn } from "@pgkeep/core";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { argumentsError } from "../argumentsError.js";
import type { BackupReplicationArgs } from "./BackupReplicationArgs.js";
import { describeReplication } from "./describeReplication.js";
import { replicationArgumentProblems } from "./replicationArguments.js";

/**
 * Replicates the automated backups of an RDS instance, snapshots and transaction logs, to another Region, with a key there: point-in-time recovery
 * that survives the loss of the instance's Region. Made in the destination Region by the resources' own `region`, so no second provider is needed.
 *
 * Pulumi destroys it before the instance where `sourceInstanceArn` is the instance's output. What was replicated stays for its retention.
 */
export class BackupReplication extends pulumi.ComponentResource {
  /** ARN of the replicated automated backups in the destination Region, for `restoreToPointInTime.sourceDbInstanceAutomatedBackupsArn`. */
  public readonly replicatedBackupsArn: pulumi.Output<string>;
  /** ARN of the key that encrypts the replicas. Nothing for an instance that is not encrypted. */
  public readonly kmsKeyArn: pulumi.Output<string | undefined>;
  /** The destination Region. */
  public readonly destinationRegion: pulumi.Output<string>;
  /** The whole declaration in words, one sentence a line, for reviewers of a preview. */
  public readonly effectivePolicy: pulumi.Output<string>;

  constructor(name: string, args: BackupReplicationArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = replicationArgumentProblems(args);
    if (problems.length > 0) throw argumentsError("BackupReplication", name, problems);
    const { kmsKeyArn, retentionDays = 14, protect = true, sourceEncrypted = true } = args;
    const known = pulumi
      .all([args.sourceInstanceArn, args.destinationRegion, retentionDays, kmsKeyArn])
      .apply(([sourceInstanceArn, destinationRegion, days, key]) => {
        const given = { sourceInstanceArn, destinationRegion, retentionDays: days, ...(key === undefined ? {} : { kmsKeyArn: key }) };
        const late = replicationArgumentProblems(given);
        const source = rdsInstanceOfArn(sourceInstanceArn);
        if (late.length > 0 || source === undefined) throw argumentsError("BackupReplication", name, late);
        return { ...given, source };
      });
    const effectivePolicy = known.apply(({ source, destinationRegion, retentionDays: days, kmsKeyArn: arn }) => {
      const ownOrNone = sourceEncrypted ? "own" : "none";
      return describeReplication({ source, destinationRegion, retentionDays: days, key: arn === undefined ? ownOrNone : { arn }, protect });
    });
    super("pgkeep:index:BackupReplication", name, { ...args, effectivePolicy }, opts);

    const ownKey =
      sourceEncrypted && kmsKeyArn === undefined
        ? new aws.kms.Key(
            `${name}-key`,
            {
              description: pulumi.interpolate`Automated backups of the RDS instance ${known.source.identifier}, replicated from ${known.source.region}`,
              region: known.destinationRegion,
              enableKeyRotation: true,
              deletionWindowInDays: 30,
              ...(args.tags === undefined ? {} : { tags: args.tags }),
            },
            { parent: this, protect },
          )
        : undefined;
    const key = ownKey?.arn ?? kmsKeyArn;
    const replication = new aws.rds.InstanceAutomatedBackupsReplication(
      `${name}-replication`,
      {
        sourceDbInstanceArn: known.sourceInstanceArn,
        region: known.destinationRegion,
        retentionPeriod: known.retentionDays,
        ...(key === undefined ? {} : { kmsKeyId: key }),
      },
      // One instance replicates into a Region once: with the second started first, the end of the former one would end it. Nothing is lost
      // between the two, for what was replicated stays for its retention.
      // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/AutomatedBackups.StopReplicating.html
      { parent: this, protect, deleteBeforeReplace: true },
    );

    this.replicatedBackupsArn = replication.id;
    this.kmsKeyArn = pulumi.output(key);
    this.destinationRegion = known.destinationRegion;
    this.effectivePolicy = effectivePolicy;
    this.registerOutputs({
      replicatedBackupsArn: this.replicatedBackupsArn,
      kmsKeyArn: this.kmsKeyArn,
      destinationRegion: this.destinationRegion,
      effectivePolicy,
    });
  }
}
