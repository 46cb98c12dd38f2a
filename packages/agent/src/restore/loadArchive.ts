import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Connection } from "@pgkeep/core";
import type { ArchiveEntry } from "../archive/ArchiveEntry.js";
import { ArchiveReader, type ArchiveSummary } from "../archive/ArchiveReader.js";
import type { ChildEnvironmentOptions } from "../postgresql/childEnvironment.js";
import type { PostgresPrograms } from "../postgresql/programs.js";
import type { Reporter } from "../reporter.js";
import { type ArchiveSource, assertRecorded } from "./ArchiveSource.js";
import { feedArchive, toProgram } from "./feedArchive.js";
import { startPgRestore } from "./pgRestore.js";
import { type SpooledArchive, spoolArchive } from "./spoolArchive.js";

export interface LoadOptions {
  programs: PostgresPrograms;
  connection: Connection;
  /** The database to load into. */
  database: string;
  targetMajor: number;
  /** Dump ids of the entries to restore, in the archive's order; absent: all. */
  entries?: readonly number[];
  /** Flags of pg_restore, for example `--no-owner`. */
  arguments: readonly string[];
  /** A statement to run first, in the one transaction that `--single-transaction` among the flags asks for. */
  prologue?: string;
  session: ChildEnvironmentOptions;
  jobs?: number;
  workFolder?: string;
  reporter: Reporter;
  signal?: AbortSignal;
}

export interface LoadedArchive {
  summary: ArchiveSummary;
  /** What pg_restore warned of. */
  warnings: string[];
}

/**
 * Loads an archive into a database. It streams; with several jobs the archive lies decrypted in a private folder meanwhile, because
 * pg_restore then reads it from several places at once. Throws when anything at all went wrong: what is in the database then is worth nothing.
 */
export async function loadArchive(source: ArchiveSource, options: LoadOptions): Promise<LoadedArchive> {
  // Through the script of pg_restore everything is one stream.
  const parallel = (options.jobs ?? 1) > 1 && options.targetMajor >= options.programs.version;
  const needsFolder = parallel || options.entries !== undefined;
  const folder = needsFolder ? await mkdtemp(join(options.workFolder ?? tmpdir(), "pgkeep-restore-")) : "";
  try {
    if (parallel) return await loadFromFile(source, options, folder);
    const list = options.entries ? [await writeList(folder, options.entries)] : [];
    return await loadFromStream(source, { ...options, arguments: [...options.arguments, ...list] });
  } catch (error) {
    throw options.signal?.aborted ? options.signal.reason : error;
  } finally {
    if (needsFolder) await rm(folder, { recursive: true, force: true });
  }
}

async function loadFromStream(source: ArchiveSource, options: LoadOptions): Promise<LoadedArchive> {
  const archive = await source.open();
  const program = await startPgRestore(options);
  let first: unknown;
  const failed = (error: unknown) => {
    first ??= error;
    program.kill();
    archive.destroy();
  };
  const feed = async () => {
    const take = program.archive ? toProgram(program.archive) : () => undefined;
    const summary = await feedArchive(
      archive,
      take,
      progress(source, options),
      new ArchiveReader({ ignoreTrailing: source.ignoreTrailing }),
    );
    assertRecorded(source, summary);
    // Only now: a program that waits for the end of its input never takes a cut for it.
    program.archive?.end();
    return summary;
  };
  const feeding = feed();
  feeding.catch(failed);
  program.finished.catch(failed);
  const [fed, ended] = await Promise.allSettled([feeding, program.finished]);
  if (fed.status === "rejected" || ended.status === "rejected") throw first;
  return { summary: fed.value, warnings: ended.value };
}

async function loadFromFile(source: ArchiveSource, options: LoadOptions, folder: string): Promise<LoadedArchive> {
  const spooled = await spoolArchive(source, folder, progress(source, options));
  try {
    return { summary: spooled.summary, warnings: await loadInSteps(spooled, options, folder) };
  } finally {
    await spooled.close();
  }
}

async function loadInSteps({ summary, path, descriptor }: SpooledArchive, options: LoadOptions, folder: string): Promise<string[]> {
  const warnings: string[] = [];
  const { rows, postData, last } = inSteps(summary.entries, options.entries);
  const jobs = options.jobs ?? 1;
  for (const [entries, connections] of [
    [rows, jobs],
    [postData, jobs],
    [last, 1],
  ] as const) {
    if (entries.length === 0) continue;
    const list = await writeList(folder, entries);
    const flags = [...options.arguments, list, ...(connections > 1 ? [`--jobs=${connections}`] : [])];
    const program = await startPgRestore({ ...options, file: { path, descriptor }, arguments: flags });
    warnings.push(...(await program.finished));
  }
  return warnings;
}

/** pg_restore's last passes (_tocEntryRestorePass in PostgreSQL's pg_backup_archiver.c). */
const LATE = new Set(["ACL", "ACL LANGUAGE", "DEFAULT ACL", "EVENT TRIGGER", "MATERIALIZED VIEW DATA"]);
/** Sections of a table of contents. Behind the rows come for example indexes, constraints and triggers. */
const NO_SECTION = 1;
const POST_DATA = 4;

/**
 * What several connections can restore at once, and what has to wait. A trigger of a partitioned table depends in the archive on that table alone,
 * which has no rows, so pg_restore with several jobs may create it while the partitions' rows are loaded, and it fires for them (seen with 15):
 * nothing of post-data begins before all rows are there. And each grant is an entry of its own, and one that is made in the name of another role
 * needs that role's grant on the schema, on which it does not depend in the archive (seen with pg_restore 15 to fail at times): only one connection.
 */
function inSteps(entries: readonly ArchiveEntry[], chosen: readonly number[] | undefined): Record<"rows" | "postData" | "last", number[]> {
  const wanted = chosen && new Set(chosen);
  const behindRows = new Set(entries.filter(({ section }) => section === POST_DATA).map(({ dumpId }) => dumpId));
  const stepOf = ({ description, tag, dumpId, section, dependencies }: ArchiveEntry) => {
    if (LATE.has(description) || tag.startsWith("EVENT TRIGGER ")) return "last";
    // A comment or a label is of no section, and goes with what it is about.
    const isAboutPostData = section === NO_SECTION && dependencies.some((id) => behindRows.has(id));
    return behindRows.has(dumpId) || isAboutPostData ? "postData" : "rows";
  };
  const ids = (step: string) =>
    entries.filter((entry) => wanted?.has(entry.dumpId) !== false && stepOf(entry) === step).map(({ dumpId }) => dumpId);
  return { rows: ids("rows"), postData: ids("postData"), last: ids("last") };
}

async function writeList(folder: string, entries: readonly number[]): Promise<string> {
  const path = join(folder, `entries-${entries[0]}`);
  await writeFile(path, entries.map((dumpId) => `${dumpId};\n`).join(""), { mode: 0o600 });
  return `--use-list=${path}`;
}

function progress(source: ArchiveSource, { reporter }: LoadOptions): (bytes: number) => void {
  const work = source.record?.name ?? source.description;
  return (bytes) => (source.bytes === null ? reporter.progress(work, bytes) : reporter.progress(work, bytes, source.bytes));
}
