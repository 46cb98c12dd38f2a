import { ExitCode, ProblemError, type VolumeSnapshotConfig, VolumeSnapshotMode } from "@pgkeep/core";
import { livingPods } from "./podsOfWorkloads.js";
import { type HeldWorkload, nameOf } from "./resumeWorkloads.js";
import type { TakeRequest } from "./takeSnapshots.js";

/** Refuses to stop what another run holds. */
export function assertFree({ namespace }: VolumeSnapshotConfig, held: readonly HeldWorkload[]): void {
  if (held.length === 0) return;
  throw new ProblemError(
    ExitCode.TryAgain,
    held.map((workload) => ({
      where: `${nameOf(workload)} in ${namespace}`,
      reason: `it is stopped for the set ${workload.set} of ${workload.schedule}, until ${workload.until} at most`,
      next: "run it again when that is over; `pgkeep snapshot resume --now` brings it back where nobody works on it any more",
    })),
  );
}

/** The agent's own Pod, if it is among those of the namespace: by it a watchdog there sees whether the run lives. Null where it could not. */
export async function ownPod({ api, config, pod }: TakeRequest): Promise<string | null> {
  if (pod === undefined || config.mode !== VolumeSnapshotMode.Quiesce) return null;
  const { uids } = await livingPods(api, config, { selectors: [], claims: [] });
  return uids.has(pod) ? pod : null;
}
