import type { DatabaseProperties, SettingRecord } from "@pgkeep/core";
import pg from "pg";
import type { ArchiveEntry } from "../archive/ArchiveEntry.js";
import type { Session } from "../postgresql/session.js";
import { serverMessage, sqlState } from "../postgresql/sessionProblem.js";
import { splitList } from "../postgresql/settings.js";

/**
 * Asks the server to make, in a transaction that is rolled back, what only it can judge: collations depend on how it was built and on the
 * locales of its machine. Returns what it would not make, with its words, by dump id.
 */
export async function probeCollations(
  session: Session,
  entries: readonly ArchiveEntry[],
  sameEncoding: boolean,
): Promise<Map<number, string>> {
  const refused = new Map<number, string>();
  for (const { dumpId, description, definition } of entries) {
    if (description !== "COLLATION") continue;
    const options = /^CREATE COLLATION .*? (\(.*\));/s.exec(definition.trim())?.[1];
    // A locale of the system's C library has an encoding, which must be that of the database where it is made.
    if (options === undefined || (/provider = libc/.test(options) && !sameEncoding)) continue;
    const refusal = await probe(session, options);
    if (refusal !== undefined) refused.set(dumpId, refusal);
  }
  return refused;
}

/** Why the server could not create a database of this locale; undefined when it could, or when only CREATE DATABASE can tell. */
export async function probeLocale(session: Session, properties: DatabaseProperties, sameEncoding: boolean): Promise<string | undefined> {
  const { localeProvider, locale, icuRules, collate, ctype } = properties;
  if (localeProvider !== "libc" && locale !== null) {
    const rules = icuRules === null ? "" : `, rules = ${literal(icuRules)}`;
    const refusal = await probe(session, `(provider = ${localeProvider}, locale = ${literal(locale)}${rules})`);
    if (refusal !== undefined) return refusal;
  }
  if (!sameEncoding || collate === null || ctype === null) return undefined;
  return await probe(session, `(provider = libc, lc_collate = ${literal(collate)}, lc_ctype = ${literal(ctype)})`);
}

/** Whether the server knows a locale for money. */
export async function knowsMonetaryLocale(session: Session, locale: string): Promise<boolean> {
  return (await refusal(session, `SET LOCAL lc_monetary = ${literal(locale)}`)) === undefined;
}

/** The libraries among these settings that the server cannot load, with its words. Each would keep everybody out of the database. */
export async function probeLibraries(
  session: Session,
  settings: readonly Pick<SettingRecord, "name" | "value">[],
): Promise<Map<string, string>> {
  const refused = new Map<string, string>();
  for (const { name, value } of settings) {
    const folder = LIBRARY_SETTINGS[name.toLowerCase()];
    if (folder === undefined) continue;
    for (const library of splitList(value).filter((one) => one !== "")) {
      const words = await refusal(session, `LOAD ${literal(library.includes("/") ? library : `${folder}${library}`)}`);
      if (words !== undefined) refused.set(name, words);
    }
  }
  return refused;
}

/** Where the server looks for the libraries of a setting: https://www.postgresql.org/docs/current/runtime-config-client.html */
const LIBRARY_SETTINGS: Record<string, string> = { session_preload_libraries: "", local_preload_libraries: "$libdir/plugins/" };

function probe(session: Session, options: string): Promise<string | undefined> {
  return refusal(session, `CREATE COLLATION pg_temp.pgkeep_probe ${options}`);
}

async function refusal(session: Session, statement: string): Promise<string | undefined> {
  await session.query("BEGIN");
  try {
    await session.query(statement);
    return undefined;
  } catch (error) {
    if (sqlState(error) === undefined) throw error;
    // Without the right to make temporary objects nothing was judged.
    return sqlState(error) === "42501" ? undefined : serverMessage(error);
  } finally {
    await session.query("ROLLBACK");
  }
}

/** The server's words when it forbids a statement, which is undone in any case; undefined when the role may, whatever else is wrong with it. */
export async function refusalOf(session: Session, ...statements: string[]): Promise<string | undefined> {
  await session.query("BEGIN");
  try {
    for (const statement of statements) await session.query(statement);
    return undefined;
  } catch (error) {
    if (sqlState(error) === undefined) throw error;
    return sqlState(error) === "42501" ? serverMessage(error) : undefined;
  } finally {
    await session.query("ROLLBACK");
  }
}

function literal(text: string): string {
  return pg.escapeLiteral(text).trim();
}
