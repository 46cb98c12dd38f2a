import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cached, makeOnce } from "./cache.mjs";
import { findProgram, isProgram, run } from "./command.mjs";
import { SetupProblem } from "./SetupProblem.mjs";

/** Kubernetes' API server, which defaults and validates what a component declares; no package registry ships it as a program. */
const minor = "36.3";
const version = `1.${minor}`;
const name = `kube-apiserver-${version}`;

/** Modules that Kubernetes keeps in its own tree, and its go.mod takes from there: outside of it their releases of the same day are named. */
const staged = [
  ...["api", "apiextensions-apiserver", "apimachinery", "apiserver", "cli-runtime", "client-go", "cloud-provider", "cluster-bootstrap"],
  ...["code-generator", "component-base", "component-helpers", "controller-manager", "cri-api", "cri-client", "cri-streaming"],
  ...["csi-translation-lib", "dynamic-resource-allocation", "endpointslice", "externaljwt", "kms", "kube-aggregator"],
  ...["kube-controller-manager", "kube-proxy", "kube-scheduler", "kubectl", "kubelet", "metrics", "mount-utils"],
  ...["pod-security-admission", "sample-apiserver", "sample-cli-plugin", "sample-controller", "streaming"],
];

/** @returns {string | undefined} */
export function findKubeApiserver() {
  const asked = process.env.PGKEEP_KUBE_APISERVER;
  if (asked !== undefined && asked !== "") return asked;
  const built = join(cached(name), "kube-apiserver");
  return isProgram(built) ? built : undefined;
}

export async function kubeApiserver() {
  if (findKubeApiserver() !== undefined) return;
  const go = findProgram("go", ["/usr/local/go/bin", "/opt/homebrew/bin", "/usr/local/bin"]);
  if (go === undefined) throw new SetupProblem("Go, which would build it, is not on this machine");
  await makeOnce(name, `building kube-apiserver ${version} (once per machine, 5 to 10 minutes)`, async (folder) => {
    const source = join(folder, "source");
    mkdirSync(source);
    const replaced = staged.map((module) => `replace k8s.io/${module} => k8s.io/${module} v0.${minor}`);
    const lines = ["module pgkeep.invalid/kube-apiserver", "go 1.26.0", "godebug default=go1.26", `require k8s.io/kubernetes v${version}`];
    writeFileSync(join(source, "go.mod"), [...lines, ...replaced, ""].join("\n\n"));
    const told = "k8s.io/component-base/version";
    const flags = `-s -w -X ${told}.gitVersion=v${version} -X ${told}.gitMajor=1 -X ${told}.gitMinor=${minor.split(".")[0]}`;
    const args = ["build", "-mod=mod", "-trimpath", "-ldflags", flags, "-o", join(folder, "kube-apiserver")];
    await run("nice", ["-n", "10", go, ...args, "k8s.io/kubernetes/cmd/kube-apiserver"], { cwd: source });
  });
}
