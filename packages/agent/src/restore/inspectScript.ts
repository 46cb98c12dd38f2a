import type { Readable } from "node:stream";
import { ExitCode, type Problem } from "@pgkeep/core";
import { SqlScanError, SqlScanner, type SqlStatement } from "./SqlScanner.js";

/** What a script holds, found by reading it once to its end before any of it is run. */
export interface ScriptInspection {
  /** Whether pg_dump or pg_restore wrote it. */
  byPgDump: boolean;
  statements: number;
  /** Roles that own or are granted something. */
  roles: Set<string>;
  extensions: Set<string>;
  problems: { exitCode: ExitCode; problem: Problem }[];
}

/** What acts on more than the database that the script is read into. */
const BEYOND = /^(create|drop|alter) (database|tablespace|role|user|group|system)\b/;
const NAME = '("(?:[^"]|"")+"|[\\p{L}_][\\p{L}\\p{N}_$]*)';
const OWNER = new RegExp(` OWNER TO ${NAME};$`, "u");
const GRANTEE = new RegExp(`^GRANT [\\s\\S]* TO ${NAME}(?: WITH GRANT OPTION)?;$`, "u");
const EXTENSION = new RegExp(`^CREATE EXTENSION (?:IF NOT EXISTS )?${NAME}`, "u");
const SHOWN = 5;

/** Reads a script to its end. Throws only what the source throws. */
export async function inspectScript(source: Readable, path: string): Promise<ScriptInspection> {
  const found: ScriptInspection = { byPgDump: false, statements: 0, roles: new Set(), extensions: new Set(), problems: [] };
  const commands: string[] = [];
  const beyond: string[] = [];
  let cluster = false;
  let complete = false;
  const scanner = new SqlScanner({
    statement(statement) {
      found.statements++;
      complete = false;
      collect(statement, found);
      const words = statement.words.join(" ");
      if (BEYOND.test(words) && !words.startsWith("create user mapping") && !/^(alter|drop) user mapping/.test(words))
        beyond.push(firstLine(statement.text));
      return true;
    },
    metaCommand(line) {
      if (!isRestriction(line)) commands.push(line.trim());
      return true;
    },
    comment(text) {
      const words = text.trim();
      if (words === "PostgreSQL database dump" && found.statements === 0) found.byPgDump = true;
      if (words === "PostgreSQL database cluster dump") cluster = true;
      if (words === "PostgreSQL database dump complete") complete = true;
    },
  });
  const refuse = (exitCode: ExitCode, problem: Omit<Problem, "where">) =>
    found.problems.push({ exitCode, problem: { where: path, ...problem } });
  try {
    for await (const piece of source as AsyncIterable<Buffer>) scanner.push(piece);
  } catch (error) {
    if (!(error instanceof SqlScanError)) throw error;
    refuse(ExitCode.DataWrong, { reason: error.message });
    return found;
  }
  const { ending } = scanner.end();
  if (ending !== "statements" && ending !== "unfinished statement") {
    refuse(ExitCode.DataWrong, {
      reason: `the script is cut: it ends inside ${ending === "COPY data" ? "the rows of a table" : `a ${ending}`}`,
      next: "use another copy",
    });
  } else if (found.byPgDump && !complete) {
    const reason = "the script is cut: pg_dump ends every dump with the comment `PostgreSQL database dump complete`, and it is not there";
    refuse(ExitCode.DataWrong, { reason, next: "use another copy" });
  } else if (found.statements === 0) {
    refuse(ExitCode.DataWrong, { reason: "it holds no SQL statement" });
  }
  if (cluster) {
    const reason = "it was made by pg_dumpall: it holds roles and several databases, and connects to each by itself";
    refuse(ExitCode.Usage, {
      reason,
      next: "restore it by hand with psql on a server of its own, or dump the database alone with pg_dump",
    });
  } else if (beyond.length > 0) {
    const reason = "it changes more than the database it is restored into (pg_dump --create, pg_dumpall)";
    refuse(ExitCode.Usage, {
      received: shown(beyond),
      reason,
      next: "dump without --create, or take these statements out and run them by hand",
    });
  }
  if (commands.length > 0 && !cluster) {
    const reason = "it holds commands of psql, which could run programs and reach other databases, and which no dump of one database needs";
    refuse(ExitCode.Usage, { received: shown(commands), reason, next: "dump without --create, or take these lines out" });
  }
  return found;
}

/** The guard against such commands that pg_dump itself writes; ours takes its place. */
export function isRestriction(line: string): boolean {
  return /^\\(un)?restrict [A-Za-z0-9]+\s*$/.test(line);
}

function collect({ text, words }: SqlStatement, found: ScriptInspection): void {
  if (words[0] === "alter") add(found.roles, OWNER.exec(text)?.[1]);
  else if (words[0] === "grant") add(found.roles, GRANTEE.exec(text)?.[1]);
  else if (words[0] === "create" && words[1] === "extension") add(found.extensions, EXTENSION.exec(text)?.[1]);
}

function add(names: Set<string>, name: string | undefined): void {
  if (name === undefined || /^(public|current_user|session_user|current_role)$/i.test(name)) return;
  names.add(name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name);
}

function firstLine(text: string): string {
  return text.split("\n")[0]?.slice(0, 100) ?? "";
}

function shown(lines: readonly string[]): string {
  return lines.slice(0, SHOWN).join("\n            ") + (lines.length > SHOWN ? `\n            and ${lines.length - SHOWN} more` : "");
}
