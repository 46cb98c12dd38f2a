import { type Check, type Manifest, type PhysicalDrillResult, Verdict } from "@pgkeep/core";
import type { ArchiveSummary } from "../../archive/ArchiveSummary.js";
import { shownName } from "../../postgresql/objectName.js";
import type { PostgresPrograms } from "../../postgresql/programs.js";
import { openSession, type Session } from "../../postgresql/session.js";
import { amcheckGin, amcheckIndexes, amcheckTables } from "./amcheck.js";
import { checkCatalogue } from "./checkCatalogue.js";
import { checkFiles } from "./checkFiles.js";
import { checkIndexes } from "./checkIndexes.js";
import { checkSequences } from "./checkSequences.js";
import { compareWithRecord, equalityName, readIncrements } from "./compareWithManifest.js";
import { dumpToNowhere } from "./dumpToNowhere.js";
import { type CopyUnderTest, judge, judged } from "./judge.js";
import { unwatchedIndexes } from "./unwatchedIndexes.js";
import { walkIndexes } from "./walkIndexes.js";

/** What the checks of one database found. */
export type DatabaseFindings = Pick<PhysicalDrillResult, "checks" | "tables" | "neverProven">;

/** Every check of one database. */
export async function lookThroughDatabase(
  database: string,
  copy: CopyUnderTest,
  { programs, major }: { programs: PostgresPrograms; major: number },
  against: Manifest | undefined,
): Promise<DatabaseFindings> {
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

async function unwatched(database: string, copy: CopyUnderTest, major: number): Promise<string[]> {
  try {
    return await withSession(copy, database, (session) => unwatchedIndexes(session, major));
  } catch (error) {
    copy.signal?.throwIfAborted();
    return [`indexes other than B-trees: ${(error as Error).message.split("\n")[0]}`];
  }
}

async function withSession<Result>(copy: CopyUnderTest, database: string, work: (session: Session) => Promise<Result>): Promise<Result> {
  const session = await openSession(copy.connection, database, copy.signal ? { signal: copy.signal } : {});
  return await work(session).finally(() => session.end());
}
