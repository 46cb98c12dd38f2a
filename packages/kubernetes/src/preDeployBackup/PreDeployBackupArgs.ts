import type * as pulumi from "@pulumi/pulumi";
import type {
  KubernetesAgentArgs,
  KubernetesConfigMapKeyArgs,
  KubernetesDumpResourcesArgs,
  KubernetesSecretKeyArgs,
  KubernetesSidecarArgs,
} from "../agentPod/KubernetesPodArgs.js";
import type { KubernetesDumpNetworkArgs } from "../dumpCronJob/DumpCronJobArgs.js";

/** Which version of the application runs while the backup is taken, and so has to be deployed before it is restored. Applied migrations are read from the databases. */
export interface KubernetesApplicationArgs {
  /** The commit, 7 to 64 hexadecimal digits. Defaults to none. */
  gitSha?: pulumi.Input<string>;
  /** Its branch. Defaults to none. */
  branch?: pulumi.Input<string>;
  /** Images by what the application calls them, for example `web`, each as `sha256:…` or `REPOSITORY@sha256:…`. Defaults to none. */
  images?: Record<string, pulumi.Input<string>>;
}

/** Arguments of `PreDeployBackup`. */
export interface PreDeployBackupArgs extends KubernetesAgentArgs {
  /** Namespace of all of it. It must exist. Another moves the account and the policies; the backup that was taken is not taken again. */
  namespace: pulumi.Input<string>;
  /** Name of what belongs to it, and of the Job before `deploymentKey`, at most 52 characters. Defaults to the component's own name. */
  jobName?: string;
  /**
   * What is about to be deployed: a git SHA, a release, the digest of an image. 1 to 128 letters, digits and `._/@:+-`. Each new key takes one backup, a key that was
   * there before too; the same key as last time takes none. Plain, because it is part of a resource's name.
   */
  deploymentKey: string;
  /** The agent's configuration, which says what is backed up, and whereto: `agentConfiguration` of a `DumpCronJob`, or the text of a `pgkeep.yaml`. */
  configuration: pulumi.Input<string>;
  /** Where the password is of the role that dumps. Read at the start of the Pod. */
  passwordSecret?: KubernetesSecretKeyArgs;
  /** Where the key is that manifests are signed with. Needed where the configuration demands signatures. Defaults to none. */
  signingKeySecret?: KubernetesSecretKeyArgs;
  /** Secret with the certificates of the authorities, where the configuration of a `DumpCronJob` has them from its `tls.caSecret`. */
  caSecret?: KubernetesSecretKeyArgs;
  /** ConfigMap with them, where it has them from `tls.caConfigMap`. */
  caConfigMap?: KubernetesConfigMapKeyArgs;
  /** Which version of the application runs now. It stands in the recovery point, and a restore says it. Defaults to what the configuration says. */
  application?: KubernetesApplicationArgs;
  /** How long retention leaves the recovery point alone, 1h to 3650d. Defaults to `30d`. */
  pinFor?: pulumi.Input<string>;
  /** How long another backup of the same databases is waited for, 1s to 7d, at most `deadline`. Defaults to `10m`, in which the lock of one that was killed expires. */
  waitForOther?: pulumi.Input<string>;
  /** Whether the deployment waits until the backup is there, and fails with it. Defaults to `true`: without it the backup and the migration run beside each other. */
  waitForCompletion?: boolean;
  /** How long it may take, for example `2h`, 1s to 7d; past it Kubernetes ends it with SIGTERM, and nothing is committed. Defaults to `1h`. Plain, for how long the deployment waits follows from it. */
  deadline?: string;
  /** The agent's image by digest, as `npm run image` prints it. A change applies to the next key. */
  image: pulumi.Input<string>;
  /** Further variables of the agent that are read from Secrets, for example `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`. Defaults to none. */
  secrets?: Record<string, KubernetesSecretKeyArgs>;
  /** Further variables of the agent. Secrets are refused here: everybody who may read the Job reads them. Defaults to none. */
  environment?: Record<string, pulumi.Input<string>>;
  /** Annotations of the ServiceAccount, for example `eks.amazonaws.com/role-arn` for IRSA. Defaults to none. */
  serviceAccountAnnotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Name of a ServiceAccount that exists, for example `serviceAccountName` of a `DumpCronJob`. Defaults to one of its own, which may do nothing in Kubernetes. */
  serviceAccountName?: pulumi.Input<string>;
  /** What its Pod may reach. */
  network?: KubernetesDumpNetworkArgs;
  /** What its Pod asks of its node. */
  resources?: KubernetesDumpResourcesArgs;
  /** Programs beside it, such as a proxy that leads to the database. Defaults to none. */
  sidecars?: KubernetesSidecarArgs[];
  /** Annotations of its Pod, beside those that ask an autoscaler to let it end. Defaults to none. */
  podAnnotations?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}
