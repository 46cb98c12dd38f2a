import type { RetentionEnforcer, RetentionPreset, SnapshotFallback, SslMode } from "@pgkeep/core";
import type * as pulumi from "@pulumi/pulumi";
import type {
  KubernetesAgentArgs,
  KubernetesConfigMapKeyArgs,
  KubernetesDumpResourcesArgs,
  KubernetesEgressArgs,
  KubernetesPodsArgs,
  KubernetesSecretKeyArgs,
  KubernetesSidecarArgs,
} from "../agentPod/KubernetesPodArgs.js";

/** The server whose databases are dumped, and how the agent signs in. */
export interface KubernetesDumpServerArgs {
  /** Host name or address as Pods see it, for example `shop-db.shop.svc`. Another server needs another `cluster`: the history in the store is of one. */
  host: pulumi.Input<string>;
  /** TCP port, from 1 to 65535. Defaults to `5432`. A pooler's port will not do: it does not keep the snapshot. */
  port?: pulumi.Input<number>;
  /** The role that dumps, for example the dump role of `PostgresAccess`. */
  username: pulumi.Input<string>;
  /** Where its password is. Read at the start of each Pod, so that a changed one needs no deployment. */
  passwordSecret?: KubernetesSecretKeyArgs;
  /** Whether it signs in to RDS by IAM instead, with the role of the ServiceAccount. Defaults to `false`. */
  iamAuthentication?: boolean;
  /** Region of the instance, for `iamAuthentication`. Defaults to the one in the endpoint's name. */
  awsRegion?: pulumi.Input<string>;
  /** Database to connect to for what concerns the whole server. Defaults to `postgres`. */
  maintenanceDatabase?: pulumi.Input<string>;
}

/** How connections to the server are encrypted, and whose certificate is believed. */
export interface KubernetesDumpTlsArgs {
  /** Defaults to `verify-full`. Without encryption only by `disable`, spelled out, and `effectivePolicy` says so. */
  mode?: pulumi.Input<SslMode>;
  /** Secret with the certificates of the authorities, PEM, for example key `ca.crt` of a Secret of cert-manager. */
  caSecret?: KubernetesSecretKeyArgs;
  /** ConfigMap with them. */
  caConfigMap?: KubernetesConfigMapKeyArgs;
  /** `system`, or `rds` for those of Amazon RDS, which come with the agent, or a file in the image. Defaults to `rds` for an RDS endpoint, else to `system`. */
  authorities?: pulumi.Input<string>;
}

/** Where recovery points go. Credentials come from `secrets`, or from the ServiceAccount's own role. */
export interface KubernetesDumpStoreArgs {
  /** `s3://BUCKET/PREFIX`, `gs://BUCKET/PREFIX` or `azblob://CONTAINER/PREFIX`. Another store begins a new history; the old one stays where it is. */
  url: pulumi.Input<string>;
  /** Address of a server that is not the provider's own, for example `http://minio.storage.svc:9000`. */
  endpoint?: pulumi.Input<string>;
  /** S3: the bucket's Region. Defaults to `AWS_REGION`, which EKS sets, then to `us-east-1`. */
  region?: pulumi.Input<string>;
  /** S3: whether the bucket is part of the path, as many S3 servers need. Defaults to `false`. */
  forcePathStyle?: pulumi.Input<boolean>;
  /** S3: `when_required` for servers that refuse the newer checksum headers. Defaults to `when_supported`. */
  checksums?: pulumi.Input<string>;
  /** Azure: the storage account. */
  account?: pulumi.Input<string>;
}

/** How manifests are signed. */
export interface KubernetesDumpSigningArgs {
  /** Where the ed25519 private key is, PEM. Defaults to none: manifests are not signed. */
  privateKeySecret?: KubernetesSecretKeyArgs;
  /** Public keys (base64 of the raw 32 bytes). Where any is given, manifests without a valid signature of one of them are refused. Defaults to none. */
  publicKeys?: pulumi.Input<pulumi.Input<string>[]>;
}

/** What recovery points are held against by `pgkeep status` and retention. */
export interface KubernetesDumpObjectivesArgs {
  /** How old the newest good recovery point may be, for example `26h`. Defaults to nothing. */
  rpo?: pulumi.Input<string>;
  /** How long ago the last drill that passed may be, for example `35d`; retention stops while nothing was proven within it. Defaults to nothing. */
  provenWithin?: pulumi.Input<string>;
}

