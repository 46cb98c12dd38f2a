import { type ChildProcess, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Connection } from "@pgkeep/core";
import { type ChildEnvironmentOptions, childEnvironment } from "../postgresql/childEnvironment.js";
import type { PostgresPrograms } from "../postgresql/programs.js";
import { RestoreFailure, restoreFailure } from "./restoreFailure.js";
import { SqlScanError, type SqlStatement } from "./SqlScanner.js";
import { applyScriptRules } from "./scriptRules.js";
import { sqlFilter } from "./sqlFilter.js";

export interface PgRestoreOptions {
  programs: PostgresPrograms;
  connection: Connection;
  database: string;
  /** Major version of the server. */
  targetMajor: number;
  /** What else pg_restore is told, for example `--no-owner`. */
  arguments: readonly string[];
  /** A statement to run first in the transaction that pg_restore opens with `--single-transaction`. */
  prologue?: string;
  /** An archive on disk; with a descriptor, which the program inherits as number 3. Absent: the archive comes through `archive`. */
  file?: { path: string; descriptor: number | null };
  session: ChildEnvironmentOptions;
  signal?: AbortSignal;
}

/** A running pg_restore. */
export interface RunningRestore {
  /** Takes the archive; it may be closed early, when the program has all it needs or has failed. Null with a file. */
  archive: Writable | null;
  /** Settles when all processes ended: pg_restore's warnings, or a ProblemError. */
  finished: Promise<string[]>;
  kill(): void;
}

/** pg_restore prints a few lines per error and stops at the first. */
const STDERR_LIMIT = 64 * 1024;

/**
 * Starts pg_restore, which stops at the first error. Below its own major version the script that it would run goes through psql instead,
 * because its preamble sets transaction_timeout, which servers before 17 do not know; so it does when something is to run in its transaction.
 */
export async function startPgRestore(options: PgRestoreOptions): Promise<RunningRestore> {
  const env = await environment(options);
  const script = options.targetMajor < options.programs.version || options.prologue !== undefined;
  return script ? throughScript(options, env) : direct(options, env);
}

/**
 * The environment of what loads. Unlike in a dump the time zone is the database's own, as views and functions that a load evaluates expect
 * it; the rows themselves carry their offset. A database that is read-only by its settings is not so for its own restore.
 */
async function environment({ connection, database, session }: PgRestoreOptions): Promise<NodeJS.ProcessEnv> {
  const settings = { default_transaction_read_only: "off", standard_conforming_strings: "on", ...session.settings };
  const { PGTZ: _, ...complete } = await childEnvironment(connection, { ...session, settings });
  return { ...complete, PGDATABASE: database };
}

function direct(options: PgRestoreOptions, env: NodeJS.ProcessEnv): RunningRestore {
  const { programs, file, signal } = options;
  const child = spawn(
    programs.path("pg_restore"),
    ["--exit-on-error", "--no-password", "--dbname=", ...options.arguments, ...(file === undefined ? [] : ["--", file.path])],
    {
      env,
      stdio: ["pipe", "ignore", "pipe", ...(file?.descriptor ? [file.descriptor] : [])],
      ...(signal ? { signal } : {}),
    },
  );
  return {
    archive: file === undefined ? child.stdin : null,
    finished: outcome(child, options.database, "pg_restore"),
    kill: () => void child.kill(),
  };
}

function throughScript(options: PgRestoreOptions, env: NodeJS.ProcessEnv): RunningRestore {
  const { programs, file, signal, database } = options;
  const aborting = signal ? { signal } : {};
  const writer = spawn(programs.path("pg_restore"), ["--file=-", ...options.arguments, ...(file === undefined ? [] : ["--", file.path])], {
    env,
    stdio: ["pipe", "pipe", "pipe", ...(file?.descriptor ? [file.descriptor] : [])],
    ...aborting,
  });
  const reader = spawn(programs.path("psql"), ["--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1", "--file=-"], {
    env,
    stdio: ["pipe", "ignore", "pipe"],
    ...aborting,
  });
  const written = outcome(writer, database, "pg_restore");
  const read = outcome(reader, database, "psql");
  const rules = applyScriptRules(options.targetMajor);
  const filter = sqlFilter({ statement: options.prologue === undefined ? rules : withPrologue(options.prologue, rules) });
  const piped = pipeline(writer.stdout as Readable, filter, reader.stdin as Writable);
  return {
    archive: file === undefined ? writer.stdin : null,
    finished: allEnded(written, piped, read, () => reader.kill()),
    kill: () => {
      // psql first: it must not take the end of a script that was cut for the end of the script.
      reader.kill();
      writer.kill();
    },
  };
}

type EachStatement = (statement: SqlStatement) => boolean | string;

/** Puts a statement right behind the BEGIN that pg_restore writes after nothing but settings. */
function withPrologue(prologue: string, next: EachStatement): EachStatement {
  let begun = false;
  return (statement) => {
    if (begun) return next(statement);
    if (statement.words[0] === "set" || statement.words[0] === "select") return next(statement);
    if (statement.text !== "BEGIN;")
      throw new SqlScanError(`pg_restore began its script with ${statement.text.slice(0, 80)} instead of a transaction`);
    begun = true;
    return `BEGIN;\n\n${prologue}\n`;
  };
}

/** psql's failure explains pg_restore's broken pipe; a pg_restore that failed by itself must not let psql end as if all had come. */
async function allEnded(
  written: Promise<string[]>,
  piped: Promise<void>,
  read: Promise<string[]>,
  killReader: () => void,
): Promise<string[]> {
  written.catch(killReader);
  piped.catch(killReader);
  const [writer, pipe, reader] = await Promise.allSettled([written, piped, read]);
  const killed = reader.status === "rejected" && reader.reason instanceof RestoreFailure && reader.reason.endedBySignal !== null;
  if (reader.status === "rejected" && !killed) throw reader.reason;
  if (writer.status === "rejected") throw writer.reason;
  if (pipe.status === "rejected" && reader.status === "fulfilled") throw pipe.reason;
  if (reader.status === "rejected") throw reader.reason;
  return [...writer.value, ...reader.value];
}

function outcome(child: ChildProcess, database: string, program: string): Promise<string[]> {
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    if (stderr.length < STDERR_LIMIT) stderr += text;
  });
  // A program that ends early closes its end: its exit code tells why, not the broken pipe.
  child.stdin?.on("error", () => {});
  const ended = new Promise<string[]>((resolve, reject) => {
    child.once("error", (error) => reject(restoreFailure(database, `${program} could not run: ${error.message}`, null)));
    child.once("close", (code, signal) => {
      if (code === 0) resolve(stderr.split("\n").filter((line) => line.trim() !== ""));
      else
        reject(
          restoreFailure(database, `${program} ended with ${signal ? `signal ${signal}` : `exit code ${code}`}: ${stderr.trim()}`, signal),
        );
    });
  });
  ended.catch(() => undefined);
  return ended;
}
