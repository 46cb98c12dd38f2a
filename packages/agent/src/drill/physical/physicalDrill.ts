import {
  type AgentConfig,
  type Check,
  type Connection,
  ExitCode,
  type Manifest,
  overallVerdict,
  PHYSICAL_DRILL_RESULT_VERSION,
  type PhysicalDrillResult,
  ProblemError,
  type StoreLayout,
  Verdict,
} from "@pgkeep/core";
import type { ArchiveSummary } from "../../archive/ArchiveSummary.js";
import { nearestPrograms } from "../../postgresql/nearestPrograms.js";
import { shownName } from "../../postgresql/objectName.js";
import type { PostgresPrograms } from "../../postgresql/programs.js";
import { assertServer, readServer, type Server } from "../../postgresql/server.js";
import { serverAddress } from "../../postgresql/serverAddress.js";
import { openSession, openSessionWithRetry, type Session } from "../../postgresql/session.js";
import { type AuditOutcome, audited } from "../../records/audited.js";
import type { Reporter } from "../../reporter.js";
import type { Store } from "../../store/Store.js";
import { agentVersion } from "../../version.js";
import { amcheckGin, amcheckIndexes, amcheckTables } from "./amcheck.js";
import { checkCatalogue } from "./checkCatalogue.js";
import { checkFiles } from "./checkFiles.js";
import { checkIndexes } from "./checkIndexes.js";
import { checkSequences } from "./checkSequences.js";
import { checkChecksums, hasDataChecksums } from "./checksums.js";
import { whyNotComparable } from "./comparable.js";
import { compareWithRecord, equalityName, notCompared, readIncrements } from "./compareWithManifest.js";
import { findCopiedDatabases } from "./copiedDatabases.js";
import { dumpToNowhere } from "./dumpToNowhere.js";
import { type CopyUnderTest, isDamage, judge, judged } from "./judge.js";
import { storePhysicalResult } from "./storePhysicalResult.js";
import { unwatchedIndexes } from "./unwatchedIndexes.js";
import { walkIndexes } from "./walkIndexes.js";

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
  const began = await start(options);
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

interface Began {
  connection: Connection;
  address: string;
  server: Server;
  dataChecksums: boolean;
  databases: Awaited<ReturnType<typeof findCopiedDatabases>>;
  check: Check;
  /** Why the copy cannot be compared with the recovery point; undefined when it can, or none is named. */
  refusal: string | undefined;
}

/**
 * The first questions. From here a copy that does not start and a firewall look alike, so a server that nobody reaches could not be verified;
 * one that answers with damage failed; wrong credentials are an error of the configuration and no verdict.
 */
async function start(options: PhysicalDrillOptions): Promise<Began | { address: string | undefined; failed: Check }> {
  const { config, against, reporter, patienceMilliseconds, signal } = options;
  const name = "the server starts from the copy and answers";
  let address: string | undefined;
  let session: Session | undefined;
  try {
    const connection = typeof options.connection === "function" ? await options.connection() : options.connection;
    address = serverAddress(connection);
    refuseSource(config, connection);
    const opening = signal ? { signal } : {};
    session = await openSessionWithRetry(connection, connection.maintenanceDatabase, patienceMilliseconds, reporter, opening);
    const server = await readServer(session);
    assertServer(server);
    const recovery = server.inRecovery ? `in recovery (a standby), replayed up to ${server.lsn}` : "not in recovery";
    return {
      connection,
      address,
      server,
      dataChecksums: await hasDataChecksums(session),
      databases: await findCopiedDatabases(session, config.databases),
      // Before anything else is done on the copy: what it commits itself would count.
      refusal: against ? await whyNotComparable(session, against, server) : undefined,
      check: { name, verdict: Verdict.Pass, details: [`PostgreSQL ${server.version} at ${address}, ${recovery}`] },
    };
  } catch (error) {
    signal?.throwIfAborted();
    const verdict = verdictOfStart(error);
    if (verdict === undefined) throw error;
    return { address, failed: { name, verdict, details: (error as Error).message.split("\n") } };
  } finally {
    await session?.end();
  }
}

function verdictOfStart(error: unknown): Verdict | undefined {
  if (isDamage(error)) return Verdict.Fail;
  if (!(error instanceof ProblemError)) return undefined;
  if (error.exitCode === ExitCode.DataWrong) return Verdict.Fail;
  return [ExitCode.Unavailable, ExitCode.CouldNotVerify].includes(error.exitCode) ? Verdict.CouldNotVerify : undefined;
}

