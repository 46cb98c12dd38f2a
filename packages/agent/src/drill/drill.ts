import {
  type AgentConfig,
  type Check,
  type Connection,
  counted,
  DRILL_RESULT_VERSION,
  type DrillResult,
  ExitCode,
  type Manifest,
  overallVerdict,
  ProblemError,
  storeLayout,
  Verdict,
} from "@pgkeep/core";
import { type AuditOutcome, audited } from "../records/audited.js";
import { usingRecoveryPoint } from "../records/useRecoveryPoint.js";
import type { Reporter } from "../reporter.js";
import { ObjectExistsError, type Store } from "../store/Store.js";
import { agentVersion } from "../version.js";
import { assertIdentitiesOpen } from "./assertIdentitiesOpen.js";
import { compareScratch, type ScratchComparison } from "./compareScratch.js";
import { lackOfRoom } from "./lackOfRoom.js";
import { preflight } from "./preflight.js";
import { restoreScratch, type ScratchDatabase } from "./restoreScratch.js";
import { dropScratchDatabase } from "./scratchDatabase.js";
import { openScratchSpace, type ScratchSpace } from "./scratchSpace.js";

export interface DrillOptions {
  config: AgentConfig;
  store: Store;
  manifest: Manifest;
  /** age identities, where the objects are encrypted. A drill with the escrowed one proves the escrow too. */
  identities: readonly string[];
  /** The scratch server of the configuration; absent: one of the agent's own. */
  scratchConnection?: Connection;
  reporter: Reporter;
  /** Who drills, for the audit trail. Default: the account and the host that this process runs on. */
  by?: string;
  /** Only the preflight: nothing is restored and no result is stored. */
  dryRun?: boolean;
  signal?: AbortSignal;
  /** Between restore and comparison, for tests that change what was restored. */
  beforeComparison?: (scratch: ScratchSpace, restored: readonly ScratchDatabase[]) => Promise<void>;
}

/**
 * Restores a recovery point into scratch space and compares everything with its manifest. The result is stored beside the recovery point,
 * under a name that tells the verdict. What could not be run at all is a ProblemError, and then nothing is stored. Meanwhile the recovery point
 * is marked as in use, and the audit trail tells what became of it; a dry run leaves no trace.
 */
export async function runDrill(options: DrillOptions): Promise<DrillResult> {
  const { store, manifest, reporter, by, dryRun } = options;
  if (dryRun) return await carryOut(options);
  const layout = storeLayout(manifest.cluster);
  const work = () => usingRecoveryPoint(store, layout, manifest.id, "drill", reporter, () => carryOut(options));
  return await audited({ store, layout, reporter, by }, "drill", manifest.id, work, auditOutcome);
}

function auditOutcome({ verdict, checks, scratch }: DrillResult): AuditOutcome {
  const others = checks.filter((check) => check.verdict !== Verdict.Pass).map((check) => `${check.verdict}: ${check.name}`);
  return { result: verdict.toLowerCase().replaceAll("_", "-"), details: [`PostgreSQL ${scratch.serverVersion}`, ...others] };
}

async function carryOut(options: DrillOptions): Promise<DrillResult> {
  const { config, store, manifest, reporter } = options;
  const startedAt = new Date();
  await assertIdentitiesOpen(store, manifest, options.identities);
  const scratch = await openScratchSpace(config, manifest, options.scratchConnection, reporter);
  const created: string[] = [];
  try {
    const isolation = scratch.isolated ? "cut off from the network" : scratch.kind === "own" ? "listening nowhere" : "given";
    reporter.info(`scratch server: PostgreSQL ${scratch.serverVersion}, ${isolation}`);
    const checks = await preflight(manifest, scratch);
    const outcome =
      options.dryRun || overallVerdict(checks) !== Verdict.Pass ? notRestored(checks) : await drill(options, scratch, created, checks);
    const endedAt = new Date();
    const result: DrillResult = {
      formatVersion: DRILL_RESULT_VERSION,
      id: manifest.id,
      cluster: manifest.cluster,
      manifestChecksum: manifest.checksum,
      verdict: overallVerdict(outcome.checks),
      startedAt: startedAt.toISOString(),
      endedAt: endedAt.toISOString(),
      agentVersion,
      application: manifest.application,
      scratch: { serverVersion: scratch.serverVersion, kind: scratch.kind, isolated: scratch.isolated },
      ...outcome,
      neverProven: manifest.databases.flatMap(({ name, neverProven }) => neverProven.map((object) => `${name}: ${object}`)),
    };
    if (!options.dryRun) await storeResult(store, result, reporter);
    return result;
  } finally {
    await cleanUp(scratch, created, reporter);
  }
}

