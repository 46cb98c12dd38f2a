import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { type Readable, Transform, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Connection } from "@pgkeep/core";
import { type ChildEnvironmentOptions, childEnvironment } from "../postgresql/childEnvironment.js";
import type { PostgresPrograms } from "../postgresql/programs.js";
import { isRestriction } from "./inspectScript.js";
import { restoreFailure } from "./restoreFailure.js";
import type { SqlStatement } from "./SqlScanner.js";
import { applyScriptRules } from "./scriptRules.js";
import { sqlFilter } from "./sqlFilter.js";

export interface LoadScriptOptions {
  programs: PostgresPrograms;
  connection: Connection;
  database: string;
  targetMajor: number;
  byPgDump: boolean;
  noOwner: boolean;
  noAcl: boolean;
  session: ChildEnvironmentOptions;
  signal?: AbortSignal;
}

const STDERR_LIMIT = 64 * 1024;

/** Runs a script through psql, which stops at the first error. Throws when anything went wrong; returns what psql warned of. */
export async function loadScript(script: Readable, options: LoadScriptOptions): Promise<string[]> {
  const { programs, connection, database, signal } = options;
  const settings = { default_transaction_read_only: "off", standard_conforming_strings: "on", ...options.session.settings };
  const { PGTZ: _, ...environment } = await childEnvironment(connection, { ...options.session, settings });
  const child = spawn(programs.path("psql"), ["--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1", "--file=-"], {
    env: { ...environment, PGDATABASE: database },
    stdio: ["pipe", "ignore", "pipe"],
    ...(signal ? { signal } : {}),
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    if (stderr.length < STDERR_LIMIT) stderr += text;
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.once("error", (error) => reject(restoreFailure(database, `psql could not run: ${error.message}`, null)));
    child.once("close", (code, name) => {
      if (code === 0) resolve();
      else reject(restoreFailure(database, `psql ended with ${name ? `signal ${name}` : `exit code ${code}`}: ${stderr.trim()}`, name));
    });
  });
  const key = knowsRestrict(programs.versionText) ? randomBytes(24).toString("hex") : undefined;
  const stages = [script, sqlFilter({ statement: fileRules(options), metaCommand: (line) => !isRestriction(line) }), restricted(key)];
  let failure: unknown;
  const fed = pipeline([...stages, child.stdin as Writable]).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE" || error.code === "ERR_STREAM_PREMATURE_CLOSE") return;
    failure ??= error;
    child.kill();
  });
  const [, exit] = await Promise.allSettled([fed, ended]);
  signal?.throwIfAborted();
  if (failure !== undefined) throw failure;
  if (exit.status === "rejected") throw exit.reason;
  return stderr.split("\n").filter((line) => /WARNING: /.test(line));
}

/**
 * psql's own guard (CVE-2025-8714): between these two lines it takes no backslash command but the second, which holds a word that the script
 * cannot know. Where psql is too old for it, the inspection that came before is the guard.
 */
function restricted(key: string | undefined): Transform {
  let begun = key === undefined;
  return new Transform({
    transform(piece: Buffer, _encoding, callback) {
      if (!begun) this.push(`\\restrict ${key}\n`);
      begun = true;
      callback(null, piece);
    },
    flush(callback) {
      callback(null, key === undefined ? "" : `\n\\unrestrict ${key}\n`);
    },
  });
}

/** The minor releases of August 2025: https://www.postgresql.org/about/news/postgresql-176-1610-1514-1419-1322-and-18-beta-3-released-3118/ */
export function knowsRestrict(versionText: string): boolean {
  const [major = 0, minor = 0] = versionText.split(".").map((part) => Number.parseInt(part, 10));
  const since: Record<number, number> = { 13: 22, 14: 19, 15: 14, 16: 10, 17: 6 };
  return major >= 18 || minor >= (since[major] ?? Number.POSITIVE_INFINITY);
}

/**
 * What is changed in a script on its way into a new and empty database, beside the rules for older servers: what `pg_dump --clean` drops
 * first is not there, and the schema public is. Owners and privileges go where the user says so.
 */
export function fileRules({
  targetMajor,
  byPgDump,
  noOwner,
  noAcl,
}: Pick<LoadScriptOptions, "targetMajor" | "byPgDump" | "noOwner" | "noAcl">): (statement: SqlStatement) => boolean | string {
  const older = applyScriptRules(targetMajor);
  let dropping = byPgDump;
  return (statement) => {
    const { text, words } = statement;
    if (dropping && isCleaning(statement)) return text === "DROP SCHEMA public;" || text === "DROP SCHEMA IF EXISTS public;";
    if (words[0] !== "set" && words[0] !== "select") dropping = false;
    if (byPgDump && text === "CREATE SCHEMA public;") return "CREATE SCHEMA IF NOT EXISTS public;";
    if (noOwner && isOwnership(statement)) return false;
    if (noAcl && isPrivilege(statement)) return false;
    return older(statement);
  };
}

/** As pg_dump --clean writes them, in front of everything else. */
function isCleaning({ text, words }: SqlStatement): boolean {
  if (words[0] === "drop") return true;
  if (words[0] === "alter" && (words[1] === "table" || words[1] === "domain")) return / DROP (CONSTRAINT|DEFAULT|IDENTITY)\b/.test(text);
  if (words[0] === "select") return text.startsWith("SELECT pg_catalog.lo_unlink(");
  return /^CREATE OR REPLACE VIEW .* AS\s+SELECT\s+NULL::/.test(text) || /^ALTER (PUBLICATION|EXTENSION) .* DROP /.test(text);
}

function isOwnership({ text, words }: SqlStatement): boolean {
  return (
    (words[0] === "alter" && /^ALTER [\s\S]* OWNER TO [^;\n]+;$/.test(text)) ||
    (words[0] === "set" && words[1] === "session" && words[2] === "authorization")
  );
}

function isPrivilege({ words }: SqlStatement): boolean {
  return words[0] === "grant" || words[0] === "revoke" || (words[0] === "alter" && words[1] === "default" && words[2] === "privileges");
}
