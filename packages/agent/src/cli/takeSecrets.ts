/** Variables whose value is a secret. Those with _FILE behind their name hold a path, which is none. */
const SECRETS = [
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

/** A copy's own, as in PGKEEP_COPY_OFFSITE_AWS_SECRET_ACCESS_KEY. */
const isSecretOfCopy = (name: string) => name.startsWith("PGKEEP_COPY_") && SECRETS.some((secret) => name.endsWith(`_${secret}`));

/**
 * A copy of the process's environment, out of which the secrets are then taken: every program that is started without an environment of its own
 * inherits the process's, and none of them needs these.
 */
export function takeSecrets(processEnvironment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const environment = { ...processEnvironment };
  for (const name of [...SECRETS, ...Object.keys(environment).filter(isSecretOfCopy)]) delete processEnvironment[name];
  return environment;
}
