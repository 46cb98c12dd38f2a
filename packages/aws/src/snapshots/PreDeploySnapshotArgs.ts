import type * as pulumi from "@pulumi/pulumi";

/** Arguments of `PreDeploySnapshot`. */
export interface PreDeploySnapshotArgs {
  /**
   * ARN of the RDS instance, `arn:aws:rds:REGION:ACCOUNT:db:IDENTIFIER`. The snapshot is made in its Region. Not for DB clusters. Another ARN
   * takes a snapshot of that instance at once; the one that was taken stays in AWS.
   */
  instanceArn: pulumi.Input<string>;
  /**
   * What is about to be deployed: a git SHA, a release, the number of a pipeline's run. 1 to 128 letters, digits, dots, underscores, slashes and
   * hyphens. Each new key takes one snapshot; the same key as last time takes none. Plain, because it is part of a resource's name.
   */
  deploymentKey: string;
  /**
   * Value of the tag `pgkeep:pre-deploy`, by which `pgkeep snapshot prune` finds the snapshots that it may remove: 1 to 128 letters, digits and
   * `._:/=+@-`. Defaults to the component's name. Snapshots that bear another value are found by it no more.
   */
  series?: pulumi.Input<string>;
  /**
   * How many snapshots of the instance `pruneCommand` leaves, from 1 to 100. Defaults to `10`. It removes nothing by itself. AWS allows 100 manual
   * snapshots in a Region of an account, whoever made them.
   */
  keep?: pulumi.Input<number>;
  /** Tags of the snapshot, beside `pgkeep:pre-deploy` and `pgkeep:deployment`, which the component sets. Defaults to none. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}
