import type { RestoreTestingArgs, RestoreTestValidationArgs } from "../../packages/aws/src/index.js";

const place = "eu-central-1:123456789012";
const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

export const DRILL: RestoreTestValidationArgs = {
  cluster: "shop",
  databases: ["shop-core", "shop-backend"],
  store: {
    url: "s3://shop-backups/pgkeep",
    drillPolicy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: ["s3:PutObject"], Resource: ["arn:aws:s3:::shop-backups/pgkeep/shop/drills/*"] }],
    }),
  },
  task: {
    image: `123456789012.dkr.ecr.eu-central-1.amazonaws.com/pgkeep@${digest}`,
    network: { subnetIds: ["subnet-drill-a"], vpcId: "vpc-drill" },
  },
};

/** Restore tests of one database, validated. */
export const RESTORE_TEST: RestoreTestingArgs = {
  region: "eu-central-1",
  vaultArns: [`arn:aws:backup:${place}:backup-vault:shop`],
  databaseArns: [`arn:aws:rds:${place}:db:orders`],
  schedule: "0 4 * * SUN",
  network: { subnetIds: ["subnet-restored-a", "subnet-restored-b"], vpcId: "vpc-drill" },
  validation: DRILL,
  tags: { team: "shop" },
};
