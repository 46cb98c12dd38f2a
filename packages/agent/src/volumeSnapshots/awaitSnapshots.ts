import { setTimeout as sleep } from "node:timers/promises";
import { formatDuration, isCut, judgeSnapshotSet, type SnapshotSet, type SnapshotSetState, type VolumeSnapshotConfig } from "@pgkeep/core";
import type { Reporter } from "../reporter.js";
import type { KubernetesApi } from "./KubernetesApi.js";
import { readSnapshotSets } from "./readSnapshotSets.js";
import { SetNotGood } from "./SetNotGood.js";
import { type StoppedWorkloads, seeStopped } from "./stopWorkloads.js";

/** A snapshot takes seconds on one storage and an hour on another. */
const LOOK_MILLISECONDS = 1000;
const LOOK_LATER_MILLISECONDS = 5000;
const SOON_MILLISECONDS = 60_000;

/** Which set is waited for, and until when. */
export interface AwaitedSet {
  id: string;
  claims: readonly string[];
  deadline: Date;
}

/**
 * Waits until the storage has cut every volume, and sees all the while and once more behind the cut that nothing that writes came back: what was
 * stopped may then go on, while the storage still works on the snapshots.
 */
export async function awaitCut(
  api: KubernetesApi,
  config: VolumeSnapshotConfig,
  awaited: AwaitedSet,
  stopped: StoppedWorkloads,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const set = await find(api, config, awaited);
    const state = judgeSnapshotSet(set, config);
    if (state.state === "wrong") throw new SetNotGood("wrong", set, state.problems.join("; "));
    const cut = isCut(set);
    // Behind the look at the snapshots, so that it covers the time until they were cut.
    const writers = await seeStopped(api, config, stopped);
    if (writers.length > 0) {
      throw new SetNotGood("wrong", set, `what writes did not stay stopped while volumes were cut: ${writers.join("; ")}`);
    }
    if (cut) return;
    const deadline = Math.min(awaited.deadline.getTime(), stopped.until.getTime());
    if (Date.now() >= deadline) throw late(set, state, config, stopped.until.getTime() <= awaited.deadline.getTime());
    await sleep(LOOK_MILLISECONDS, undefined, { signal });
  }
}

/** Waits until a set is good, twice in a row, for what is called ready may turn out not to be. */
export async function awaitGood(
  api: KubernetesApi,
  config: VolumeSnapshotConfig,
  awaited: AwaitedSet,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<SnapshotSet> {
  const began = Date.now();
  let told = "";
  for (let goodBefore = false; ; ) {
    const set = await find(api, config, awaited);
    const state = judgeSnapshotSet(set, config);
    if (state.state === "wrong") throw new SetNotGood("wrong", set, state.problems.join("; "));
    if (state.state === "good" && goodBefore) return set;
    goodBefore = state.state === "good";
    if (state.state === "pending" && Date.now() >= awaited.deadline.getTime()) throw late(set, state, config, false);
    const waitingFor = state.state === "pending" ? state.waitingFor.join("; ") : "";
    if (waitingFor !== told && waitingFor !== "") reporter.info(`waiting: ${waitingFor}`, { set: awaited.id });
    told = waitingFor;
    const pause = goodBefore || Date.now() - began < SOON_MILLISECONDS ? LOOK_MILLISECONDS : LOOK_LATER_MILLISECONDS;
    await sleep(pause, undefined, { signal });
  }
}

function late(set: SnapshotSet, state: SnapshotSetState, config: VolumeSnapshotConfig, mustResume: boolean): SetNotGood {
  const missing = state.state === "pending" ? state.waitingFor.join("; ") : "it has no content yet";
  const bound = mustResume
    ? `what was stopped is to be brought back after ${formatDuration(config.resumeWithin)} (resumeWithin)`
    : `it was to be good within ${formatDuration(config.readyWithin)} (readyWithin)`;
  return new SetNotGood("late", set, `${bound}: ${missing}`);
}

/** The set as it is now, also where somebody removed it. */
async function find(api: KubernetesApi, config: VolumeSnapshotConfig, { id, claims }: AwaitedSet): Promise<SnapshotSet> {
  const [set] = await readSnapshotSets(api, config, id);
  if (set !== undefined) return set;
  const nothing = {
    id,
    claims: [...claims],
    group: null,
    members: [],
    verdict: null,
    reason: null,
    consistency: null,
    createdAt: new Date(),
  };
  throw new SetNotGood("wrong", nothing, "somebody removed it while it was taken");
}
