import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import { forwardService } from "./forwardService.js";
import { applyManifest, runKubectl } from "./kubectl.js";

/** The cluster that the project's test files share, from within one of them. */
export interface JoinedCluster {
  kubeconfig: string;
  /** This machine's address as Pods see it. */
  hostAddress: string;
  kubectl(...args: string[]): Promise<string>;
  apply(manifest: object | string): Promise<void>;
  /** Lets Pods reach a server on this machine's loopback, under the same port of `hostAddress`. */
  expose(port: number): Promise<void>;
  leave(): Promise<void>;
}

/** Why a test that needs it cannot run here; undefined when it can. */
export function missingSharedCluster(): string | undefined {
  const shared = inject("cluster");
  return shared.kind === "missing" ? shared.reason : undefined;
}

export function joinCluster(): JoinedCluster {
  const shared = inject("cluster");
  if (shared.kind !== "running") throw new Error(shared.reason);
  const folder = mkdtempSync(join(tmpdir(), "pgkeep-joined-"));
  const file = join(folder, "kubeconfig");
  writeFileSync(file, shared.kubeconfig, { mode: 0o600 });
  const ends: (() => Promise<void>)[] = [];
  const kubectl = (...args: string[]) => runKubectl(join(shared.programs, "kubectl"), file, args);
  return {
    kubeconfig: shared.kubeconfig,
    hostAddress: shared.hostAddress,
    kubectl,
    apply: (manifest) => applyManifest(kubectl, folder, manifest),
    expose: async (port) => {
      ends.push(await forwardService({ address: shared.hostAddress, port }, new URL(`tcp://127.0.0.1:${port}`)));
    },
    leave: async () => {
      for (const end of ends) await end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
