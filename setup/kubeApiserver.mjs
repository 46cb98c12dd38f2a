import { join } from "node:path";
import { cached, makeOnce } from "./cache.mjs";
import { isProgram } from "./command.mjs";
import { buildKubernetes, goForKubernetes, kubernetesVersion } from "./kubernetesModule.mjs";

/** Kubernetes' API server, which defaults and validates what a component declares. */
const program = "kube-apiserver";
const name = `${program}-${kubernetesVersion}`;

/** @returns {string | undefined} */
export function findKubeApiserver() {
  const asked = process.env.PGKEEP_KUBE_APISERVER;
  if (asked !== undefined && asked !== "") return asked;
  const built = join(cached(name), program);
  return isProgram(built) ? built : undefined;
}

export async function kubeApiserver() {
  if (findKubeApiserver() !== undefined) return;
  const go = goForKubernetes();
  await makeOnce(name, `building ${program} ${kubernetesVersion} (once per machine, 5 to 10 minutes)`, (folder) =>
    buildKubernetes(go, folder, [program]),
  );
}
