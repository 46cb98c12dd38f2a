import { printable } from "../terminal/printable.js";
import { shellWord } from "../terminal/shellWord.js";

/** A psql of these statements in one database, for a POSIX shell. Nothing in a statement is expanded, nor can it end the block. */
export function sqlBlock(database: string, statements: readonly string[], options = ""): string {
  const text = statements.map(shown).join("\n");
  let end = "SQL";
  while (text.split("\n").includes(end)) end = `${end}_`;
  return `psql -X -q -v ON_ERROR_STOP=1${options} -d ${shellWord(connectionWord(database))} <<'${end}'\n${text}\n${end}`;
}

/** A comment in the database, say, may hold what moves a terminal's cursor. That is shown for what it is, and left to its reader. */
function shown(statement: string): string {
  const harmless = statement.split("\n").every((line) => printable(line) === line);
  return harmless ? statement : `-- Left out, since it holds control characters: ${printable(statement)}`;
}

/**
 * A database's name for `-d`, where one that holds `=` or begins like a URI would be read as a connection string
 * (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING).
 */
export function connectionWord(database: string): string {
  if (/^[\p{L}\p{N}_.-]+$/u.test(database) && !database.startsWith("-")) return database;
  return `dbname='${database.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