/** The checks lock tables against writers for a while, which is nothing to do to the server that is backed up. */
function refuseSource(config: AgentConfig, connection: Connection): void {
  const { host, port, uri } = config.connection;
  const same = uri === undefined && host === connection.host && (port ?? 5432) === connection.port;
  if (!same) return;
  throw new ProblemError(ExitCode.Configuration, {
    where: "drill.connection",
    received: serverAddress(connection),
    reason: `this is the server that is backed up, and the checks of a physical drill lock its tables against writers`,
    next: "name the server that runs on the copy",
  });
}

async function lookThroughDatabase(
  database: string,
  copy: CopyUnderTest,
  { programs, major }: { programs: PostgresPrograms; major: number },
  against: Manifest | undefined,
): Promise<Pick<Found, "checks" | "tables" | "neverProven">> {
  const shown = shownName(database);
  const record = against?.databases.find(({ name }) => name === database);
  let summary: ArchiveSummary | undefined;
  const unread: string[] = [];
  const { connection, signal } = copy;
  const columns = new Map(record?.tables.map((table) => [JSON.stringify([table.schema, table.name]), table.columns]));
  const dump = await judged(`dump of ${shown} to nowhere`, copy, () =>
    dumpToNowhere(
      {
        programs,
        connection,
        database,
        columnOrder: (schema, table) => columns.get(JSON.stringify([schema, table])),
        ...(record ? { monetaryLocale: record.properties.monetaryLocale } : {}),
        ...(signal ? { signal } : {}),
      },
      (dumped) => {
        summary = dumped;
      },
    ),
  );
  const checks = [
    dump,
    await judge(`catalogues of ${shown}`, copy, database, async (session) => {
      const findings = await checkCatalogue(session);
      unread.push(...findings.unread);
      return findings;
    }),
    await judge(`files of ${shown}`, copy, database, checkFiles),
    await judge(`indexes of ${shown}`, copy, database, checkIndexes),
    await judge(`sequences of ${shown}`, copy, database, checkSequences),
    await judge(`rows of ${shown} by file and by index`, copy, database, walkIndexes),
    await judge(`amcheck of indexes of ${shown}`, copy, database, amcheckIndexes),
    await judge(`amcheck of tables of ${shown}`, copy, database, amcheckTables),
  ];
  if (major >= 18) checks.push(await judge(`amcheck of GIN indexes of ${shown}`, copy, database, amcheckGin));
  if (record && against) checks.push(await equality(database, copy, record, summary, against));
  const others = await unwatched(database, copy, major);
  return {
    checks,
    tables: (summary?.tables ?? []).map(({ schema, name, digest }) => ({ database, schema, name, digest })),
    neverProven: [
      ...[...new Set(unread)].map((catalogue) => `${shown}: catalogue ${catalogue}, which this role may not read`),
      ...others.map((index) => `${shown}: ${index}`),
    ],
  };
}

async function equality(
  database: string,
  copy: CopyUnderTest,
  record: Manifest["databases"][number],
  summary: ArchiveSummary | undefined,
  against: Manifest,
): Promise<Check> {
  const name = equalityName(database, against);
  if (summary === undefined) return { name, verdict: Verdict.CouldNotVerify, details: ["its dump did not come to its end"] };
  const increments = await withSession(copy, database, readIncrements);
  return compareWithRecord(record, summary, increments, against);
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

async function unwatched(database: string, copy: CopyUnderTest, major: number): Promise<string[]> {
  try {
    return await withSession(copy, database, (session) => unwatchedIndexes(session, major));
  } catch (error) {
    copy.signal?.throwIfAborted();
    return [`indexes other than B-trees: ${(error as Error).message.split("\n")[0]}`];
  }
}

async function judgeChecksums(copy: CopyUnderTest): Promise<Check> {
  let check: Check | undefined;
  const judgedCheck = await judge("data checksums", copy, copy.connection.maintenanceDatabase, async (session) => {
    check = await checkChecksums(session);
    return { found: "", damaged: [], unverified: [] };
  });
  return check ?? judgedCheck;
}

async function withSession<Result>(copy: CopyUnderTest, database: string, work: (session: Session) => Promise<Result>): Promise<Result> {
  const session = await openSession(copy.connection, database, copy.signal ? { signal: copy.signal } : {});
  return await work(session).finally(() => session.end());
}
