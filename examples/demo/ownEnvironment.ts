/**
 * The environment without anything of whoever runs the demo that pgkeep or libpq would heed: a PGKEEP_CONFIG of his would have the demo back up
 * and replace his own databases, a PGKEEP_HEARTBEAT_URL would say that his backup succeeded.
 */
export function ownEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => name === "PGKEEP_PG_BIN" || !/^(PG|AWS_|AZURE_|GOOGLE_)/.test(name)),
  );
}
