import { execFile } from "node:child_process";
import { accessSync, constants, readdirSync, realpathSync } from "node:fs";
import { basename, delimiter, join } from "node:path";
import { promisify } from "node:util";
import { ExitCode, ProblemError } from "@pgkeep/core";

export type ProgramName = "pg_dump" | "pg_restore" | "psql" | "initdb" | "pg_ctl" | "postgres";

/** PostgreSQL's programs of one version, all from one folder. */
export interface PostgresPrograms {
  folder: string;
  /** Major version, for example 18. */
  version: number;
  /** As the program tells it, for example 18.4. */
  versionText: string;
  path(name: ProgramName): string;
}

export interface FindProgramsOptions {
  /** Only this folder. */
  folder?: string;
  /** Only this major version. */
  major?: number;
  /** This major version or newer. */
  atLeast?: number;
}

/** Where packages put PostgreSQL's programs; a star stands for one folder name. */
const USUAL_FOLDERS = [
  "/usr/lib/postgresql/*/bin",
  "/usr/pgsql-*/bin",
  "/usr/local/pgsql/bin",
  "/usr/libexec/postgresql*",
  "/opt/homebrew/opt/postgresql@*/bin",
  "/opt/homebrew/opt/libpq/bin",
  "/usr/local/opt/postgresql@*/bin",
  "/usr/local/opt/libpq/bin",
  "/Applications/Postgres.app/Contents/Versions/*/bin",
];

/**
 * Finds PostgreSQL's programs in the folders of PGKEEP_PG_BIN (several separated like PATH), on PATH and where packages put them.
 * The newest version wins unless another is asked for; of equal ones the first found.
 */
export async function findPrograms(needed: readonly ProgramName[], options: FindProgramsOptions = {}): Promise<PostgresPrograms> {
  const folders = options.folder === undefined ? candidateFolders() : [options.folder];
  const complete = folders.filter((folder) => needed.every((name) => isProgram(join(folder, name))));
  const found = (await Promise.all(complete.map((folder) => readVersion(folder, needed)))).filter((programs) => programs !== undefined);
  const fitting = found.filter(
    ({ version }) => (options.major === undefined || version === options.major) && version >= (options.atLeast ?? 0),
  );
  const newest = fitting.reduce<PostgresPrograms | undefined>((best, one) => (best && best.version >= one.version ? best : one), undefined);
  if (newest === undefined) throw notFound(needed, options, found);
  return newest;
}

function candidateFolders(): string[] {
  const listed = [process.env.PGKEEP_PG_BIN, process.env.PATH].flatMap((list) => (list ?? "").split(delimiter));
  return [...new Set([...listed, ...USUAL_FOLDERS.flatMap(expand)])].filter((folder) => folder !== "");
}

function expand(pattern: string): string[] {
  const [parent, name, rest] = splitAtStar(pattern);
  if (name === undefined) return [pattern];
  const [before = "", after = ""] = name.split("*");
  try {
    return readdirSync(parent)
      .filter((entry) => entry.startsWith(before) && entry.endsWith(after))
      .map((entry) => join(parent, entry, rest));
  } catch {
    return [];
  }
}

function splitAtStar(pattern: string): [parent: string, name: string | undefined, rest: string] {
  const parts = pattern.split("/");
  const index = parts.findIndex((part) => part.includes("*"));
  return [parts.slice(0, index).join("/"), parts[index], parts.slice(index + 1).join("/")];
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    // Debian's /usr/bin/pg_dump is a script that picks a version by the clusters it finds; the real ones are in versioned folders.
    return basename(realpathSync(path)) !== "pg_wrapper";
  } catch {
    return false;
  }
}

async function readVersion(folder: string, needed: readonly ProgramName[]): Promise<PostgresPrograms | undefined> {
  const path = (name: ProgramName) => join(folder, name);
  try {
    const { stdout } = await promisify(execFile)(path(needed[0] ?? "pg_dump"), ["--version"], { timeout: 10_000 });
    const versionText = /\(PostgreSQL\) (\S+)/.exec(stdout)?.[1];
    const version = Number.parseInt(versionText ?? "", 10);
    return versionText === undefined || Number.isNaN(version) ? undefined : { folder, version, versionText, path };
  } catch {
    // A program that cannot even tell its version (a foreign architecture, a missing library) is as good as absent.
    return undefined;
  }
}

function notFound(needed: readonly ProgramName[], options: FindProgramsOptions, found: readonly PostgresPrograms[]): ProblemError {
  const wanted = options.major ?? options.atLeast;
  const version = wanted === undefined ? "" : ` of PostgreSQL ${wanted}${options.major === undefined ? " or newer" : ""}`;
  const seen = found.map(({ versionText, folder }) => `${versionText} in ${folder}`).join(", ");
  return new ProblemError(ExitCode.Configuration, {
    where: options.folder === undefined ? `program ${needed[0]}` : "programs",
    received: options.folder ?? (seen === "" ? "none found" : seen),
    reason: `${needed.join(", ")}${version} ${needed.length > 1 ? "are" : "is"} needed and not ${options.folder === undefined ? "found" : `in this folder${seen === "" ? "" : ` (it holds ${seen})`}`}`,
    allowed: `a folder with ${needed.join(", ")}${version}`,
    next: `install the package (Debian: postgresql-client${wanted === undefined ? "" : `-${wanted}`}${needed.some((name) => name === "initdb" || name === "pg_ctl" || name === "postgres") ? ` and postgresql${wanted === undefined ? "" : `-${wanted}`}` : ""}), or put the folder into PGKEEP_PG_BIN`,
  });
}
