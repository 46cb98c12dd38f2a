import {
  type AgentConfig,
  type Check,
  type Connection,
  type Manifest,
  overallVerdict,
  PHYSICAL_DRILL_RESULT_VERSION,
  type PhysicalDrillResult,
  type StoreLayout,
  Verdict,
} from "@pgkeep/core";
import { nearestPrograms } from "../../postgresql/nearestPrograms.js";
import { shownName } from "../../postgresql/objectName.js";
import { assertServer } from "../../postgresql/server.js";
import { type AuditOutcome, audited } from "../../records/audited.js";
import type { Reporter } from "../../reporter.js";
import type { Store } from "../../store/Store.js";
import { agentVersion } from "../../version.js";
import { checkChecksums } from "./checksums.js";
import { equalityName, notCompared } from "./compareWithManifest.js";
import { type CopyUnderTest, judge } from "./judge.js";
import { lookThroughDatabase } from "./lookThroughDatabase.js";
import { openCopy } from "./openCopy.js";
import { storePhysicalResult } from "./storePhysicalResult.js";

export interface PhysicalDrillOptions {
  config: AgentConfig;
  store: Store;
  layout: StoreLayout;
  /** The server that runs on the copy, or how to get to it, which may take its time. */
  connection: Connection | (() => Promise<Connection>);
  /** How long it is waited for, since it may be starting. */
  patienceMilliseconds: number;
  reporter: Reporter;
  /** A recovery point to compare the rows with, where both turn out to be of one moment. */
  against?: Manifest;
  restoredArn?: string;
  restoreJob?: string;
  /** Who drills, for the audit trail. Default: the account and the host that this process runs on. */
  by?: string;
  signal?: AbortSignal;
}

/**
 * Looks through a server that runs on a physical copy: that it answers, that every database dumps to nowhere, that catalogues, files, indexes
 * and rows agree with each other. The result is stored in the store under a name that tells the verdict, and the audit trail tells of it. What could not
 * be run at all is a ProblemError, and then nothing is stored. Nothing in the copy is changed.
 */
export async function runPhysicalDrill(options: PhysicalDrillOptions): Promise<PhysicalDrillResult> {
  const { store, layout, reporter, by } = options;
  return await audited({ store, layout, reporter, by }, "drill", null, () => carryOut(options), auditOutcome);
}

function auditOutcome({ verdict, checks, copy }: PhysicalDrillResult): AuditOutcome {
  const others = checks.filter((check) => check.verdict !== Verdict.Pass).map((check) => `${check.verdict}: ${check.name}`);
  const server = copy.serverVersion === null ? "no answer" : `PostgreSQL ${copy.serverVersion}`;
  return {
    result: `physical-${verdict.toLowerCase().replaceAll("_", "-")}`,
    details: [`copy at ${copy.address}, ${server}`, ...others],
  };
}

async function carryOut(options: PhysicalDrillOptions): Promise<PhysicalDrillResult> {
  const startedAt = new Date();
  const found = await lookThrough(options);
  const result: PhysicalDrillResult = {
    formatVersion: PHYSICAL_DRILL_RESULT_VERSION,
    kind: "physical",
    cluster: options.config.cluster,
    verdict: overallVerdict(found.checks),
    startedAt: startedAt.toISOString(),
    endedAt: new Date().toISOString(),
    agentVersion,
    against: options.against?.id ?? null,
    ...found,
  };
  await storePhysicalResult(options.store, options.layout, result, options.reporter);
  return result;
}

type Found = Pick<PhysicalDrillResult, "copy" | "checks" | "tables" | "neverProven">;

async function lookThrough(options: PhysicalDrillOptions): Promise<Found> {
  const { reporter, restoredArn = null, restoreJob = null, against, signal } = options;
  const began = await openCopy(options);
  const copy = { address: began.address ?? restoredArn ?? "unknown", restoredArn, restoreJob };
  const silent = { serverVersion: null, systemIdentifier: null, inRecovery: null, dataChecksums: null };
  if ("failed" in began) return { copy: { ...copy, ...silent }, checks: [began.failed], tables: [], neverProven: [] };
  const { connection, server, dataChecksums, databases, check, refusal } = began;
  const programs = await nearestPrograms(["pg_dump"], server.major, options.config.dump.programs);
  assertServer(server, programs);
  const underTest: CopyUnderTest = {
    connection,
    reporter,
    patienceMilliseconds: options.patienceMilliseconds,
    ...(signal ? { signal } : {}),
  };
  const checks: Check[] = [check, ...databases.checks];
  const tables: PhysicalDrillResult["tables"] = [];
  const neverProven = [...databases.neverProven];
  if (against && refusal !== undefined) checks.push(...notCompared(against, refusal));
  for (const database of databases.names) {
    reporter.info(`looking through ${database}`);
    const comparedWith = refusal === undefined ? against : undefined;
    const outcome = await lookThroughDatabase(database, underTest, { programs, major: server.major }, comparedWith);
    checks.push(...outcome.checks);
    tables.push(...outcome.tables);
    neverProven.push(...outcome.neverProven);
  }
  if (against && refusal === undefined) checks.push(...missingDatabases(against, databases.names));
  if (dataChecksums) {
    checks.push(await judgeChecksums(underTest));
  } else {
    neverProven.push(
      "values inside rows: the server has no data checksums, so a byte that changed and still reads as a value is not noticed (pg_checksums --enable in the source)",
    );
  }
  if (!against)
    neverProven.push(
      "that the rows are those of the source: nothing was compared (--against ID compares with a recovery point of the same moment)",
    );
  const { version: serverVersion, systemIdentifier, inRecovery } = server;
  return { copy: { ...copy, serverVersion, systemIdentifier, inRecovery, dataChecksums }, checks, tables, neverProven };
}

/** Databases of the manifest that were not looked at. */
function missingDatabases(against: Manifest, names: readonly string[]): Check[] {
  return against.databases
    .filter(({ name }) => !names.includes(name))
    .map(({ name }) => ({
      name: equalityName(name, against),
      verdict: Verdict.Fail,
      details: [`database ${shownName(name)} is in the recovery point, and the copy has none that lets this role in`],
    }));
}

async function judgeChecksums(copy: CopyUnderTest): Promise<Check> {
  let check: Check | undefined;
  const judgedCheck = await judge("data checksums", copy, copy.connection.maintenanceDatabase, async (session) => {
    check = await checkChecksums(session);
    return { found: "", damaged: [], unverified: [] };
  });
  return check ?? judgedCheck;
}
