import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { RdsDeclaration } from "./RdsDeclaration.js";
import { RDS_DEFAULTS } from "./rdsDefaults.js";

/** ARN of the key, given or own. Its policy is KMS's default: who may use it is said by IAM policies of the account. */
export function declareKey({ name, parent, identifier, args, region, tags, protect }: RdsDeclaration): pulumi.Output<string> {
  const { kmsKeyArn, rotationDays, deletionWindowDays, deleteKeyOnDestroy = false } = args.encryption ?? {};
  if (kmsKeyArn !== undefined) return pulumi.output(kmsKeyArn);
  const key = new aws.kms.Key(
    `${name}-key`,
    {
      description: `RDS instance ${identifier}, its snapshots and its master user's secret`,
      enableKeyRotation: true,
      rotationPeriodInDays: rotationDays ?? RDS_DEFAULTS.rotationDays,
      deletionWindowInDays: deletionWindowDays ?? RDS_DEFAULTS.deletionWindowDays,
      ...region,
      ...tags,
    },
    // Final snapshot and retained backups outlive the stack, and are worth nothing without their key.
    { parent, protect, retainOnDelete: !deleteKeyOnDestroy },
  );
  new aws.kms.Alias(`${name}-key-alias`, { name: `alias/pgkeep/rds/${identifier}`, targetKeyId: key.arn, ...region }, { parent });
  return key.arn;
}
