import { ExitCode, NotifiedJob, type PhysicalDrillResult, type Problem, ProblemError, rdsInstanceOfArn, Verdict } from "@pgkeep/core";
import { loadConnection } from "../configuration/loadConnection.js";
import { runPhysicalDrill } from "../drill/physical/physicalDrill.js";
import { physicalDrillFacts } from "../drill/physical/physicalDrillFacts.js";
import type { RestoredInstanceOptions } from "../drill/physical/restoredInstance.js";
import { undecidedMessage, validationMessage } from "../drill/physical/validationMessage.js";
import { readManifest } from "../manifest/readManifest.js";
import { resolveId } from "../manifest/resolveId.js";
import { whoAmI } from "../records/whoAmI.js";
import { writePhysicalReports } from "../report/physicalReport.js";
import type { Reporter } from "../reporter.js";
import { paintFor } from "../terminal/paint.js";
import { describePhysicalDrill } from "./describePhysicalDrill.js";
import { drillReportFiles } from "./drillReports.js";
import type { GlobalOptions } from "./GlobalOptions.js";
import { printResult } from "./printResult.js";
import type { Surroundings } from "./Surroundings.js";
import { verdictExit } from "./verdictExit.js";
import { type ConfiguredInvocation, withNotifiedJob } from "./withConfiguration.js";

export interface PhysicalDrillCommandOptions extends GlobalOptions {
  physical?: boolean;
  restoreJob?: string;
  restoredArn?: string;
  against?: string;
  dryRun?: boolean;
  identityFile?: string;
  report?: string;
  junit?: string;
}

/** An instance that AWS Backup has just restored reads its storage from S3 at first: it may be slow to answer. */
const RDS_PATIENCE_MILLISECONDS = 5 * 60_000;
/** Without drill.connection.retryFor. */
const PATIENCE_MILLISECONDS = 60_000;
/** A process that is being ended has half a minute on ECS. */
const HURRIED_MILLISECONDS = 15_000;

/** Refuses options that belong to the one drill and were given to the other. */
export function assertDrillOptions(options: PhysicalDrillCommandOptions, idIsGiven: boolean): void {
  const problems: Problem[] = [];
  const refuse = (where: string, reason: string, next: string) => problems.push({ where, reason, next });
  if (options.physical) {
    if (idIsGiven)
      refuse(
        "id",
        "a physical drill is of a copy that no recovery point describes",
        "leave it out, or name it in --against to compare with it",
      );
    if (options.dryRun) refuse("--dry-run", "a physical drill has no preflight: it restores nothing", "leave it out");
    if (options.identityFile !== undefined) refuse("--identity-file", "a physical drill decrypts nothing", "leave it out");
  } else {
    for (const [flag, value] of [
      ["--restore-job", options.restoreJob],
      ["--restored-arn", options.restoredArn],
      ["--against", options.against],
    ] as const) {
      if (value !== undefined) refuse(flag, "only a physical drill has a use for it", "add --physical, or leave it out");
    }
  }
  if (problems.length > 0) throw new ProblemError(ExitCode.Usage, problems);
}

/** `pgkeep drill --physical`. The result is the exit code. */
export async function drillPhysical(options: PhysicalDrillCommandOptions, surroundings: Surroundings): Promise<ExitCode> {
  const { environment, output, folder } = surroundings;
  const files = await drillReportFiles(options, folder);
  const meaning = "nothing was verified; nothing in the copy was changed";
  const factsOf = (result: PhysicalDrillResult) => ({ ...physicalDrillFacts(result), exitCode: verdictExit(result.verdict) });
  const { verdict } = await withNotifiedJob({ job: NotifiedJob.Drill, factsOf }, surroundings, options, meaning, async (invocation) => {
    const result = await orTellUndecided(options, surroundings, invocation, () => drill(options, surroundings, invocation));
    const untold = await tell(options, surroundings, invocation, result.verdict, validationMessage(result));
    printResult(surroundings, invocation.json, result, () => describePhysicalDrill(result, paintFor(output, environment)));
    await writePhysicalReports(files, { ...result, store: invocation.store.description }, invocation.reporter);
    if (untold !== undefined) {
      // A verdict other than PASS has an exit code of its own, which says more.
      if (result.verdict === Verdict.Pass) throw untold;
      invocation.reporter.warning(untold.message);
    }
    return result;
  });
  return verdictExit(verdict);
}

