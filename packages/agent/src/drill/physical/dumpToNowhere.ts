import { type Connection, counted, ExitCode, ProblemError } from "@pgkeep/core";
import { ArchiveError } from "../../archive/ArchiveError.js";
import type { ArchiveSummary } from "../../archive/ArchiveSummary.js";
import { type ColumnOrder, summariseDatabase } from "../../dump/summariseDatabase.js";
import type { PostgresPrograms } from "../../postgresql/programs.js";
import type { Findings } from "./judge.js";

export interface DumpToNowhereOptions {
  programs: PostgresPrograms;
  connection: Connection;
  database: string;
  /** lc_monetary of the dump to compare with. */
  monetaryLocale?: string;
  columnOrder?: ColumnOrder;
  signal?: AbortSignal;
}

/** What does not tell of the data: who asks, how busy the server is, the way to it. */
const NOT_THE_DATA =
  /permission denied|row-level security|lock timeout|canceling statement|deadlock|out of memory|out of shared memory|connection slots|too many (connections|clients)|No space left|server version mismatch|pg_dump could not run/;
const CONNECTION_LOST =
  /server closed the connection|terminating connection|connection (to server .* failed|not open|has been closed)|could not (receive|send) data|lost synchronization|timeout expired|SSL (error|SYSCALL)/;

/** Dumps a database to nowhere through the archive reader: every row that it holds is read. `took` gets what the dump held. */
export async function dumpToNowhere(options: DumpToNowhereOptions, took: (summary: ArchiveSummary) => void): Promise<Findings> {
  try {
    const summary = await summariseDatabase(options);
    took(summary);
    const rows = summary.tables.reduce((sum, { digest }) => sum + digest.rows, 0);
    const found = [
      counted(summary.tables.length, "table"),
      `${rows.toLocaleString("en")} ${rows === 1 ? "row" : "rows"}`,
      counted(summary.sequences.length, "sequence"),
      counted(summary.largeObjects.count, "large object"),
    ].join(", ");
    const unread = summary.unread.map(({ table, reason }) => `${table ? `${table.schema}.${table.name}` : "large objects"}: ${reason}`);
    return { found, damaged: [], unverified: unread };
  } catch (error) {
    options.signal?.throwIfAborted();
    return { found: "", ...causeOf(error) };
  }
}

function causeOf(error: unknown): Pick<Findings, "damaged" | "unverified"> {
  // What we cannot read we have not verified; it says nothing about the server.
  if (error instanceof ArchiveError) return { damaged: [], unverified: [`pg_dump's archive could not be read: ${error.message}`] };
  if (!(error instanceof ProblemError)) throw error;
  const words = error.problems.flatMap(({ reason, received }) => [reason, ...(received === undefined ? [] : [received])]);
  const text = words.join("\n");
  if (CONNECTION_LOST.test(text)) throw new ProblemError(ExitCode.Unavailable, error.problems, { cause: error });
  const lines = text.split("\n").map((line) => line.trim());
  return NOT_THE_DATA.test(text) ? { damaged: [], unverified: lines } : { damaged: lines, unverified: [] };
}
