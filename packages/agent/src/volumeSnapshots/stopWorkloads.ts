import { setTimeout as sleep } from "node:timers/promises";
import {
  ExitCode,
  formatDuration,
  formatQuiesceRecord,
  ProblemError,
  parseQuiesceRecord,
  QUIESCED_ANNOTATION,
  type QuiesceRecord,
  type VolumeSnapshotConfig,
} from "@pgkeep/core";
import type { Reporter } from "../reporter.js";
import type { KubernetesApi } from "./KubernetesApi.js";
import type { WorkloadObject } from "./KubernetesObject.js";
import { livingPods, podsSince, type WritingPods } from "./podsOfWorkloads.js";
import { nameOf, type QuiescedWorkload } from "./resumeWorkloads.js";
import { snapshotPlaces } from "./snapshotPlaces.js";

/** On whose behalf workloads are stopped. */
export interface QuiesceHolder {
  set: string;
  /** UID of the agent's own Pod in the same namespace; null where there is none. */
  pod: string | null;
}

/** Workloads that are stopped, and what is needed to see that they stayed so. */
export interface StoppedWorkloads {
  since: Date;
  until: Date;
  writing: WritingPods;
  /** Version of the Pods' list in which none was left that may write. */
  resourceVersion: string;
  /** Of each workload, which a change of its scale raises. */
  generations: Map<QuiescedWorkload, number>;
}

const LOOK_MILLISECONDS = 1000;

/**
 * Stops the workloads one after another, each when the Pods of the one before are gone, and waits until no Pod is left that may write to the claims. What a
 * workload was is written on it in the very write that stops it. Where this throws, some may be stopped.
 */
export async function stopWorkloads(
  api: KubernetesApi,
  config: VolumeSnapshotConfig,
  holder: QuiesceHolder,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<StoppedWorkloads> {
  const since = new Date();
  const stopped: StoppedWorkloads = {
    since,
    until: new Date(since.getTime() + config.resumeWithin),
    writing: { selectors: [], claims: [] },
    resourceVersion: "",
    generations: new Map(),
  };
  const record = { ...holder, schedule: config.name, since: since.toISOString(), until: stopped.until.toISOString() };
  for (const workload of config.workloads) {
    const { metadata, spec } = await stop(api, config, workload, record);
    reporter.info(`${nameOf(workload)} is stopped for the snapshots`, { workload: nameOf(workload), set: holder.set });
    stopped.generations.set(workload, metadata.generation ?? 0);
    stopped.writing = { selectors: [...stopped.writing.selectors, spec.selector], claims: [] };
    await waitUntilGone(api, config, stopped, signal);
  }
  stopped.writing = { ...stopped.writing, claims: config.claims };
  stopped.resourceVersion = await waitUntilGone(api, config, stopped, signal);
  return stopped;
}

async function stop(
  api: KubernetesApi,
  config: VolumeSnapshotConfig,
  workload: QuiescedWorkload,
  record: Omit<QuiesceRecord, "replicas">,
): Promise<WorkloadObject> {
  const place = snapshotPlaces(config)[workload.kind];
  const where = `${nameOf(workload)} in ${config.namespace}`;
  for (let tries = 0; tries < 20; tries += 1) {
    const found = await api.get<WorkloadObject>(place, workload.name);
    if (found === undefined) {
      throw new ProblemError(ExitCode.Configuration, {
        where,
        reason: "there is no such workload",
        next: "correct the workloads of the schedule",
      });
    }
    const standing = found.metadata.annotations?.[QUIESCED_ANNOTATION];
    // Our own write, whose answer was lost on the way.
    if (standing !== undefined && parseQuiesceRecord(standing)?.since === record.since) return found;
    // Never written over: what stands there are the replicas that it had, and now it may have none.
    if (standing !== undefined) {
      const reason = "another run stopped it in the meantime";
      throw new ProblemError(ExitCode.TryAgain, { where, reason, next: "run it again when that is over" });
    }
    const done = await api.patch<WorkloadObject>(place, workload.name, {
      metadata: {
        resourceVersion: found.metadata.resourceVersion,
        annotations: { [QUIESCED_ANNOTATION]: formatQuiesceRecord({ ...record, replicas: found.spec.replicas }) },
      },
      spec: { replicas: 0 },
    });
    if (done !== undefined) return done;
  }
  throw new ProblemError(ExitCode.TryAgain, {
    where,
    reason: "somebody changes it all the time, so that it could not be stopped",
    next: "run it again",
  });
}

/**
 * Waits for the Pods themselves: replicas are 0 long before a database has shut down. Before that for the controllers: one that has not seen yet that its
 * workload is stopped may just be making Pods for what it was before.
 */
async function waitUntilGone(
  api: KubernetesApi,
  config: VolumeSnapshotConfig,
  stopped: StoppedWorkloads,
  signal: AbortSignal,
): Promise<string> {
  for (;;) {
    const unaware = await unawareControllers(api, config, stopped);
    const living = await livingPods(api, config, stopped.writing);
    const left = [...unaware, ...living.writing];
    if (left.length === 0) return living.resourceVersion;
    if (Date.now() - stopped.since.getTime() >= config.stoppedWithin) {
      throw new ProblemError(ExitCode.TryAgain, {
        where: `workloads in ${config.namespace}`,
        received: `still there: ${left.join(", ")}`,
        reason: `not everything that may write ended within ${formatDuration(config.stoppedWithin)} (stoppedWithin), so nothing was taken`,
        next: "see what keeps it (terminationGracePeriodSeconds, finalizers, a workload that the schedule does not name), or give it more time",
      });
    }
    await sleep(LOOK_MILLISECONDS, undefined, { signal });
  }
}

/** https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status */
async function unawareControllers(api: KubernetesApi, config: VolumeSnapshotConfig, { generations }: StoppedWorkloads): Promise<string[]> {
  const unaware: string[] = [];
  for (const [workload, generation] of generations) {
    const { status } = (await api.get<WorkloadObject>(snapshotPlaces(config)[workload.kind], workload.name)) ?? {};
    if ((status?.observedGeneration ?? 0) < generation) unaware.push(`the former state of ${nameOf(workload)}`);
    else if ((status?.replicas ?? 0) > 0) unaware.push(`${status?.replicas} of ${nameOf(workload)}`);
  }
  return unaware;
}

/** What became of the workloads since they were stopped, each in words; empty while nothing wrote. Later questions ask about what came after. */
export async function seeStopped(api: KubernetesApi, config: VolumeSnapshotConfig, stopped: StoppedWorkloads): Promise<string[]> {
  const pods = await podsSince(api, config, stopped.writing, stopped.resourceVersion);
  stopped.resourceVersion = pods.resourceVersion;
  const changed: string[] = [];
  for (const [workload, generation] of stopped.generations) {
    const found = await api.get<WorkloadObject>(snapshotPlaces(config)[workload.kind], workload.name);
    if (found === undefined) changed.push(`${nameOf(workload)} was deleted`);
    else if (found.spec.replicas !== 0) changed.push(`${nameOf(workload)} was scaled to ${found.spec.replicas}`);
    else if (found.metadata.generation !== generation) changed.push(`${nameOf(workload)} was changed`);
  }
  return [...changed, ...pods.writing.map((pod) => `there was ${pod}`)];
}