async function drill(
  options: PhysicalDrillCommandOptions,
  { environment }: Surroundings,
  { config, store, layout, reporter, signal }: ConfiguredInvocation,
): Promise<PhysicalDrillResult> {
  const { restoredArn, restoreJob, against } = options;
  const { connection } = config.drill;
  const publicKeys = config.signing?.publicKeys ?? [];
  const manifest =
    against === undefined ? undefined : await readManifest(store, layout, await resolveId(store, layout, against), publicKeys);
  if (restoredArn === undefined && connection === undefined) throw noServer();
  const restored: RestoredInstanceOptions | undefined =
    restoredArn === undefined ? undefined : { arn: restoredArn, connection, environment, reporter, signal };
  // Here and not above: the SDK's clients are large, and every other drill does without.
  const open = async () => {
    if (restored) return await (await import("../drill/physical/restoredInstance.js")).openRestoredInstance(restored);
    if (connection) return await loadConnection(connection, environment, "drill.connection");
    throw noServer();
  };
  return await runPhysicalDrill({
    config,
    store,
    layout,
    connection: open,
    patienceMilliseconds: restored ? RDS_PATIENCE_MILLISECONDS : (connection?.retryFor ?? PATIENCE_MILLISECONDS),
    reporter,
    by: whoAmI(environment),
    signal,
    ...(manifest ? { against: manifest } : {}),
    ...(restoredArn === undefined ? {} : { restoredArn }),
    ...(restoreJob === undefined ? {} : { restoreJob }),
  });
}

function noServer(): ProblemError {
  return new ProblemError(ExitCode.Usage, {
    where: "--physical",
    reason: "it looks through a server that runs on a copy, and none is named",
    allowed: "drill.connection in the configuration, or --restored-arn",
    next: "start a server on the copy and name it",
  });
}

/** A restore job that nobody answers for would only time out; that the drill came to no verdict is told as well. */
async function orTellUndecided(
  options: PhysicalDrillCommandOptions,
  surroundings: Surroundings,
  invocation: ConfiguredInvocation,
  work: () => Promise<PhysicalDrillResult>,
): Promise<PhysicalDrillResult> {
  try {
    return await work();
  } catch (error) {
    const reason = invocation.signal.aborted ? invocation.signal.reason : error;
    const untold = await tell(options, surroundings, invocation, Verdict.CouldNotVerify, undecidedMessage(reason));
    if (untold !== undefined) invocation.reporter.warning(untold.message);
    throw error;
  }
}

/** Why AWS Backup could not be told; undefined when it was, or there is no restore job. */
async function tell(
  { restoreJob, restoredArn }: PhysicalDrillCommandOptions,
  { environment }: Surroundings,
  { reporter, signal }: { reporter: Reporter; signal: AbortSignal },
  verdict: Verdict,
  message: string,
): Promise<ProblemError | undefined> {
  if (restoreJob === undefined) return undefined;
  const region = restoredArn === undefined ? undefined : rdsInstanceOfArn(restoredArn)?.region;
  const { putValidationResult } = await import("../drill/physical/putValidationResult.js");
  try {
    const patience = signal.aborted ? { patienceMilliseconds: HURRIED_MILLISECONDS } : {};
    await putValidationResult({ restoreJob, region, verdict, message, environment, reporter, ...patience });
    return undefined;
  } catch (error) {
    if (error instanceof ProblemError) return error;
    throw error;
  }
}
