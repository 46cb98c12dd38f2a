import { planVolumeSnapshots, type SnapshotSet, type VolumeSnapshotConfig, type VolumeSnapshotPlan } from "@pgkeep/core";
import type { Reporter } from "../reporter.js";
import { removeSnapshotSet, type SnapshotSetRemoval } from "./changeSnapshotSets.js";
import type { KubernetesApi } from "./KubernetesApi.js";

/** What a pruning did. */
export interface SnapshotSetPruning {
  plan: VolumeSnapshotPlan;
  removed: SnapshotSetRemoval[];
}

/** Which sets a plan removes, oldest first: an interruption leaves the newer ones. */
export function goingOf({ retention, failed, unfinished }: VolumeSnapshotPlan): string[] {
  return [...unfinished, ...failed.map(({ id }) => id), ...(retention?.remove.map(({ id }) => id) ?? [])];
}

/** Removes what the plan lets go, and ends removals that were interrupted. */
export async function pruneSnapshotSets(
  api: KubernetesApi,
  config: VolumeSnapshotConfig,
  sets: readonly SnapshotSet[],
  reporter: Reporter,
): Promise<SnapshotSetPruning> {
  const plan = planVolumeSnapshots(sets, config, new Date());
  return { plan, removed: await removeAll(api, config, sets, goingOf(plan), reporter) };
}

/** The same of failed sets and interrupted removals alone. */
export async function pruneFailed(
  api: KubernetesApi,
  config: VolumeSnapshotConfig,
  sets: readonly SnapshotSet[],
  reporter: Reporter,
): Promise<SnapshotSetRemoval[]> {
  const plan = planVolumeSnapshots(sets, config, new Date());
  return await removeAll(api, config, sets, goingOf({ ...plan, retention: null }), reporter);
}

async function removeAll(
  api: KubernetesApi,
  config: VolumeSnapshotConfig,
  sets: readonly SnapshotSet[],
  going: readonly string[],
  reporter: Reporter,
): Promise<SnapshotSetRemoval[]> {
  const removed: SnapshotSetRemoval[] = [];
  for (const id of going) {
    const set = sets.find((one) => one.id === id);
    if (set === undefined) continue;
    const removal = await removeSnapshotSet(api, config, set);
    removed.push(removal);
    const left = removal.leftBehind.length === 0 ? "" : `; left on the storage, by their policy Retain: ${removal.leftBehind.join(", ")}`;
    reporter.info(`set ${id} is removed${left}`, { set: id, leftBehind: removal.leftBehind });
  }
  return removed;
}
