import { delimiter } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { ExitCode, ProblemError } from "@pgkeep/core";
import type { Environment } from "../configuration/Environment.js";

/** What the library takes for a cluster where it finds none. */
const NOWHERE = "http://localhost:8080";

/** How the cluster is reached: as KUBECONFIG says, else by ~/.kube/config, else from within a Pod by its ServiceAccount. */
export function kubernetesAccess(environment: Environment): KubeConfig {
  const access = new KubeConfig();
  const files = (environment.KUBECONFIG ?? "").split(delimiter).filter((file) => file !== "");
  try {
    const [first, ...others] = files;
    if (first === undefined) access.loadFromDefault();
    else access.loadFromFile(first);
    for (const file of others) {
      const other = new KubeConfig();
      other.loadFromFile(file);
      access.mergeConfig(other);
    }
  } catch (error) {
    throw new ProblemError(
      ExitCode.Configuration,
      {
        where: files.length > 0 ? "KUBECONFIG" : "~/.kube/config",
        received: (error as Error).message,
        reason: "this kubeconfig cannot be read",
        next: "correct it, or unset KUBECONFIG; a Pod needs none: it uses its ServiceAccount",
      },
      { cause: error },
    );
  }
  const server = access.getCurrentCluster()?.server;
  if (server !== undefined && (files.length > 0 || server !== NOWHERE)) return access;
  throw new ProblemError(ExitCode.Configuration, {
    where: files.length > 0 ? "KUBECONFIG" : "Kubernetes",
    reason: files.length > 0 ? "this kubeconfig has no current context with a cluster" : "nothing says where the cluster is",
    allowed: "a Pod with its ServiceAccount's token (automountServiceAccountToken), KUBECONFIG, or ~/.kube/config",
    next: "set KUBECONFIG, or run it in a Pod",
  });
}
