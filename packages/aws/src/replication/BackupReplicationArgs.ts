import type * as pulumi from "@pulumi/pulumi";

/** Arguments of `BackupReplication`. */
export interface BackupReplicationArgs {
  /**
   * ARN of the RDS instance, `arn:aws:rds:REGION:ACCOUNT:db:IDENTIFIER`, whose automated backups are on (retention of at least 1 day). Not for DB
   * clusters and RDS Custom. Another ARN stops this replication and starts another.
   */
  sourceInstanceArn: pulumi.Input<string>;
  /**
   * The Region that receives the backups, for example `eu-west-1`: another than the instance's, in the same partition. RDS replicates between
   * some pairs of Regions only. Another Region stops this replication and starts another.
   */
  destinationRegion: pulumi.Input<string>;
  /**
   * Days that the destination keeps backups, from 1 to 35, whatever the source keeps. Defaults to `14`. A change stops this replication and starts
   * another; what was replicated until then is kept for the days that were said before.
   */
  retentionDays?: pulumi.Input<number>;
  /**
   * ARN of a KMS key in the destination Region, which encrypts the backups there. Defaults to a key of the component's own. Another key stops this
   * replication and starts another; what was replicated until then needs the former key. Giving one, or none any more, is plain.
   */
  kmsKeyArn?: pulumi.Input<string>;
  /**
   * Whether the instance is encrypted. Defaults to `true`, and the replicas are then encrypted with a key in the destination Region, without which RDS
   * refuses. With `false` there is no key, and the replicas are not encrypted either.
   */
  sourceEncrypted?: boolean;
  /**
   * Whether Pulumi refuses to delete or replace the replication and its key. Defaults to `true`. Deploy `false` before a change that stops this
   * replication and starts another, and before a destroy.
   */
  protect?: boolean;
  /** Tags of the key. A replication itself takes none. Defaults to none. */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}
