import { type DatabaseProperties, ExitCode, type GrantRecord, ProblemError } from "@pgkeep/core";
import { explodedAcl } from "./grants.js";
import type { Session } from "./session.js";
import { readSettings } from "./settings.js";

export { compareProperties } from "./compareProperties.js";
export { createDatabaseStatement, renderDatabaseProperties } from "./renderDatabase.js";

interface Row extends Omit<DatabaseProperties, "localeProvider" | "settings"> {
  provider: string;
  acl: GrantRecord[] | null;
}

/** `pg_database.datlocprovider`; PostgreSQL 14 has none and knows libc only. */
const PROVIDERS: Record<string, DatabaseProperties["localeProvider"]> = { c: "libc", i: "icu", b: "builtin" };

/**
 * Reads what a dump of a database does not hold: how it was created, its settings, privileges and comment. The session is one to that
 * database, since `lc_monetary` is what counts there. Columns that came or changed name between PostgreSQL 14 and 18 are read by name
 * from the whole row, so that one statement fits all.
 */
export async function readDatabaseProperties(session: Session, name: string): Promise<DatabaseProperties> {
  const [row] = await session.query<Row>(
    `SELECT pg_get_userbyid(d.datdba) AS owner,
            pg_encoding_to_char(d.encoding) AS encoding,
            coalesce(to_jsonb(d) ->> 'datlocprovider', 'c') AS provider,
            d.datcollate AS "collate",
            d.datctype AS ctype,
            coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale') AS locale,
            to_jsonb(d) ->> 'daticurules' AS "icuRules",
            t.spcname AS tablespace,
            d.datconnlimit AS "connectionLimit",
            d.datistemplate AS "isTemplate",
            shobj_description(d.oid, 'pg_database') AS comment,
            ${explodedAcl("d.datacl")} AS acl,
            current_setting('lc_monetary') AS "monetaryLocale"
       FROM pg_database d JOIN pg_tablespace t ON t.oid = d.dattablespace
      WHERE d.datname = $1`,
    [name],
  );
  if (row === undefined) {
    throw new ProblemError(ExitCode.Configuration, {
      where: `database ${name}`,
      reason: "the server has no such database",
      next: "correct the name; names are case-sensitive",
    });
  }
  const { provider, ...properties } = row;
  const localeProvider = PROVIDERS[provider];
  if (localeProvider === undefined) throw new Error(`database ${name} has a locale provider that pgkeep does not know: ${provider}`);
  return { ...properties, localeProvider, settings: await readSettings(session, name) };
}
