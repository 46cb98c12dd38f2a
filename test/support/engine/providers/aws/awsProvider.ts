import { AttachedProvider } from "../AttachedProvider.js";
import type { PropertyRule } from "../ResourceKind.js";
import { changeable } from "./awsKind.js";
import { backupKinds } from "./kinds/backup.js";
import { cloudwatchKinds } from "./kinds/cloudwatch.js";
import { ec2Kinds } from "./kinds/ec2.js";
import { ecsKinds } from "./kinds/ecs.js";
import { iamKinds } from "./kinds/iam.js";
import { kmsKinds } from "./kinds/kms.js";
import { logsKinds } from "./kinds/logs.js";
import { rdsKinds } from "./kinds/rds.js";
import { rdsBackupKinds } from "./kinds/rdsBackup.js";
import { s3Kinds } from "./kinds/s3.js";
import { schedulerKinds } from "./kinds/scheduler.js";
import { snsKinds } from "./kinds/sns.js";
import { sqsKinds } from "./kinds/sqs.js";

const encoded: PropertyRule = { onChange: "update", encoded: true };

/** STAND-IN for @pulumi/aws: what a component declares is recorded, no account has it. A resource type or property without a rule fails the test. */
export function awsProvider(): AttachedProvider<undefined> {
  return new AttachedProvider({
    name: "aws",
    version: "7.48.0",
    bridged: true,
    configuration: {
      source: "https://github.com/hashicorp/terraform-provider-aws/blob/v6.30.0/internal/provider/sdkv2/provider.go",
      properties: {
        region: changeable,
        accessKey: changeable,
        secretKey: changeable,
        profile: changeable,
        skipCredentialsValidation: encoded,
        skipMetadataApiCheck: encoded,
        skipRegionValidation: encoded,
        skipRequestingAccountId: encoded,
      },
    },
    kinds: [
      ...backupKinds,
      ...cloudwatchKinds,
      ...ec2Kinds,
      ...ecsKinds,
      ...iamKinds,
      ...kmsKinds,
      ...logsKinds,
      ...rdsBackupKinds,
      ...rdsKinds,
      ...s3Kinds,
      ...schedulerKinds,
      ...snsKinds,
      ...sqsKinds,
    ],
    configure: () => undefined,
  });
}
