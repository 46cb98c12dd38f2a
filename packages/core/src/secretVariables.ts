/** Variables of the agent whose value is a secret. Those with _FILE behind their name hold a path, which is none. */
export const SECRET_VARIABLES: readonly string[] = [
  "PGPASSWORD",
  "PGKEEP_TARGET_PASSWORD",
  "PGKEEP_IDENTITY",
  "PGKEEP_SIGNING_KEY",
  "PGKEEP_HEARTBEAT_URL",
  "PGKEEP_WEBHOOK_URL",
  "PGKEEP_WEBHOOK_TOKEN",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AZURE_STORAGE_KEY",
  "AZURE_STORAGE_SAS_TOKEN",
  "AZURE_CLIENT_SECRET",
];

/** Whether a variable of this name holds a secret, a copy's own among them, as in PGKEEP_COPY_OFFSITE_AWS_SECRET_ACCESS_KEY. */
export function isSecretVariable(name: string): boolean {
  return SECRET_VARIABLES.some((secret) => name === secret || (name.startsWith("PGKEEP_COPY_") && name.endsWith(`_${secret}`)));
}