/** Under the time it ended, or where another drill ended in the same millisecond, the next that is free. */
async function storeResult(store: Store, result: DrillResult, reporter: Reporter): Promise<void> {
  const layout = storeLayout(result.cluster);
  for (let time = new Date(result.endedAt).getTime(); ; time += 1) {
    try {
      await store.putDocument(layout.drill(result.id, new Date(time), result.verdict), `${JSON.stringify(result, null, 1)}\n`);
      return;
    } catch (error) {
      if (error instanceof ProblemError && error.exitCode === ExitCode.Permission) {
        reporter.warning(
          `these credentials may only read the store, so the result of this drill is kept nowhere, and ${result.id} does not count as proven by it`,
        );
        return;
      }
      if (!(error instanceof ObjectExistsError)) throw error;
    }
  }
}

type Outcome = ScratchComparison & Pick<DrillResult, "restoreMilliseconds" | "compareMilliseconds">;

function notRestored(checks: Check[]): Outcome {
  return { checks, respelled: [], tables: [], restoreMilliseconds: 0, compareMilliseconds: 0 };
}

async function drill(options: DrillOptions, scratch: ScratchSpace, created: string[], checks: Check[]): Promise<Outcome> {
  const { store, manifest, identities, reporter, signal } = options;
  const began = performance.now();
  let restored: ScratchDatabase[];
  try {
    restored = await restoreScratch({
      store,
      manifest,
      identities,
      scratch,
      reporter,
      ...(signal ? { signal } : {}),
      created: (database) => created.push(database),
    });
  } catch (error) {
    signal?.throwIfAborted();
    const room = await lackOfRoom(error, scratch.folder);
    if (room) return notRestored([...checks, room]);
    // A recovery point that does not restore is the very thing that a drill is to find out; anything else went wrong here, not there.
    if (!(error instanceof ProblemError) || !isRecoveryPointsFault(error)) throw error;
    return notRestored([...checks, { name: "restore", verdict: Verdict.Fail, details: error.message.split("\n") }]);
  }
  const restoredAt = performance.now();
  reporter.info("restored; dumping the result to compare it");
  await options.beforeComparison?.(scratch, restored);
  const passed = [...checks, { name: "restore", verdict: Verdict.Pass, details: [counted(restored.length, "database")] }];
  let comparison: ScratchComparison;
  try {
    comparison = await compareScratch(manifest, restored, scratch, reporter, signal);
  } catch (error) {
    signal?.throwIfAborted();
    const room = await lackOfRoom(error, scratch.folder);
    if (room) return notRestored([...passed, room]);
    throw error;
  }
  return {
    ...comparison,
    checks: [...passed, ...comparison.checks],
    restoreMilliseconds: Math.round(restoredAt - began),
    compareMilliseconds: Math.round(performance.now() - restoredAt),
  };
}

function isRecoveryPointsFault({ exitCode }: ProblemError): boolean {
  return exitCode === ExitCode.DataWrong;
}

/** Our own server goes with all it holds; on a given one only what this drill created is dropped. */
async function cleanUp(scratch: ScratchSpace, created: readonly string[], reporter: Reporter): Promise<void> {
  try {
    if (scratch.kind === "given") for (const database of created) await dropScratchDatabase(scratch.connection, database);
  } catch (error) {
    reporter.warning(`a scratch database could not be dropped: ${(error as Error).message}`);
  } finally {
    await scratch.release();
  }
}
