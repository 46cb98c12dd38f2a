import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import setup, { type SharedCluster } from "./clusterSetup.js";
import { missingCluster } from "./startCluster.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pgkeep-no-kubelet-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(missingCluster() !== undefined || process.env.PGKEEP_BASE_IMAGE === undefined)("a node that does not start", () => {
  it("keeps no other test from running: those that need it do not run, and the run's end lists why", async () => {
    const notes = join(folder, "not-run.jsonl");
    vi.stubEnv("PGKEEP_NOT_RUN", notes);
    vi.stubEnv("PGKEEP_KUBERNETES_NODE", programsWith("#!/bin/sh\necho 'cgroup is not writable' >&2\nexit 1\n"));
    let given: SharedCluster | undefined;
    const stop = await setup({
      provide: (_name, value) => {
        given = value;
      },
    });
    expect(stop).toBeUndefined();
    expect(given).toMatchObject({
      kind: "missing",
      reason: expect.stringMatching(/does not start: [\s\S]*cgroup is not writable/),
    });
    const noted = readFileSync(notes, "utf8").trimEnd().split("\n");
    expect(noted.map((line) => JSON.parse(line) as object)).toEqual([
      { name: "a Kubernetes node", reason: (given as { reason: string }).reason },
    ]);
  });
});

/** The node's programs as they are, but for the kubelet. */
function programsWith(kubelet: string): string {
  const programs = join(folder, "programs");
  mkdirSync(programs);
  for (const name of ["kube-controller-manager", "kube-scheduler", "kubectl"]) {
    symlinkSync(join(process.env.PGKEEP_KUBERNETES_NODE ?? "", name), join(programs, name));
  }
  writeFileSync(join(programs, "kubelet"), kubelet, { mode: 0o755 });
  return programs;
}
