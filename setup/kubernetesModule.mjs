import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findProgram, run } from "./command.mjs";
import { SetupProblem } from "./SetupProblem.mjs";

const minor = "36.3";

/** No package registry ships Kubernetes' programs. */
export const kubernetesVersion = `1.${minor}`;

/** Modules that Kubernetes keeps in its own tree, and its go.mod takes from there: outside of it their releases of the same day are named. */
const staged = [
  ...["api", "apiextensions-apiserver", "apimachinery", "apiserver", "cli-runtime", "client-go", "cloud-provider", "cluster-bootstrap"],
  ...["code-generator", "component-base", "component-helpers", "controller-manager", "cri-api", "cri-client", "cri-streaming"],
  ...["csi-translation-lib", "dynamic-resource-allocation", "endpointslice", "externaljwt", "kms", "kube-aggregator"],
  ...["kube-controller-manager", "kube-proxy", "kube-scheduler", "kubectl", "kubelet", "metrics", "mount-utils"],
  ...["pod-security-admission", "sample-apiserver", "sample-cli-plugin", "sample-controller", "streaming"],
];

/** @returns {string} the Go that builds them */
export function goForKubernetes() {
  const go = findProgram("go", ["/usr/local/go/bin", "/opt/homebrew/bin", "/usr/local/bin"]);
  if (go === undefined) throw new SetupProblem("Go, which would build it, is not on this machine");
  return go;
}

/**
 * Builds programs of Kubernetes from its Go modules, in a module of our own.
 * @param {string} go
 * @param {string} folder where they go
 * @param {string[]} programs as in `kube-apiserver`
 */
export async function buildKubernetes(go, folder, programs) {
  const source = join(folder, "source");
  mkdirSync(source);
  const replaced = staged.map((module) => `replace k8s.io/${module} => k8s.io/${module} v0.${minor}`);
  const lines = [
    "module pgkeep.invalid/kubernetes",
    "go 1.26.0",
    "godebug default=go1.26",
    `require k8s.io/kubernetes v${kubernetesVersion}`,
  ];
  writeFileSync(join(source, "go.mod"), [...lines, ...replaced, ""].join("\n\n"));
  const told = "k8s.io/component-base/version";
  const flags = `-s -w -X ${told}.gitVersion=v${kubernetesVersion} -X ${told}.gitMajor=1 -X ${told}.gitMinor=${minor.split(".")[0]}`;
  for (const program of programs) {
    const args = ["build", "-mod=mod", "-trimpath", "-ldflags", flags, "-o", join(folder, program)];
    await run("nice", ["-n", "10", go, ...args, `k8s.io/kubernetes/cmd/${program}`], { cwd: source });
  }
}
