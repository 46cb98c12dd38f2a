import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { foundEnvironment } from "../../../setup/environment.mjs";
import { saveAgentImage } from "./agentImage.js";
import { missingCluster, startCluster } from "./startCluster.js";

declare module "vitest" {
  interface ProvidedContext {
    /** How to reach the one cluster that all test files of the project share; undefined where there is none. */
    cluster: SharedCluster | undefined;
  }
}

export interface SharedCluster {
  kubeconfig: string;
  hostAddress: string;
  programs: string;
}

/** One cluster, with the agent's image, for all test files of the project: each works in namespaces of its own. */
export default async function setup({ provide }: TestProject): Promise<(() => Promise<void>) | undefined> {
  // Vitest gives what its configuration finds to the tests alone.
  Object.assign(process.env, foundEnvironment());
  const base = process.env.PGKEEP_BASE_IMAGE;
  if (missingCluster() !== undefined || base === undefined) {
    provide("cluster", undefined);
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), "pgkeep-agent-image-"));
  try {
    const image = await saveAgentImage(base, folder);
    const cluster = await startCluster();
    try {
      await cluster.importImage(image);
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    const { kubeconfig, hostAddress, programs } = cluster;
    provide("cluster", { kubeconfig, hostAddress, programs });
    return cluster.stop;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
