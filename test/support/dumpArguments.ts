import type { ScheduledDumpArgs } from "../../packages/aws/src/index.js";

/** Texts of AWS that several tests declare a dump with; no account has any of it. */
export const PLACE = "eu-central-1:123456789012";
export const IMAGE = `123456789012.dkr.ecr.eu-central-1.amazonaws.com/pgkeep@sha256:${"0123456789abcdef".repeat(4)}`;
export const OTHER_IMAGE = IMAGE.replace(/[0-9a-f]{64}$/, "fedcba9876543210".repeat(4));
export const RECIPIENTS = [
  "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
  "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg",
];

const policy = (action: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Sid: "Store", Effect: "Allow", Action: [action], Resource: ["arn:aws:s3:::shop-backups/shop/*"] }],
  });

/** A dump as most declare it. */
export const DUMP: ScheduledDumpArgs = {
  cluster: "shop",
  databases: ["shop-core", "shop-backend"],
  server: {
    host: "shop.abc123.eu-central-1.rds.amazonaws.com",
    username: "pgkeep_dump",
    passwordSecretArn: `arn:aws:secretsmanager:${PLACE}:secret:shop/dump-AbCdEf`,
  },
  store: { url: "s3://shop-backups/postgres", region: "eu-central-1", writerPolicy: policy("s3:PutObject") },
  schedule: "0 2 * * *",
  timeZone: "Europe/Berlin",
  encryptionRecipients: RECIPIENTS,
  task: {
    image: IMAGE,
    network: { vpcId: "vpc-1", subnetIds: ["subnet-a", "subnet-b"], databaseSecurityGroupId: "sg-database" },
  },
};

export const PRUNER_POLICY = policy("s3:DeleteObjectVersion");
