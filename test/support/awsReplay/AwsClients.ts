import { BackupClient } from "@aws-sdk/client-backup";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ECSClient } from "@aws-sdk/client-ecs";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { IAMClient } from "@aws-sdk/client-iam";
import { KMSClient } from "@aws-sdk/client-kms";
import { RDSClient } from "@aws-sdk/client-rds";
import { S3Client } from "@aws-sdk/client-s3";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";

/** The AWS SDK's clients of one Region, all of them at one server. */
export interface AwsClients {
  backup: BackupClient;
  cloudWatch: CloudWatchClient;
  ec2: EC2Client;
  ecs: ECSClient;
  events: EventBridgeClient;
  iam: IAMClient;
  kms: KMSClient;
  logs: CloudWatchLogsClient;
  rds: RDSClient;
  s3: S3Client;
  scheduler: SchedulerClient;
  sns: SNSClient;
  sqs: SQSClient;
}

interface AwsServer {
  endpoint: string;
  accessKey: string;
  secretKey: string;
}

export function awsClients({ endpoint, accessKey, secretKey }: AwsServer, region: string): AwsClients {
  const options = { endpoint, region, credentials: { accessKeyId: accessKey, secretAccessKey: secretKey } };
  return {
    backup: new BackupClient(options),
    cloudWatch: new CloudWatchClient(options),
    ec2: new EC2Client(options),
    ecs: new ECSClient(options),
    events: new EventBridgeClient(options),
    iam: new IAMClient(options),
    kms: new KMSClient(options),
    logs: new CloudWatchLogsClient(options),
    rds: new RDSClient(options),
    s3: new S3Client({ ...options, forcePathStyle: true }),
    scheduler: new SchedulerClient(options),
    sns: new SNSClient(options),
    sqs: new SQSClient(options),
  };
}

export function closeClients(clients: AwsClients): void {
  for (const client of Object.values(clients) as { destroy(): void }[]) client.destroy();
}
