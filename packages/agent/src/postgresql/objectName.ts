import pg from "pg";

/** Letters, digits, `_`, `$` and `-`: nothing that could be mistaken for a dot between two names, a slash, or the end of a name. */
const PLAIN = /^[\p{L}\p{N}_$-]+$/u;

/**
 * The name of an object as people read it and as waivers spell it: `public.orders`. A part with anything unusual in it stands in double
 * quotes, as in SQL, so that two objects never have one name.
 */
export function shownName(...parts: string[]): string {
  return parts.map((part) => (PLAIN.test(part) ? part : pg.escapeIdentifier(part))).join(".");
}

/**
 * The name of an object in a statement, which is also the pattern of pg_dump that matches exactly this object: inside double quotes its
 * pattern characters are literal (https://www.postgresql.org/docs/current/app-psql.html#APP-PSQL-PATTERNS).
 */
export function sqlName(...parts: string[]): string {
  return parts.map((part) => pg.escapeIdentifier(part)).join(".");
}
