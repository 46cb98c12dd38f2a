import { existsSync } from "node:fs";
import { join } from "node:path";
import { cached, makeOnce } from "./cache.mjs";
import { findProgram } from "./command.mjs";
import { findDockerd } from "./docker.mjs";
import { buildKubernetes, goForKubernetes, kubernetesVersion } from "./kubernetesModule.mjs";
import { SetupProblem } from "./SetupProblem.mjs";
import { installSystemPackage } from "./systemPackages.mjs";

/** What makes a cluster of the API server: controllers that act, a scheduler, a kubelet that runs Pods, and the client. */
const programs = ["kube-controller-manager", "kube-scheduler", "kubelet", "kubectl"];
const name = `kubernetes-node-${kubernetesVersion}`;

/** Where Debian puts the plugins that give a Pod its network. */
const networkPlugins = "/usr/lib/cni";

/** @returns {string | undefined} the folder of the programs, where a node can be started with them */
export function findKubernetesNode() {
  if (!canRunContainers()) return undefined;
  const asked = process.env.PGKEEP_KUBERNETES_NODE;
  if (asked !== undefined && asked !== "") return asked;
  const folder = cached(name);
  return existsSync(folder) ? folder : undefined;
}

export async function kubernetesNode() {
  if (findDockerd() === undefined) {
    throw new SetupProblem("Pods need Linux, root, and the right to make namespaces and mounts, as a Docker Engine does");
  }
  if (findProgram("containerd") === undefined) await installSystemPackage({ apt: "containerd", brew: "containerd" });
  if (!existsSync(join(networkPlugins, "bridge"))) await installSystemPackage({ apt: "containernetworking-plugins", brew: "cni-plugins" });
  if (findProgram("ip") === undefined) await installSystemPackage({ apt: "iproute2", brew: "iproute2mac" });
  if (findProgram("iptables") === undefined) await installSystemPackage({ apt: "iptables", brew: "iptables" });
  const go = existsSync(cached(name)) ? "go" : goForKubernetes();
  await makeOnce(name, `building Kubernetes' node ${kubernetesVersion} (once per machine, about 5 minutes)`, (folder) =>
    buildKubernetes(go, folder, programs),
  );
}

function canRunContainers() {
  return findDockerd() !== undefined && findProgram("containerd") !== undefined && existsSync(join(networkPlugins, "bridge"));
}
