import { isSecretVariable } from "@pgkeep/core";

/**
 * A copy of the process's environment, out of which the secrets are then taken: every program that is started without an environment of its own
 * inherits the process's, and none of them needs these.
 */
export function takeSecrets(processEnvironment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const environment = { ...processEnvironment };
  for (const name of Object.keys(environment).filter(isSecretVariable)) delete processEnvironment[name];
  return environment;
}