/** Which recovery points stay: the section `retention` of the agent's configuration. */
export interface KubernetesDumpRetentionArgs {
  /** Who removes: `agent`, or `lifecycle`, the S3 bucket itself. Defaults to `agent`. */
  enforcedBy?: pulumi.Input<RetentionEnforcer>;
  /** Whether each backup that is not suspicious removes what may go. Defaults to `false`. Only where the dump's own credential may delete, which whoever takes it over then may, too. */
  afterBackup?: pulumi.Input<boolean>;
  /** A ready-made policy: `production` is 30 days and 52 weeks. What is written beside it wins over it. */
  preset?: pulumi.Input<RetentionPreset>;
  /** How many of the newest stay, 1 to 10000. */
  keepLast?: pulumi.Input<number>;
  /** Hours of which the newest stays, 1 to 10000. */
  keepHourly?: pulumi.Input<number>;
  /** Days of which the newest stays, 1 to 10000. */
  keepDaily?: pulumi.Input<number>;
  /** ISO weeks of which the newest stays, 1 to 10000. */
  keepWeekly?: pulumi.Input<number>;
  /** Months of which the newest stays, 1 to 10000. */
  keepMonthly?: pulumi.Input<number>;
  /** Years of which the newest stays, 1 to 10000. */
  keepYearly?: pulumi.Input<number>;
  /** Everything younger than this stays, for example `48h`. */
  keepWithin?: pulumi.Input<string>;
  /** How many good ones stay whatever the rules say. Defaults to `3`, or fewer where the rules keep fewer. */
  minimum?: pulumi.Input<number>;
  /** How long a suspicious one stays that nobody accepts. Defaults to `90d`. */
  keepSuspicious?: pulumi.Input<string>;
}

/** How the databases are dumped: of the sections `dump` and `snapshot` of the agent's configuration. */
export interface KubernetesDumpOptionsArgs {
  /** Databases dumped at the same time, 1 to 64. Defaults to `2`. Each beside the first wants 64 MiB of memory. */
  parallel?: pulumi.Input<number>;
  /** zstd level, 1 to 19. Defaults to `3`. */
  compressionLevel?: pulumi.Input<number>;
  /** What the role cannot dump and may be missing, by the names that the agent's error gives. Defaults to nothing. */
  waive?: pulumi.Input<pulumi.Input<string>[]>;
  /** How long the agent tries to see all databases at one instant, for example `30s`. Defaults to `30s`. */
  snapshotTimeout?: pulumi.Input<string>;
  /** How long it waits for a lock on the tables in one attempt. Defaults to `10s`. */
  lockTimeout?: pulumi.Input<string>;
  /** What it does past the bound. Defaults to `fail`. */
  snapshotFallback?: pulumi.Input<SnapshotFallback>;
}

/** What the dump's Pods may reach, by NetworkPolicy. Nothing may reach them. It holds where the cluster's network enforces such policies. */
export interface KubernetesDumpNetworkArgs {
  /** Whether there are policies at all. Defaults to `true`. */
  policies?: boolean;
  /** The database's Pods, where it runs in the cluster. Defaults to any address, on the database's port alone. */
  databasePods?: KubernetesPodsArgs;
  /** The database's addresses, where it runs elsewhere, for example `10.1.2.0/24`. */
  databaseCidr?: pulumi.Input<string>;
  /** The database's port as its Pod has it, where a Service translates it: policies are judged behind the translation. Defaults to `server.port`. */
  databasePort?: pulumi.Input<number>;
  /** The store's Pods, where it runs in the cluster. Defaults to any address, on the store's port alone. */
  storePods?: KubernetesPodsArgs;
  /** The store's addresses. */
  storeCidrs?: pulumi.Input<pulumi.Input<string>[]>;
  /** The store's port as its Pod has it. Defaults to that of `store.endpoint`, else to `443`. */
  storePort?: pulumi.Input<number>;
  /** Ports of DNS, by UDP and TCP, at any address. Defaults to `53`; on OpenShift the Pods of DNS have `5353`. */
  dnsPorts?: pulumi.Input<pulumi.Input<number>[]>;
  /** Whether the agent of EKS Pod Identity on each node may be reached (169.254.170.23 and fd00:ec2::23, port 80). Defaults to `false`. */
  podIdentity?: boolean;
  /** What else may be reached, for example by a sidecar, or a webhook. Defaults to nothing. */
  otherEgress?: KubernetesEgressArgs[];
  /**
   * Whether a second policy lets the dump in at `databasePods`. Defaults to `false`. Only where other policies select these Pods already: the first policy of
   * a Pod shuts out everybody whom none lets in, the application as well.
   */
  allowInDatabase?: boolean;
}

