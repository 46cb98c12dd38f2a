import {
  ExitCode,
  type Problem,
  ProblemError,
  parseQuiesceRecord,
  QUIESCED_ANNOTATION,
  type QuiesceRecord,
  type VolumeSnapshotConfig,
  whyResume,
} from "@pgkeep/core";
import type { Reporter } from "../reporter.js";
import type { KubernetesApi } from "./KubernetesApi.js";
import type { WorkloadObject } from "./KubernetesObject.js";
import { livingPods } from "./podsOfWorkloads.js";
import { snapshotPlaces } from "./snapshotPlaces.js";

export type QuiescedWorkload = VolumeSnapshotConfig["workloads"][number];

/** A workload that was brought back. */
export interface ResumedWorkload extends QuiescedWorkload {
  replicas: number;
  /** The set that it was stopped for. */
  set: string;
  reason: string;
}

/** A workload that is stopped for a run that lives. */
export interface HeldWorkload extends QuiescedWorkload {
  schedule: string;
  set: string;
  until: string;
}

/** Others change workloads too. So often in a row means that somebody does nothing else. */
const TRIES = 20;

/**
 * Brings back every workload that a run left stopped which is over, or that is stopped for longer than was said. Leaves alone what a run holds that
 * lives and has time left.
 * @param now brings back those as well
 */
export async function resumeWorkloads(
  api: KubernetesApi,
  config: VolumeSnapshotConfig,
  reporter: Reporter,
  { now = false }: { now?: boolean } = {},
): Promise<{ resumed: ResumedWorkload[]; held: HeldWorkload[] }> {
  const resumed: ResumedWorkload[] = [];
  const held: HeldWorkload[] = [];
  const problems: Problem[] = [];
  let living: Promise<ReadonlySet<string>> | undefined;
  const livingUids = () => (living ??= livingPods(api, config, { selectors: [], claims: [] }).then(({ uids }) => uids));
  for (const workload of config.workloads.toReversed()) {
    const found = await recordOf(api, config, workload);
    if (found === undefined) continue;
    if (found.record === undefined) {
      problems.push(unreadable(config, workload));
      continue;
    }
    const { record } = found;
    const why = now ? "it was asked for" : whyResume(record, await livingUids(), new Date());
    if (why === undefined) held.push({ ...workload, schedule: record.schedule, set: record.set, until: record.until });
    else if (await bringBack(api, config, workload, record.set, reporter))
      resumed.push({ ...workload, replicas: record.replicas, set: record.set, reason: why });
  }
  if (problems.length > 0) throw new ProblemError(ExitCode.DataWrong, problems);
  return { resumed, held };
}

/**
 * Brings a workload back that was stopped for a set; whether there was anything to do. Where somebody scaled it up meanwhile, that stays.
 */
export async function bringBack(
  api: KubernetesApi,
  config: VolumeSnapshotConfig,
  workload: QuiescedWorkload,
  set: string,
  reporter: Reporter,
): Promise<boolean> {
  const name = nameOf(workload);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const found = await recordOf(api, config, workload);
    if (found?.record?.set !== set) return false;
    const { metadata, spec } = found.object;
    const scaledByOthers = spec.replicas !== 0;
    const done = await api.patch(snapshotPlaces(config)[workload.kind], workload.name, {
      metadata: { resourceVersion: metadata.resourceVersion, annotations: { [QUIESCED_ANNOTATION]: null } },
      ...(scaledByOthers ? {} : { spec: { replicas: found.record.replicas } }),
    });
    if (done === undefined) continue;
    if (scaledByOthers)
      reporter.warning(`${name} had been scaled to ${spec.replicas} by somebody else, and is left so`, { workload: name });
    else reporter.info(`${name} is brought back to ${found.record.replicas}`, { workload: name, replicas: found.record.replicas });
    return true;
  }
  throw new ProblemError(ExitCode.TryAgain, {
    where: `${name} in ${config.namespace}`,
    reason: "it is stopped, and somebody changes it all the time, so that it could not be brought back",
    next: "run `pgkeep snapshot resume`",
  });
}

/** A workload's record, where it has one; undefined without one or without the workload. */
export async function recordOf(
  api: KubernetesApi,
  config: VolumeSnapshotConfig,
  workload: QuiescedWorkload,
): Promise<{ object: WorkloadObject; record: QuiesceRecord | undefined } | undefined> {
  const object = await api.get<WorkloadObject>(snapshotPlaces(config)[workload.kind], workload.name);
  const text = object?.metadata.annotations?.[QUIESCED_ANNOTATION];
  return object === undefined || text === undefined ? undefined : { object, record: parseQuiesceRecord(text) };
}

export function nameOf({ kind, name }: QuiescedWorkload): string {
  return `${kind} ${name}`;
}

function unreadable(config: VolumeSnapshotConfig, workload: QuiescedWorkload): Problem {
  return {
    where: `${nameOf(workload)} in ${config.namespace}`,
    reason: `its annotation ${QUIESCED_ANNOTATION} cannot be read, so nobody knows how many replicas it had`,
    next: `scale it by hand, then \`kubectl annotate ${workload.kind.toLowerCase()} ${workload.name} ${QUIESCED_ANNOTATION}-\``,
  };
}
