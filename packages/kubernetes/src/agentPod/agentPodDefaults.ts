import { POD_UID_VARIABLE, type Problem, VOLUME_SNAPSHOT_CONFIG_VARIABLE } from "@pgkeep/core";

/** What a Pod of the agent is where its component's arguments say nothing. */
export const AGENT_POD_DEFAULTS = {
  dnsPorts: [53],
  /** Of the API server's Service, and of what is behind it in most clusters. */
  apiServerPorts: [443, 6443],
  memoryLimit: "512Mi",
  cpuRequest: "100m",
  ephemeralStorageLimit: "512Mi",
  ephemeralStorageRequest: "128Mi",
  sidecarMemory: "128Mi",
  /** The image's own. */
  userId: 65_532,
} as const;

/** The agent's container, by whose name the failure policy knows it. */
export const AGENT_CONTAINER = "agent";

/** Where the certificates of the authorities are mounted. */
export const AUTHORITIES_FOLDER = "/etc/pgkeep/authorities";
export const AUTHORITIES_FILE = "ca.crt";

/** An autoscaler that empties a node lets a run end first, as far as it knows one of these. */
export const LET_IT_END = { "cluster-autoscaler.kubernetes.io/safe-to-evict": "false", "karpenter.sh/do-not-disrupt": "true" };

/** Variables that components give the agent's container themselves. */
export const OWN_VARIABLES: readonly string[] = [
  "PGKEEP_CONFIG",
  "PGKEEP_CONFIG_YAML",
  "PGKEEP_SLOT",
  "PGKEEP_RUN_ID",
  "PGKEEP_JOB_NAME",
  POD_UID_VARIABLE,
  VOLUME_SNAPSHOT_CONFIG_VARIABLE,
  "PGKEEP_SIGNING_KEY",
  "PGPASSWORD",
  "PGPASSWORD_FILE",
];

/** Labels by which policies know the Pods of a component. `role` is what they do: `dump`, `drill`. */
export function agentLabels(role: string, instance: string): Record<string, string> {
  return { "app.kubernetes.io/name": "pgkeep", "app.kubernetes.io/component": role, "app.kubernetes.io/instance": instance };
}

/** Without what is told of a place already: what is wrong by itself need not be told again by whoever else looks at it. */
export function eachPlaceOnce(problems: readonly Problem[], further: readonly Problem[]): Problem[] {
  const told = new Set(problems.map(({ where }) => where));
  return [
    ...problems,
    ...further.filter(({ where }, index) => !told.has(where) && further.findIndex((one) => one.where === where) === index),
  ];
}
