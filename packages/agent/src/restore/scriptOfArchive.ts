import { spawn } from "node:child_process";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ExitCode, ProblemError } from "@pgkeep/core";
import type { PostgresPrograms } from "../postgresql/programs.js";
import type { DumpFile } from "./dumpFile.js";

const STDERR_LIMIT = 4096;

/** The script that pg_restore would run: how archives that are not read here become one. It ends only when pg_restore has read all of them. */
export function scriptOfArchive(
  file: DumpFile,
  programs: PostgresPrograms,
  flags: readonly string[],
  onBytes?: (bytes: number) => void,
): Readable {
  const directory = file.kind === "directory archive";
  const child = spawn(programs.path("pg_restore"), ["--file=-", ...flags, ...(directory ? ["--", file.path] : [])], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { LC_ALL: "C", PATH: process.env.PATH ?? "" },
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    if (stderr.length < STDERR_LIMIT) stderr += text;
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => (code === 0 ? resolve() : reject(unreadable(file, stderr))));
  });
  ended.catch(() => undefined);
  const script = new Transform({
    transform: (piece, _encoding, callback) => callback(null, piece),
    flush: (callback) => void ended.then(() => callback(), callback),
  });
  // Seen by whoever reads it, even if it comes before anybody reads.
  script.on("error", () => {});
  script.once("close", () => child.kill());
  pipeline(child.stdout, script).catch(() => undefined);
  // pg_restore stops listening when it has failed, or has all it needs.
  child.stdin.on("error", () => {});
  if (directory) child.stdin.end();
  else
    pipeline(file.open(onBytes), child.stdin).catch((error: NodeJS.ErrnoException) => void (isBrokenPipe(error) || script.destroy(error)));
  return script;
}

function isBrokenPipe({ code }: NodeJS.ErrnoException): boolean {
  return code === "EPIPE" || code === "ERR_STREAM_PREMATURE_CLOSE";
}

function unreadable(file: DumpFile, stderr: string): ProblemError {
  return new ProblemError(ExitCode.DataWrong, {
    where: file.path,
    reason: `pg_restore cannot read it: ${stderr.trim()}`,
    next: "the archive is cut or damaged, or made by a newer pg_dump",
  });
}
