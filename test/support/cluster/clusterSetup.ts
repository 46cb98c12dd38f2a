import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { foundEnvironment } from "../../../setup/environment.mjs";
import { noteNotRun } from "../../../setup/notRun.mjs";
import { AGENT_IMAGE, saveAgentImage } from "./agentImage.js";
import { missingCluster, startCluster, type TestCluster } from "./startCluster.js";

declare module "vitest" {
  interface ProvidedContext {
    cluster: SharedCluster;
  }
}

/** How to reach the one cluster that all test files of the project share, or why there is none. */
export type SharedCluster =
  | { kind: "running"; kubeconfig: string; hostAddress: string; programs: string }
  /** Nothing can be said here about what needs it: those tests do not run. */
  | { kind: "missing"; reason: string }
  /** The agent's image cannot be built, which is nobody's fault but ours: those tests fail. */
  | { kind: "failed"; reason: string };

/**
 * One cluster, with the agent's image, for all test files of the project: each works in namespaces of its own. Never throws: an error here would keep
 * every test of every other project from running, those with the API server alone among them.
 */
export default async function setup({ provide }: Pick<TestProject, "provide">): Promise<(() => Promise<void>) | undefined> {
  // Vitest gives what its configuration finds to the tests alone.
  Object.assign(process.env, foundEnvironment());
  const { shared, stop } = await shareCluster();
  provide("cluster", shared);
  return stop;
}

async function shareCluster(): Promise<{ shared: SharedCluster; stop?: () => Promise<void> }> {
  const base = process.env.PGKEEP_BASE_IMAGE;
  // Set-up lists these by itself.
  const missing = missingCluster() ?? (base === undefined ? "there is no base image for containers on this machine" : undefined);
  if (missing !== undefined || base === undefined) return { shared: { kind: "missing", reason: missing ?? "" } };
  let cluster: TestCluster;
  try {
    cluster = await startCluster();
  } catch (error) {
    const reason = `its programs are there, and it does not start: ${(error as Error).message}`;
    noteNotRun({ name: "a Kubernetes node", reason });
    return { shared: { kind: "missing", reason } };
  }
  try {
    await importAgent(cluster, base);
  } catch (error) {
    await cluster.stop();
    return { shared: { kind: "failed", reason: `The agent's image cannot be built and given to the node: ${(error as Error).message}` } };
  }
  const { kubeconfig, hostAddress, programs, stop } = cluster;
  return { shared: { kind: "running", kubeconfig, hostAddress, programs }, stop };
}

async function importAgent(cluster: TestCluster, base: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "pgkeep-agent-image-"));
  try {
    await cluster.importImage(await saveAgentImage(base, folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  // The first container unpacks the image. Where many begin at once, that takes longer than the kubelet waits for them.
  await cluster.kubectl("run", "first", `--image=${AGENT_IMAGE}`, "--image-pull-policy=Never", "--restart=Never", "--", "--version");
  await cluster.kubectl("wait", "--for=jsonpath={.status.phase}=Succeeded", "pod/first", "--timeout=120s");
  await cluster.kubectl("delete", "pod", "first", "--wait=false");
}
