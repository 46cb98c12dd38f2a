import * as aws from "@pulumi/aws";
import type { RdsDeclaration } from "./RdsDeclaration.js";
import { RDS_DEFAULTS } from "./rdsDefaults.js";

/** The log groups that RDS writes to. They are there before the instance, else RDS makes them, and keeps what is in them for ever. */
export function declareLogs({ name, parent, identifier, args, region, tags }: RdsDeclaration): aws.cloudwatch.LogGroup[] {
  const { exports = RDS_DEFAULTS.logExports, retentionDays = RDS_DEFAULTS.logRetentionDays, kmsKeyArn } = args.logs ?? {};
  return exports.map(
    (log) =>
      new aws.cloudwatch.LogGroup(
        `${name}-log-${log}`,
        {
          name: `/aws/rds/instance/${identifier}/${log}`,
          retentionInDays: retentionDays,
          ...(kmsKeyArn && { kmsKeyId: kmsKeyArn }),
          ...region,
          ...tags,
        },
        { parent },
      ),
  );
}
