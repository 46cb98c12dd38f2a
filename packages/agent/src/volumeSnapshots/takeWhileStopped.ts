import { ExitCode, type Problem, ProblemError } from "@pgkeep/core";
import { type AwaitedSet, awaitCut } from "./awaitSnapshots.js";
import { createSnapshotSet } from "./changeSnapshotSets.js";
import { bringBack, nameOf } from "./resumeWorkloads.js";
import { stopWorkloads } from "./stopWorkloads.js";
import type { TakeRequest } from "./takeSnapshots.js";

/** How long what writes was stopped. */
export interface StoppedTime {
  since: Date;
  until: Date;
}

/**
 * Stops what writes, has the volumes cut, and brings back what was stopped, whatever happens in between. It goes on before the snapshots are ready: the
 * storage has its instant once they are cut (https://github.com/container-storage-interface/spec/blob/v1.11.0/spec.md#createsnapshot).
 */
export async function takeWhileStopped(request: TakeRequest, awaited: AwaitedSet, pod: string | null): Promise<StoppedTime> {
  const { api, config, reporter, signal } = request;
  let failure: unknown;
  let since: Date | undefined;
  try {
    const stopped = await stopWorkloads(api, config, { set: awaited.id, pod }, reporter, signal);
    since = stopped.since;
    reporter.info(`taking set ${awaited.id}`, { set: awaited.id });
    await createSnapshotSet(api, config, awaited.id);
    // From here on, and not from the beginning: a database may take minutes to shut down.
    awaited.deadline = new Date(Date.now() + config.readyWithin);
    await awaitCut(api, config, awaited, stopped, signal);
  } catch (error) {
    failure = error;
  }
  const left = await bringAllBack(request, awaited.id);
  if (left.length > 0) throw stillStopped(left, failure);
  if (failure !== undefined || since === undefined) throw failure;
  return { since, until: new Date() };
}

/** Also after an interruption, and each although another did not work. */
async function bringAllBack({ api, config, reporter }: TakeRequest, set: string): Promise<Problem[]> {
  const lasting = api.withSignal(undefined);
  const problems: Problem[] = [];
  for (const workload of config.workloads.toReversed()) {
    try {
      await bringBack(lasting, config, workload, set, reporter);
    } catch (error) {
      const told = error instanceof ProblemError ? error.problems : [{ where: nameOf(workload), reason: String(error) }];
      problems.push(...told.map((problem) => ({ ...problem, where: `${nameOf(workload)} may still be stopped: ${problem.where}` })));
    }
  }
  return problems;
}

function stillStopped(left: Problem[], failure: unknown): ProblemError {
  const before =
    failure instanceof ProblemError
      ? failure.problems
      : failure instanceof Error
        ? [{ where: "before that", reason: failure.message }]
        : [];
  const next = "run `pgkeep snapshot resume`; the watchdog does it too, at the latest when resumeWithin is over";
  return new ProblemError(ExitCode.Unavailable, [...left.map((problem) => ({ ...problem, next })), ...before], { cause: failure });
}
