import { DEPLOYMENT_TAG, deploymentSnapshotIdentifier, PRE_DEPLOY_TAG, rdsInstanceOfArn } from "@pgkeep/core";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { argumentsError } from "../argumentsError.js";
import { describeSnapshot, pruneCommand } from "./describeSnapshot.js";
import type { PreDeploySnapshotArgs } from "./PreDeploySnapshotArgs.js";
import { prunerPolicy } from "./prunerPolicy.js";
import { snapshotProblems } from "./snapshotProblems.js";

/** The newest blocks of a large instance take RDS longer than the 20 minutes that the provider waits. */
const CREATE_TIMEOUT = "3h";

/**
 * A manual snapshot of an RDS instance before each deployment, for what runs migrations to depend on (`dependsOn`). The key of a deployment is
 * part of its name: a new key takes a new snapshot and leaves the former one in AWS, no longer managed, until `pgkeep snapshot prune` removes it.
 * Rolling back to an earlier key takes a snapshot too.
 */
export class PreDeploySnapshot extends pulumi.ComponentResource {
  /** Identifier of the snapshot, for a restore: `snapshotIdentifier` of an aws.rds.Instance. */
  public readonly snapshotIdentifier: pulumi.Output<string>;
  /** ARN of the snapshot. */
  public readonly snapshotArn: pulumi.Output<string>;
  /** The command that shows which snapshots of this series would be removed, and removes them with `--yes`. */
  public readonly pruneCommand: pulumi.Output<string>;
  /** IAM policy as JSON for whoever runs `pruneCommand`: it lists snapshots, and removes those of this series only. */
  public readonly prunerPolicy: pulumi.Output<string>;
  /** The whole declaration in words, one sentence a line, for reviewers of a preview. */
  public readonly effectivePolicy: pulumi.Output<string>;

  constructor(name: string, args: PreDeploySnapshotArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = snapshotProblems({ series: name, ...args });
    if (problems.length > 0) throw argumentsError("PreDeploySnapshot", name, problems);
    const { deploymentKey, series = name, keep = 10 } = args;
    const known = pulumi.all([args.instanceArn, series, keep]).apply(([instanceArn, seriesName, kept]) => {
      const late = snapshotProblems({ instanceArn, deploymentKey, series: seriesName, keep: kept });
      const instance = rdsInstanceOfArn(instanceArn);
      if (late.length > 0 || instance === undefined) throw argumentsError("PreDeploySnapshot", name, late);
      return { instance, deploymentKey, series: seriesName, keep: kept };
    });
    const effectivePolicy = known.apply(describeSnapshot);
    super("pgkeep:index:PreDeploySnapshot", name, { ...args, effectivePolicy }, opts);

    // Kept in the state with the key: a key that comes back, as with a rollback, must not meet the snapshot that it left in AWS.
    const suffix = new random.RandomId(`${name}-${deploymentKey}-suffix`, { byteLength: 4 }, { parent: this });
    const snapshot = new aws.rds.Snapshot(
      `${name}-${deploymentKey}`,
      {
        dbInstanceIdentifier: known.instance.identifier,
        dbSnapshotIdentifier: pulumi
          .all([known.instance, suffix.hex])
          .apply(([{ identifier }, hex]) => deploymentSnapshotIdentifier(identifier, deploymentKey, hex)),
        region: known.instance.region,
        tags: pulumi
          .all([args.tags ?? {}, known.series])
          .apply(([tags, seriesName]) => ({ ...tags, [PRE_DEPLOY_TAG]: seriesName, [DEPLOYMENT_TAG]: deploymentKey })),
      },
      // Not protected: the next key would be refused until somebody lifted it.
      { parent: this, retainOnDelete: true, customTimeouts: { create: CREATE_TIMEOUT } },
    );

    this.snapshotIdentifier = snapshot.dbSnapshotIdentifier;
    this.snapshotArn = snapshot.dbSnapshotArn;
    this.pruneCommand = known.apply(pruneCommand);
    this.prunerPolicy = known.apply(({ instance, series: seriesName }) => prunerPolicy(instance, seriesName));
    this.effectivePolicy = effectivePolicy;
    this.registerOutputs({
      snapshotIdentifier: this.snapshotIdentifier,
      snapshotArn: this.snapshotArn,
      pruneCommand: this.pruneCommand,
      prunerPolicy: this.prunerPolicy,
      effectivePolicy,
    });
  }
}
