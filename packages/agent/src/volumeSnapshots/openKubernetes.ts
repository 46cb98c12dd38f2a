import type { Environment } from "../configuration/Environment.js";
import { KubernetesApi } from "./KubernetesApi.js";
import { kubernetesAccess } from "./kubernetesAccess.js";

/** The cluster that the environment names. Asks it nothing yet. */
export function openKubernetes(environment: Environment, signal: AbortSignal): KubernetesApi {
  return new KubernetesApi(kubernetesAccess(environment), signal);
}
