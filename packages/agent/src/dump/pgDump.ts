import { type ChildProcess, spawn } from "node:child_process";
import { PassThrough, pipeline, type Readable } from "node:stream";
import { type Connection, ExitCode, ProblemError } from "@pgkeep/core";
import { childEnvironment } from "../postgresql/childEnvironment.js";
import { classifyWarnings } from "../postgresql/knownWarnings.js";
import type { PostgresPrograms } from "../postgresql/programs.js";

export interface PgDumpOptions {
  programs: PostgresPrograms;
  connection: Connection;
  database: string;
  /** An exported snapshot; absent: pg_dump takes its own. */
  snapshot?: string;
  /** lc_monetary of the session, so that columns of type money are written as they will be read. */
  monetaryLocale?: string;
  /** Further server settings for the session, for example event_triggers=off. */
  settings?: Record<string, string>;
  /** What else pg_dump is told, for example flags of waivers. */
  arguments?: readonly string[];
  signal?: AbortSignal;
}

/** A running pg_dump. */
export interface RunningDump {
  /** The uncompressed custom-format archive. Its end proves nothing: only `finished` does. */
  archive: Readable;
  /** Settles when the process ended: known, harmless warnings, or a ProblemError for anything else. */
  finished: Promise<string[]>;
}

/** pg_dump prints at most some lines per object; beyond this the beginning and what follows it are enough to understand a failure. */
const STDERR_LIMIT = 256 * 1024;

/**
 * Starts `pg_dump -Fc` without compression on a snapshot. The database travels by PGDATABASE, because an argument that looks like a
 * connection string would be read as one (https://www.postgresql.org/docs/current/app-pgdump.html, `dbname`).
 */
export async function startPgDump(options: PgDumpOptions): Promise<RunningDump> {
  const { programs, connection, database, snapshot, monetaryLocale, settings, signal } = options;
  const session = { ...(monetaryLocale === undefined ? {} : { monetaryLocale }), ...(settings ? { settings } : {}) };
  const environment = await childEnvironment(connection, session);
  const child = spawn(
    programs.path("pg_dump"),
    [
      "--format=custom",
      "--compress=0",
      "--encoding=UTF8",
      "--no-password",
      "--lock-wait-timeout=60s",
      ...(snapshot ? [`--snapshot=${snapshot}`] : []),
      ...(options.arguments ?? []),
    ],
    {
      env: { ...environment, PGDATABASE: database },
      stdio: ["ignore", "pipe", "pipe"],
      ...(signal ? { signal } : {}),
    },
  );
  const finished = outcome(child, database);
  // Whoever reads the archive also awaits `finished`; until then a failure must not count as unhandled.
  finished.catch(() => undefined);
  // Node throws away what a process wrote when it ends before anybody reads (flushStdio in lib/internal/child_process.js), as a small
  // database's pg_dump does when the reader starts a moment later. Something reads from the beginning, therefore.
  const archive = new PassThrough();
  // Not `pipe`: a reader that gives up must cost pg_dump its pipe, else it would wait for him for ever.
  pipeline(child.stdout, archive, () => undefined);
  return { archive, finished };
}

function outcome(child: ChildProcess, database: string): Promise<string[]> {
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    if (stderr.length < STDERR_LIMIT) stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.once("error", (error) => reject(failure(database, `pg_dump could not run: ${error.message}`, error)));
    child.once("close", (code, signal) => {
      if (code !== 0) {
        reject(failure(database, `pg_dump ended with ${signal ? `signal ${signal}` : `exit code ${code}`}: ${lastLines(stderr)}`));
        return;
      }
      const { known, unknown } = classifyWarnings(stderr);
      if (unknown.length === 0) resolve(known);
      else reject(unknownWarnings(database, unknown));
    });
  });
}

/** What pg_dump's words mean for whoever decides whether to try again. Anything else is taken for a server that went away. */
const EXIT_CODES: [RegExp, ExitCode][] = [
  [/No space left/, ExitCode.NoSpace],
  [/permission denied|row-level security|authentication failed/, ExitCode.Permission],
  [/lock timeout|canceling statement|deadlock detected/, ExitCode.TryAgain],
];

function failure(database: string, reason: string, cause?: unknown): ProblemError {
  return new ProblemError(
    EXIT_CODES.find(([words]) => words.test(reason))?.[1] ?? ExitCode.Unavailable,
    { where: `database ${database}`, reason, next: "nothing was committed; mend the cause and run the backup again" },
    { cause },
  );
}

function unknownWarnings(database: string, warnings: readonly string[]): ProblemError {
  return new ProblemError(ExitCode.DataWrong, {
    where: `database ${database}`,
    reason: "pg_dump warned of something pgkeep does not know to be harmless, so the dump may not be whole and nothing was committed",
    received: warnings.slice(0, 10).join("\n            "),
    next: "mend its cause; if it is harmless, report it so that it becomes a known warning",
  });
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-5).join("\n  ");
}
