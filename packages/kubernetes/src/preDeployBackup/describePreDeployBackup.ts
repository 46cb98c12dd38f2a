import { type AgentConfigInput, isLoopback } from "@pgkeep/core";
import { imageText, resourcesText } from "../agentPod/describeAgentPod.js";
import type { SettledResources } from "../agentPod/settleResources.js";
import { configuredServer } from "../onceJob/configuredServer.js";

/** What of a backup's values its description needs. */
export interface DescribedPreDeployBackup {
  deploymentKey: string;
  jobName: string;
  namespace: string;
  config: AgentConfigInput;
  /** What is recorded of the application, for example `commit 0123abc`. */
  application: readonly string[];
  pinFor: string;
  waitForOther: string;
  deadline: string;
  waits: boolean;
  /** Whether they are mounted, and of what. */
  authorities: string;
  secrets: readonly string[];
  signs: boolean;
  network: readonly string[];
  image: string;
  resources: SettledResources;
  serviceAccount: string;
  sidecars: readonly string[];
}

/** The backup in sentences, one a line, for whoever reviews a preview. The engine cuts lines at 150 characters. */
export function describePreDeployBackup(backup: DescribedPreDeployBackup): string {
  const { config, deploymentKey, application } = backup;
  const { host } = configuredServer(config);
  return [
    `before ${deploymentKey}: a recovery point of ${config.cluster}, ${config.databases.join(", ")} of ${host}, all at one instant`,
    `runs once, when the key changes, as Job ${backup.jobName}; what else changes here counts for the next key`,
    "a key that was there before, as with a rollback, takes another",
    backup.waits
      ? `what depends on it waits for it, and is not deployed where it fails; it may take ${backup.deadline}`
      : `what depends on it does NOT wait until it is there; it may take ${backup.deadline}`,
    `another backup of ${config.cluster} that is under way is waited for, ${backup.waitForOther} at most; else it is not tried again when it fails`,
    `goes to ${config.store.url}${(config.encryption?.recipients.length ?? 0) === 0 ? ", NOT encrypted by the agent" : ", encrypted"}; retention leaves it alone for ${backup.pinFor}`,
    "the former key's Job goes with its log; its recovery point stays",
    application.length === 0
      ? "of the application only the migrations are recorded that the databases tell: neither a commit nor an image was given"
      : `recorded of the application that runs until then: ${application.join(", ")}, and the migrations that the databases tell`,
    connections(backup),
    ...backup.secrets.map((secret) => `reads ${secret} at its start; no value is copied`),
    backup.signs ? "the manifest is signed" : "the manifest is NOT signed: an edited one would not be noticed",
    ...backup.network,
    imageText(backup.image),
    resourcesText(backup.resources),
    `ServiceAccount ${backup.namespace}/${backup.serviceAccount}, without a token of Kubernetes`,
    ...backup.sidecars,
  ].join("\n");
}

function connections({ config, authorities }: DescribedPreDeployBackup): string {
  const { user, rdsIam, host, sslMode } = configuredServer(config);
  const by = rdsIam === undefined ? "" : " by IAM";
  if (sslMode !== "disable") return `signs in as ${user}${by}; TLS, ${sslMode} with ${authorities}`;
  return isLoopback(host)
    ? `signs in as ${user}${by}; connections stay in the Pod, and go on through what runs beside the backup`
    : `signs in as ${user}${by}; connections to the server are NOT encrypted: whoever is on the network between reads along`;
}
