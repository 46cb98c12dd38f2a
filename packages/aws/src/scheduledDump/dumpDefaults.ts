/** What a dump is where its arguments say nothing. */
export const DUMP_DEFAULTS = { timeZone: "UTC", deadline: "6h", passwordJsonKey: "password", port: 5432, pruneDeadline: "2h" } as const;

/** Variables that the component gives the container itself. */
export const OWN_VARIABLES = [
  "PGKEEP_CONFIG",
  "PGKEEP_CONFIG_YAML",
  "PGKEEP_METRICS",
  "PGKEEP_SLOT",
  "PGKEEP_RUN_ID",
  "PGKEEP_SIGNING_KEY",
  "PGPASSWORD",
  "PGPASSWORD_FILE",
] as const;
