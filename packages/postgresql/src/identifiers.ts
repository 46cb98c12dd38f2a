import { byteLength } from "@pgkeep/core";
import { environmentValueProblem } from "./environmentLines.js";

/** NAMEDATALEN - 1: the server cuts longer names, so two of them could meet. https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS */
export const LONGEST_NAME = 63;

/** Why the server, or who runs it, keeps a role's name for itself. */
const RESERVED_ROLES: readonly [RegExp, string][] = [
  [/^pg_/, "names that begin with pg_ belong to the server (https://www.postgresql.org/docs/current/predefined-roles.html)"],
  [/^(public|none)$/i, "the server reserves this word: `public` means everybody, `none` nobody"],
  [/^(current_user|current_role|session_user|user)$/i, "in GRANT this word means whoever runs it"],
  [/^(postgres|rdsadmin|rds_.*|cloudsql.*|azure_.*|azuresu)$/, "this is the name of a server's own administrator"],
];

const RESERVED_DATABASES = /^(template0|template1|postgres|rdsadmin|cloudsqladmin|azure_maintenance|azure_sys)$/;

/** What is wrong with the name of a role, undefined when nothing is. */
export function roleNameProblem(name: string): string | undefined {
  return nameProblem(name) ?? RESERVED_ROLES.find(([pattern]) => pattern.test(name))?.[1];
}

/** What is wrong with the name of a database, undefined when nothing is. */
export function databaseNameProblem(name: string): string | undefined {
  return nameProblem(name) ?? (RESERVED_DATABASES.test(name) ? "every server has a database of this name for its own use" : undefined);
}

/** What is wrong with any name on the server, undefined when nothing is. */
export function nameProblem(name: string): string | undefined {
  if (name === "") return "this is empty";
  // The provider separates parts of its ids and of search paths by such characters, and nobody can type them.
  if (/\p{Cc}/u.test(name)) return "this holds a control character";
  if (name !== name.trim()) return "this begins or ends with a space";
  const bytes = byteLength(name);
  return bytes > LONGEST_NAME ? `this has ${bytes} bytes, and the server would cut it to ${LONGEST_NAME}` : environmentValueProblem(name);
}

/** A name as SQL text. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A value as SQL text, the same whatever standard_conforming_strings says. */
export function quoteLiteral(value: string): string {
  const quoted = `'${value.replaceAll("'", "''").replaceAll("\\", "\\\\")}'`;
  return value.includes("\\") ? `E${quoted}` : quoted;
}
