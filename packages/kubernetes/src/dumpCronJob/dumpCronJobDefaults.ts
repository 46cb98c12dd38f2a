/** What a dump is where its arguments say nothing. */
export const DUMP_CRON_JOB_DEFAULTS = {
  timeZone: "UTC",
  databasePort: 5432,
  dnsPorts: [53],
  retries: 5,
  successfulJobs: 3,
  failedJobs: 5,
  parallel: 2,
  memoryLimit: "512Mi",
  cpuRequest: "100m",
  ephemeralStorageLimit: "512Mi",
  ephemeralStorageRequest: "128Mi",
  sidecarMemory: "128Mi",
  userId: 65_532,
} as const;

/** The agent's container, by whose name the failure policy knows it. */
export const AGENT_CONTAINER = "agent";

/** Where the certificates of the authorities are mounted. */
export const AUTHORITIES_FOLDER = "/etc/pgkeep/authorities";
export const AUTHORITIES_FILE = "ca.crt";

/** Variables that the component gives the container itself. */
export const OWN_VARIABLES: readonly string[] = [
  "PGKEEP_CONFIG",
  "PGKEEP_CONFIG_YAML",
  "PGKEEP_SLOT",
  "PGKEEP_RUN_ID",
  "PGKEEP_JOB_NAME",
  "PGKEEP_SIGNING_KEY",
  "PGPASSWORD",
  "PGPASSWORD_FILE",
];

/** Labels by which policies know the Pods of a dump. */
export function dumpLabels(cronJobName: string): Record<string, string> {
  return { "app.kubernetes.io/name": "pgkeep", "app.kubernetes.io/component": "dump", "app.kubernetes.io/instance": cronJobName };
}
