import {
  formatSnapshotSetId,
  parseSnapshotSetId,
  SnapshotConsistency,
  type SnapshotSet,
  SnapshotStanding,
  SnapshotVerdict,
  standingOf,
  type VolumeSnapshotConfig,
  VolumeSnapshotMode,
} from "@pgkeep/core";
import type { RunIdentity } from "../configuration/runIdentity.js";
import type { Reporter } from "../reporter.js";
import { type AwaitedSet, awaitGood } from "./awaitSnapshots.js";
import { createSnapshotSet, markSnapshotSet } from "./changeSnapshotSets.js";
import { checkBeforehand } from "./checkBeforehand.js";
import { assertFree, ownPod } from "./holdWorkloads.js";
import type { KubernetesApi } from "./KubernetesApi.js";
import { pruneFailed } from "./pruneSnapshotSets.js";
import { readSnapshotSets } from "./readSnapshotSets.js";
import { type ResumedWorkload, resumeWorkloads } from "./resumeWorkloads.js";
import { SetNotGood } from "./SetNotGood.js";
import { type StoppedTime, takeWhileStopped } from "./takeWhileStopped.js";

export interface TakeRequest {
  api: KubernetesApi;
  config: VolumeSnapshotConfig;
  identity: RunIdentity;
  /** Whether the run has a name of its own, by which another try knows it again. */
  named: boolean;
  /** UID of the agent's own Pod, where it is told. */
  pod: string | undefined;
  reporter: Reporter;
  signal: AbortSignal;
}

/** What a run took. */
export interface SnapshotTaking {
  set: SnapshotSet;
  /** An earlier try of the same run had taken it. */
  taken: "now" | "before";
  /** How long what writes was stopped; null where nothing was. */
  stopped: StoppedTime | null;
  /** What an earlier run had left stopped. */
  resumed: ResumedWorkload[];
}

const CONSISTENCY: Record<VolumeSnapshotMode, SnapshotConsistency> = {
  [VolumeSnapshotMode.Group]: SnapshotConsistency.OneInstant,
  [VolumeSnapshotMode.Quiesce]: SnapshotConsistency.Stopped,
  [VolumeSnapshotMode.Single]: SnapshotConsistency.OneVolume,
};

/**
 * Takes a set. First what an earlier run left stopped is brought back; then everything is checked that can be before anything is stopped. A set that
 * does not become good is marked as failed. Another try of the same run goes on with what the first began, where nothing had to be stopped for it;
 * else it takes another and marks the first as failed.
 */
export async function takeSnapshots(request: TakeRequest): Promise<SnapshotTaking> {
  const { api, config, reporter, signal } = request;
  const { resumed, held } = await resumeWorkloads(api, config, reporter);
  assertFree(config, held);
  await checkBeforehand(api, config);
  const sets = await readSnapshotSets(api, config);
  const tries = triesOf(request, sets);
  const before = tries.findLast((set) => standingOf(set, config, new Date()).standing === SnapshotStanding.Good);
  if (before !== undefined) return { set: before, taken: "before", stopped: null, resumed };
  // Before anything is made: where the storage or a quota takes no more, failed ones would keep all later ones from succeeding.
  await pruneFailed(api, config, sets, reporter);
  const begun = tries.find((set) => mayGoOn(set, config));
  for (const set of tries.filter((set) => set.verdict === null && set !== begun)) {
    await markSnapshotSet(api, config, set, { verdict: SnapshotVerdict.Failed, reason: "another try of its run took its place" });
  }
  const id = begun?.id ?? nextId(request, tries);
  const awaited: AwaitedSet = { id, claims: config.claims, deadline: new Date(Date.now() + config.readyWithin) };
  let stopped: StoppedTime | null = null;
  try {
    if (config.mode === VolumeSnapshotMode.Quiesce) {
      stopped = await takeWhileStopped(request, awaited, await ownPod(request));
    } else {
      reporter.info(begun === undefined ? `taking set ${id}` : `going on with set ${id}, which an earlier try began`, { set: id });
      await createSnapshotSet(api, config, id);
    }
    const set = await awaitGood(api, config, awaited, reporter, signal);
    const consistency = CONSISTENCY[config.mode];
    const whole = await markSnapshotSet(api, config, set, { verdict: SnapshotVerdict.Good, consistency });
    if (!whole) throw new SetNotGood("wrong", set, "somebody removed a part of it while it was taken");
    return { set: { ...set, verdict: SnapshotVerdict.Good, consistency }, taken: "now", stopped, resumed };
  } catch (error) {
    const notGood = [error, (error as Error).cause].find((one) => one instanceof SetNotGood);
    if (notGood === undefined) throw error;
    await markSnapshotSet(api, config, notGood.set, { verdict: SnapshotVerdict.Failed, reason: notGood.reason });
    throw error === notGood ? notGood.problem(config) : error;
  }
}

/** Sets of this very run, oldest first: of its slot and name, or of its name alone where nobody knows its slot. */
function triesOf({ identity, named }: TakeRequest, sets: readonly SnapshotSet[]): SnapshotSet[] {
  if (!named) return [];
  const slot = Math.floor(identity.slot.getTime() / 1000) * 1000;
  return sets.filter(({ id }) => {
    const parsed = parseSnapshotSetId(id);
    return parsed?.run === identity.run && (identity.slotIsBeginning === true || parsed.slot.getTime() === slot);
  });
}

/** With workloads that came back in between, nobody could say what the rest of it would be of. */
function mayGoOn({ verdict, claims }: SnapshotSet, { mode, claims: wanted }: VolumeSnapshotConfig): boolean {
  return verdict === null && mode !== VolumeSnapshotMode.Quiesce && claims.join() === wanted.join();
}

function nextId({ identity }: TakeRequest, tries: readonly SnapshotSet[]): string {
  const last = tries.map(({ id }) => parseSnapshotSetId(id)).at(-1);
  const attempt = Math.max(0, ...tries.map(({ id }) => parseSnapshotSetId(id)?.attempt ?? 0)) + 1;
  return formatSnapshotSetId({ slot: last?.slot ?? identity.slot, run: identity.run, attempt });
}