/** Arguments of `DumpCronJob`. */
export interface DumpCronJobArgs extends KubernetesAgentArgs {
  /** Namespace of all of it. It must exist; with Pod Security `restricted` is well. Another replaces it all; recovery points stay. */
  namespace: pulumi.Input<string>;
  /** Name of the CronJob and of what belongs to it, at most 52 characters. Defaults to the component's own name. Another replaces it all; recovery points stay. */
  cronJobName?: string;
  /** Name of the PostgreSQL cluster in the store: lower-case letters, digits and hyphens, at most 63. Changing it begins a new history; the old one stays. */
  cluster: pulumi.Input<string>;
  /** Databases that belong together: every recovery point holds all of them at one instant. A change applies to later recovery points. */
  databases: pulumi.Input<pulumi.Input<string>[]>;
  /** The server. */
  server: KubernetesDumpServerArgs;
  /** How connections to it are encrypted. Defaults to `verify-full` with the system's authorities, or those of RDS. */
  tls?: KubernetesDumpTlsArgs;
  /** Where recovery points go. */
  store: KubernetesDumpStoreArgs;
  /** The agent's image by digest, as `npm run image` prints it. A change applies to later runs; one that is under way keeps its own. */
  image: pulumi.Input<string>;
  /** When, in the five fields of cron, for example `0 2 * * *`. Changing it makes neither a run nor a gap: the next time of the new schedule runs. */
  schedule: pulumi.Input<string>;
  /** IANA time zone of the schedule, for example `Europe/Berlin`. Defaults to `UTC`. */
  timeZone?: pulumi.Input<string>;
  /** Whether no runs are started. Defaults to `false`. A run that is under way goes on, and when it is taken back a slot that is not too late starts at once. */
  suspend?: pulumi.Input<boolean>;
  /** How late a run may begin, in seconds, 60 to the shortest time between two slots. Defaults to half of that time, at least `60` and at most `3600`. */
  startingDeadlineSeconds?: pulumi.Input<number>;
  /**
   * How long a run may take with all its tries, for example `4h`, at most the shortest time between two slots. Defaults to that time, at most `6h`. Past it
   * Kubernetes ends it with SIGTERM, and nothing is committed. Without it a run that hangs would keep all later ones from starting.
   */
  deadline?: pulumi.Input<string>;
  /**
   * How many times a run is tried again that could not reach something or failed otherwise, 0 to 20; never where trying again cannot help. Defaults to `6`: with
   * Kubernetes' growing waits more than the five minutes that the lock of a run that was killed outlives it.
   */
  retries?: pulumi.Input<number>;
  /** How many Jobs that succeeded are kept, with their logs, 0 to 100. Defaults to `3`. */
  successfulJobsHistoryLimit?: pulumi.Input<number>;
  /** How many Jobs that failed are kept, with their logs, 1 to 100. Defaults to `5`. */
  failedJobsHistoryLimit?: pulumi.Input<number>;
  /** age public keys that every object is encrypted with before it leaves the agent; name an escrow key too. Defaults to none, and `effectivePolicy` says so. A change applies to later recovery points. */
  encryptionRecipients?: pulumi.Input<pulumi.Input<string>[]>;
  /** How manifests are signed. Defaults to not at all. */
  signing?: KubernetesDumpSigningArgs;
  /** What recovery points are held against. Defaults to nothing. */
  objectives?: KubernetesDumpObjectivesArgs;
  /** Which recovery points stay. Defaults to all of them. A change removes nothing by itself. */
  retention?: KubernetesDumpRetentionArgs;
  /** How the databases are dumped. */
  dump?: KubernetesDumpOptionsArgs;
  /** Further variables of the agent that are read from Secrets, for example `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`. Defaults to none. */
  secrets?: Record<string, KubernetesSecretKeyArgs>;
  /** Further variables of the agent. Secrets are refused here: everybody who may read the CronJob reads them. Defaults to none. */
  environment?: Record<string, pulumi.Input<string>>;
  /** Annotations of the ServiceAccount, for example `eks.amazonaws.com/role-arn` for IRSA. Pod Identity needs none. Defaults to none. */
  serviceAccountAnnotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Name of a ServiceAccount that exists. Defaults to one of its own, which may do nothing in Kubernetes. */
  serviceAccountName?: pulumi.Input<string>;
  /** What its Pods may reach. */
  network?: KubernetesDumpNetworkArgs;
  /** What its Pods ask of their node. */
  resources?: KubernetesDumpResourcesArgs;
  /** Programs beside the dump, such as a proxy that leads to the database. Defaults to none. */
  sidecars?: KubernetesSidecarArgs[];
  /** Annotations of its Pods, beside those that ask an autoscaler to let a dump end. Defaults to none. */
  podAnnotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}
