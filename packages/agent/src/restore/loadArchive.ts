import { mkdtemp, open, rm, statfs, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Connection, ExitCode, ProblemError } from "@pgkeep/core";
import { ArchiveReader, type ArchiveSummary } from "../archive/ArchiveReader.js";
import type { ChildEnvironmentOptions } from "../postgresql/childEnvironment.js";
import type { PostgresPrograms } from "../postgresql/programs.js";
import type { Reporter } from "../reporter.js";
import { type ArchiveSource, assertRecorded } from "./ArchiveSource.js";
import { feedArchive, toProgram } from "./feedArchive.js";
import { startPgRestore } from "./pgRestore.js";

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
  const folder = await mkdtemp(join(options.workFolder ?? tmpdir(), "pgkeep-restore-"));
  try {
    const list = options.entries && join(folder, "entries");
    if (list) await writeFile(list, options.entries?.map((dumpId) => `${dumpId};\n`).join("") ?? "", { mode: 0o600 });
    const complete = { ...options, arguments: [...options.arguments, ...(list ? [`--use-list=${list}`] : [])] };
    // Through the script of pg_restore everything is one stream.
    const parallel = (options.jobs ?? 1) > 1 && options.targetMajor >= options.programs.version;
    return await (parallel ? loadFromFile(source, complete, join(folder, "archive")) : loadFromStream(source, complete));
  } catch (error) {
    throw options.signal?.aborted ? options.signal.reason : error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function loadFromStream(source: ArchiveSource, options: LoadOptions): Promise<LoadedArchive> {
  const archive = await source.open();
  const program = startPgRestore(options);
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

async function loadFromFile(source: ArchiveSource, options: LoadOptions, file: string): Promise<LoadedArchive> {
  await assertSpace(source, file);
  const handle = await open(file, "wx", 0o600);
  let summary: ArchiveSummary;
  try {
    const take = (piece: Buffer) => handle.appendFile(piece).catch((error: unknown) => Promise.reject(spoolFailure(file, error)));
    summary = await feedArchive(
      await source.open(),
      take,
      progress(source, options),
      new ArchiveReader({ ignoreTrailing: source.ignoreTrailing }),
    );
  } finally {
    await handle.close();
  }
  assertRecorded(source, summary);
  const program = startPgRestore({ ...options, file, arguments: [...options.arguments, `--jobs=${options.jobs}`] });
  return { summary, warnings: await program.finished };
}

function progress(source: ArchiveSource, { reporter }: LoadOptions): (bytes: number) => void {
  const work = source.record?.name ?? source.description;
  return (bytes) => (source.bytes === null ? reporter.progress(work, bytes) : reporter.progress(work, bytes, source.bytes));
}

async function assertSpace(source: ArchiveSource, file: string): Promise<void> {
  const { bavail, bsize } = await statfs(join(file, ".."));
  const free = bavail * bsize;
  if (source.bytes === null || free > source.bytes) return;
  throw new ProblemError(ExitCode.NoSpace, {
    where: "--jobs",
    received: `${free} bytes free in ${join(file, "../..")}`,
    allowed: `${source.bytes} bytes`,
    reason: "with several jobs the decrypted archive lies on disk while it is loaded, and there is no room for it",
    next: "leave out --jobs, which streams, or name a folder with more room with --work-folder",
  });
}

function spoolFailure(file: string, error: unknown): ProblemError {
  const code = (error as NodeJS.ErrnoException).code;
  return new ProblemError(
    code === "ENOSPC" ? ExitCode.NoSpace : ExitCode.InputOutput,
    {
      where: join(file, "../.."),
      reason: `the decrypted archive could not be written: ${(error as Error).message}`,
      next: "leave out --jobs, which streams",
    },
    { cause: error },
  );
}
