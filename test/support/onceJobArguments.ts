import { KubernetesImagePullPolicy, type PreDeployBackupArgs, type RestoreJobArgs, SslMode } from "../../packages/kubernetes/src/index.js";
import { AGENT_DIGEST, OTHER_DIGEST, WHOLE_CRON_JOB } from "./cronJobArguments.js";
import { RECIPIENTS } from "./dumpArguments.js";

/** What a DumpCronJob hands out. */
export const CONFIGURATION = {
  version: 1,
  cluster: "shop",
  connection: { host: "shop-db.shop.svc", user: "pgkeep_dump", sslrootcert: "/etc/pgkeep/authorities/ca.crt" },
  databases: ["shop-core", "shop-backend"],
  store: { url: "s3://shop-backups/postgres", region: "eu-central-1" },
  encryption: { recipients: RECIPIENTS },
};

const ROLE = { "eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/shop-restore" };

/** A restore as most declare it. */
export const RESTORE_JOB: RestoreJobArgs = {
  namespace: "default",
  restoreId: "incident-42",
  recoveryPoint: "20261121T020000Z-4f9k2m1x",
  configuration: JSON.stringify(CONFIGURATION),
  target: { username: "restorer", passwordSecret: { name: "shop-restorer", key: "password" } },
  tls: { caSecret: { name: "shop-db-tls", key: "ca.crt" } },
  databases: [{ name: "shop-core" }, { name: "shop-backend", as: "shop-backend-restored" }],
  confirmReplace: ["shop-core"],
  identitySecret: { name: "shop-identity", key: "identity" },
  image: AGENT_DIGEST,
  serviceAccountAnnotations: ROLE,
};

const { imagePullSecrets, resources, placement, sidecars, userId, labels, podAnnotations, secrets, network } = WHOLE_CRON_JOB;
const pod = { imagePullSecrets, resources, placement, sidecars, userId, labels, podAnnotations, secrets, network } as Pick<
  RestoreJobArgs & PreDeployBackupArgs,
  "imagePullSecrets" | "resources" | "placement" | "sidecars" | "userId" | "labels" | "podAnnotations" | "secrets" | "network"
>;

/** One with every argument that goes with the others. */
export const WHOLE_RESTORE_JOB: RestoreJobArgs = {
  ...RESTORE_JOB,
  ...pod,
  jobName: "shop-restore",
  recoveryPoint: "latest-proven",
  target: { ...RESTORE_JOB.target, host: "new-db.shop.svc", port: 5433, maintenanceDatabase: "template1" },
  tls: { mode: SslMode.VerifyCa, caConfigMap: { name: "shop-authorities", key: "ca.crt" } },
  dropReplaced: true,
  acceptMissing: true,
  acceptOlderMigrations: true,
  withOwners: false,
  withPrivileges: false,
  verify: false,
  waitForCompletion: false,
  deadline: "90m",
  imagePullPolicy: KubernetesImagePullPolicy.Always,
  environment: { PGKEEP_BY: "the restore of incident 42" },
};

/** A backup before a deployment as most declare it. */
export const PRE_DEPLOY: PreDeployBackupArgs = {
  namespace: "default",
  deploymentKey: "0123456789abcdef0123456789abcdef01234567",
  configuration: JSON.stringify(CONFIGURATION),
  passwordSecret: { name: "shop-dump", key: "password" },
  caSecret: { name: "shop-db-tls", key: "ca.crt" },
  application: { gitSha: "89abcdef0123456789abcdef0123456789abcdef" },
  image: AGENT_DIGEST,
  serviceAccountName: "shop-nightly",
};

/** One with every argument that goes with the others. */
export const WHOLE_PRE_DEPLOY: PreDeployBackupArgs = {
  namespace: "default",
  ...pod,
  jobName: "shop-pre-deploy",
  deploymentKey: "v2.1.0",
  configuration: JSON.stringify({
    ...CONFIGURATION,
    signing: { publicKeys: ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="] },
    dump: { parallel: 4 },
  }),
  passwordSecret: { name: "shop-dump", key: "password" },
  signingKeySecret: { name: "shop-signing", key: "key.pem" },
  caConfigMap: { name: "shop-authorities", key: "ca.crt" },
  application: {
    gitSha: "89abcdef0123456789abcdef0123456789abcdef",
    branch: "main",
    images: { web: `sha256:${"0123456789abcdef".repeat(4)}`, worker: OTHER_DIGEST },
  },
  pinFor: "14d",
  waitForOther: "5m",
  waitForCompletion: false,
  deadline: "30m",
  image: AGENT_DIGEST,
  imagePullPolicy: KubernetesImagePullPolicy.Always,
  environment: { PGKEEP_BY: "the pipeline" },
  serviceAccountAnnotations: ROLE,
};
