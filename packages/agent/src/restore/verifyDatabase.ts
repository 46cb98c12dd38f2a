import { type Check, type Connection, counted, ExitCode, ProblemError, Verdict } from "@pgkeep/core";
import type { ArchiveSummary } from "../archive/ArchiveSummary.js";
import { summariseDatabase } from "../dump/summariseDatabase.js";
import { shownName } from "../postgresql/objectName.js";
import type { PostgresPrograms } from "../postgresql/programs.js";
import { type Compared, differencesFromRecord } from "./differencesFromRecord.js";

export interface VerifyOptions {
  programs: PostgresPrograms;
  connection: Connection;
  /** The database that was restored. */
  database: string;
  /** What it must hold now. */
  expected: Pick<ArchiveSummary, "tables" | "sequences" | "largeObjects">;
  compared: Compared;
  monetaryLocale: string | null;
  settings: Record<string, string>;
  signal?: AbortSignal;
}

/** Dumps the restored database to nowhere and compares every row, sequence and large object. Throws when they differ. */
export async function verifyDatabase(options: VerifyOptions): Promise<Check> {
  const { expected, database } = options;
  const columns = new Map(expected.tables.map((table) => [shownName(table.schema, table.name), table.columns]));
  const summary = await readBack(options, columns);
  const differences = differencesFromRecord(expected, summary, options.compared);
  const { only } = options.compared;
  // In a database that lived on there are other tables too, which nobody compared.
  const compared = summary.tables.filter(({ schema, name }) => only?.tables.has(shownName(schema, name)) !== false);
  const rows = compared.reduce((sum, { digest }) => sum + digest.rows, 0);
  const what = `${counted(compared.length, "table")}, ${counted(rows, "row")}`;
  if (differences.length === 0) {
    return {
      name: `rows of ${shownName(database)}`,
      verdict: Verdict.Pass,
      details: [options.compared.countsOnly ? `${what}, counted` : `${what} read back and equal`],
    };
  }
  throw new ProblemError(ExitCode.DataWrong, {
    where: `database ${shownName(database)}`,
    received: differences.slice(0, 20).join("\n            "),
    reason: "what was restored is not what was backed up",
    next: "use another recovery point, and report this: it should not be possible",
  });
}

async function readBack(options: VerifyOptions, columns: ReadonlyMap<string, string[]>): Promise<ArchiveSummary> {
  const { database, programs, connection, monetaryLocale, settings, signal } = options;
  try {
    return await summariseDatabase({
      programs,
      connection,
      database,
      ...(monetaryLocale === null ? {} : { monetaryLocale }),
      settings,
      // Only rows are compared here; a role that may not read subscriptions would be warned of them.
      arguments: ["--no-subscriptions"],
      // An inheritance child may come back with its columns in another order.
      columnOrder: (schema, table) => columns.get(shownName(schema, table)),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof ProblemError)) throw error;
    throw new ProblemError(
      error.exitCode,
      error.problems.map((problem) => ({
        ...problem,
        where: `reading back database ${shownName(database)}`,
        next: "mend the cause and run the restore again; --no-verify restores without reading back",
      })),
      { cause: error },
    );
  }
}
