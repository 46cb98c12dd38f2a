import { agentLabels } from "../agentPod/agentPodDefaults.js";
import { KubernetesDrillScratch, type KubernetesRestoreDrillArgs } from "./KubernetesRestoreDrillArgs.js";

/** What a drill is where its arguments say nothing. */
export const DRILL_DEFAULTS = {
  recoveryPoint: "latest",
  retries: 2,
  /** Beside `keepFinished`, for schedules that run more often. */
  successfulJobs: 1,
  failedJobs: 3,
  keepFinished: "1h",
  databasePort: 5432,
  /** `postgres` of the official image, on Debian. */
  scratchUserId: 999,
  scratchMemory: "768Mi",
  scratchCpuRequest: "100m",
  /** Of the agent with a server in its own container. */
  memoryWithServer: "1Gi",
} as const;

/** Where things are in the Pod. */
export const SOCKET_FOLDER = "/scratch/socket";
export const DATA_FOLDER = "/scratch/data";
export const IDENTITIES_FOLDER = "/etc/pgkeep/identities";
export const IDENTITIES_FILE = "identities.txt";

/** The sidecar's container. */
export const SCRATCH_CONTAINER = "scratch";

/**
 * Webhooks of EKS (IRSA, Pod Identity) and AKS give the ServiceAccount's role to every container of a Pod, and leave out those that these name
 * (https://github.com/aws/amazon-eks-pod-identity-webhook#pod-annotations,
 * https://azure.github.io/azure-workload-identity/docs/topics/service-account-labels-and-annotations.html).
 */
export const WITHOUT_ROLE = {
  "eks.amazonaws.com/skip-containers": SCRATCH_CONTAINER,
  "azure.workload.identity/skip-containers": SCRATCH_CONTAINER,
};

/** Whom `initdb` makes the superuser of a scratch server in a sidecar. The agent gives him the name that the source has. */
export const SCRATCH_SUPERUSER = "postgres";

/** Labels by which policies know the Pods of a drill. */
export function drillLabels(cronJobName: string): Record<string, string> {
  return agentLabels("drill", cronJobName);
}

export function scratchOf({ scratch = KubernetesDrillScratch.Sidecar }: Pick<KubernetesRestoreDrillArgs, "scratch">) {
  return scratch;
}
