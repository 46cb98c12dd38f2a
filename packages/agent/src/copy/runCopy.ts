import { type AgentConfig, ExitCode, ProblemError, storeLayout } from "@pgkeep/core";
import { assertClocksAgree } from "../backup/clocks.js";
import { findCopy } from "../configuration/chooseStore.js";
import { copyEnvironment } from "../configuration/copyEnvironment.js";
import type { Environment } from "../configuration/Environment.js";
import { readRecoveryPoints } from "../manifest/history.js";
import { resolveId } from "../manifest/resolveId.js";
import { audited } from "../records/audited.js";
import { whoAmI } from "../records/whoAmI.js";
import type { Reporter } from "../reporter.js";
import { openStore } from "../store/openStore.js";
import type { Store } from "../store/Store.js";
import { chooseRecoveryPoints } from "./chooseRecoveryPoints.js";
import { copyRecords } from "./copyRecords.js";
import { type CopyTools, copyRecoveryPoint, type RecoveryPointCopy } from "./copyRecoveryPoint.js";

export interface CopyOptions {
  config: AgentConfig;
  /** The configured store, open. */
  source: Store;
  /** Name of one of `copies` in the configuration. */
  to: string;
  /** `all` that are missing there, or an id, `latest` or `latest-proven`. */
  which: string;
  environment: Environment;
  reporter: Reporter;
  signal?: AbortSignal;
}

export interface FailedCopy {
  id: string;
  exitCode: ExitCode;
  problem: string;
}

/** What a copy did. */
export interface CopyResult {
  cluster: string;
  from: string;
  to: { name: string; store: string };
  /** In the order in which they were looked at. */
  recoveryPoints: RecoveryPointCopy[];
  failed: FailedCopy[];
  /** Missing there all the same, and why. */
  left: { id: string; reason: string }[];
  /** Records about recovery points that had been copied before: pins, drills, what was accepted. */
  newRecords: number;
}

/**
 * Copies recovery points to one of the configured copies. Of `all` one that fails does not keep the others from being copied. Throws a ProblemError where nothing
 * could be begun, and where the one recovery point that was named could not be copied.
 */
export async function runCopy(options: CopyOptions): Promise<CopyResult> {
  const { config, to, environment, signal } = options;
  const target = await openStore(findCopy(config, to).store, copyEnvironment(environment, to));
  try {
    return await copyInto(target, options);
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  } finally {
    await target.close();
  }
}

/** As runCopy, into a store that is open. */
export async function copyInto(target: Store, options: CopyOptions): Promise<CopyResult> {
  const { config, source, to, which, environment, reporter, signal } = options;
  const layout = storeLayout(config.cluster);
  assertClocksAgree([{ owner: target.description, shown: await target.clock(`${config.cluster}/`), agent: new Date() }]);
  const tools: CopyTools = { source, target, layout, publicKeys: config.signing?.publicKeys ?? [], reporter, signal };
  const by = whoAmI(environment);
  const copyOne = (id: string) => auditedAtBothEnds(tools, by, id, () => copyRecoveryPoint(tools, id));
  const result: CopyResult = {
    cluster: config.cluster,
    from: source.description,
    to: { name: to, store: target.description },
    recoveryPoints: [],
    failed: [],
    left: [],
    newRecords: 0,
  };
  if (which === "all") {
    await copyAll(options, tools, copyOne, result);
    return result;
  }
  const id = await resolveId(source, layout, which);
  const copied = await copyOne(id);
  result.recoveryPoints.push(copied);
  if (copied.outcome === "there") result.newRecords = await copyRecords(source, target, layout, new Set([id]));
  return result;
}

async function copyAll(
  { config, to, reporter, signal }: CopyOptions,
  { source, target, layout }: CopyTools,
  copyOne: (id: string) => Promise<RecoveryPointCopy>,
  result: CopyResult,
): Promise<void> {
  const [here, before] = await Promise.all([readRecoveryPoints(source, layout), readRecoveryPoints(target, layout)]);
  const known = new Set(before.map(({ id }) => id));
  // What was recorded since decides what is chosen, and what retention does there.
  result.newRecords = known.size === 0 ? 0 : await copyRecords(source, target, layout, known);
  const there = result.newRecords === 0 ? before : await readRecoveryPoints(target, layout);
  const { retention } = findCopy(config, to);
  const choice = chooseRecoveryPoints(here, there, {
    policy: retention,
    timeZone: config.schedule?.timeZone ?? "UTC",
    now: await target.clock(`${config.cluster}/`),
  });
  result.left = choice.left;
  reporter.info(`${choice.copy.length} recovery points to copy to ${to}`, { to, missing: choice.copy.length });
  for (const id of choice.copy) {
    try {
      result.recoveryPoints.push(await copyOne(id));
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof ProblemError)) throw error;
      const problem = error.problems.map(({ where, reason }) => `${where}: ${reason}`).join("; ");
      reporter.warning(`${id} was not copied: ${problem}`, { id });
      result.failed.push({ id, exitCode: error.exitCode, problem });
      // The others would fail the same way.
      if (FUTILE.includes(error.exitCode)) throw error;
    }
  }
}

const FUTILE = [ExitCode.Permission, ExitCode.Configuration, ExitCode.NoSpace, ExitCode.Unavailable];

/** Both stores were worked on, and whoever looks after either wants to see it. What was there already leaves no record: it would, night after night. */
async function auditedAtBothEnds(
  { source, target, layout, reporter }: CopyTools,
  by: string,
  id: string,
  work: () => Promise<RecoveryPointCopy>,
): Promise<RecoveryPointCopy> {
  let copied: RecoveryPointCopy | undefined;
  const details = ({ objects, takenOver, bytes }: RecoveryPointCopy) => [
    `from ${source.description} to ${target.description}`,
    `${objects} objects, ${bytes} bytes, read back and the same; ${takenOver} of them had been copied before`,
  ];
  const trail = (store: Store) => ({ store, layout, reporter, by });
  const isThere = await target.readDocument(layout.manifest(id), 256 * 1024 * 1024);
  if (isThere !== undefined) return await work();
  await audited(
    trail(source),
    "copy",
    id,
    async () => {
      copied = await audited(trail(target), "copy", id, work, (result) => ({ details: details(result) }));
      return copied;
    },
    (result) => ({ details: details(result) }),
  );
  if (!copied) throw new Error("unreachable: the work ended without a result");
  return copied;
}
