import type { SettingRecord } from "@pgkeep/core";
import type { ArchiveEntry } from "../archive/ArchiveEntry.js";
import type { Session } from "../postgresql/session.js";
import { renderSetting } from "../postgresql/settings.js";
import { refusalOf } from "./probeServer.js";
import { superuserOnly } from "./superuserOnly.js";
import type { TargetFacts } from "./TargetFacts.js";

/**
 * Statements that need a superuser on a server of one's own, for each kind of entry that does. A managed service lets its administrators do some
 * of it, which of it is written nowhere for good, and it changes: so the server is asked, in a transaction that is rolled back.
 */
const PROBES: Record<string, (definition: string) => string[] | undefined> = {
  "EVENT TRIGGER": () => [
    "CREATE FUNCTION pg_temp.pgkeep_probe() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'",
    "CREATE EVENT TRIGGER pgkeep_probe ON sql_drop WHEN TAG IN ('DROP CONVERSION') EXECUTE FUNCTION pg_temp.pgkeep_probe()",
  ],
  "FOREIGN DATA WRAPPER": () => ["CREATE FOREIGN DATA WRAPPER pgkeep_probe"],
  "PROCEDURAL LANGUAGE": () => ["CREATE LANGUAGE pgkeep_probe HANDLER plpgsql_call_handler"],
  "ACCESS METHOD": () => ["CREATE ACCESS METHOD pgkeep_probe TYPE INDEX HANDLER bthandler"],
  "OPERATOR CLASS": () => ["CREATE OPERATOR FAMILY pg_temp.pgkeep_probe USING btree"],
  "OPERATOR FAMILY": () => ["CREATE OPERATOR FAMILY pg_temp.pgkeep_probe USING btree"],
  "TEXT SEARCH PARSER": () => [
    "CREATE TEXT SEARCH PARSER pg_temp.pgkeep_probe (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype)",
  ],
  "TEXT SEARCH TEMPLATE": () => ["CREATE TEXT SEARCH TEMPLATE pg_temp.pgkeep_probe (LEXIZE = dsimple_lexize)"],
  "SHELL TYPE": () => ["CREATE TYPE pg_temp.pgkeep_probe"],
  TYPE: () => ["CREATE TYPE pg_temp.pgkeep_probe"],
  PUBLICATION: () => ["CREATE PUBLICATION pgkeep_probe FOR ALL TABLES"],
  "PUBLICATION TABLES IN SCHEMA": () => ["CREATE PUBLICATION pgkeep_probe FOR TABLES IN SCHEMA public"],
  SUBSCRIPTION: () => [
    "CREATE SUBSCRIPTION pgkeep_probe CONNECTION 'host=127.0.0.1 dbname=none password=none' PUBLICATION none WITH (connect = false, slot_name = NONE)",
  ],
  FUNCTION: routine,
  PROCEDURE: routine,
};

function routine(definition: string): string[] | undefined {
  const language = /\n {4}LANGUAGE (c|internal)\b/.exec(definition)?.[1];
  if (language === "c") return ["CREATE FUNCTION pg_temp.pgkeep_probe() RETURNS int LANGUAGE c AS '$libdir/pgkeep_none'"];
  if (language === "internal") return ["CREATE FUNCTION pg_temp.pgkeep_probe(int) RETURNS int LANGUAGE internal AS 'int4abs'"];
  if (/\bLEAKPROOF\b/.test(definition)) return ["CREATE FUNCTION pg_temp.pgkeep_probe() RETURNS int LANGUAGE sql LEAKPROOF AS 'SELECT 1'"];
  return undefined;
}

/** The entries that this server does not let even a managed service's administrators create, with its words, by dump id. */
export async function probeAdministrator(
  session: Session,
  entries: readonly ArchiveEntry[],
  facts: TargetFacts,
): Promise<Map<number, string>> {
  const denied = new Map<number, string>();
  if (facts.role.superuser || facts.role.managedAdministrator === null || facts.inRecovery) return denied;
  const [here] = await session.query<{ mayTry: boolean }>(
    "SELECT has_database_privilege(current_database(), 'CREATE') AND has_database_privilege(current_database(), 'TEMP') AS \"mayTry\"",
  );
  const answers = new Map<string, string | undefined>();
  for (const entry of entries) {
    const rule = superuserOnly(entry, entries, facts);
    if (rule === undefined) continue;
    // Grants in somebody else's name and on what is the server's own: no service gives that away, and asking would take the very object.
    if (entry.description === "ACL") denied.set(entry.dumpId, rule);
    const statements = PROBES[entry.description]?.(entry.definition);
    // Where it may create nothing at all, a refusal would say nothing: the load itself then asks, in the new database, which is its own.
    if (statements === undefined || here?.mayTry !== true) continue;
    const key = statements.join(";");
    if (!answers.has(key)) answers.set(key, await refusalOf(session, ...statements));
    const words = answers.get(key);
    if (words !== undefined) denied.set(entry.dumpId, words);
  }
  return denied;
}

/** The settings that a managed service's administrator may not make a database's or role's own, with the server's words, by name in lower case. */
export async function probeSettings(
  session: Session,
  settings: readonly Pick<SettingRecord, "name" | "value">[],
  { role, settings: known, inRecovery }: TargetFacts,
): Promise<Map<string, string>> {
  const denied = new Map<string, string>();
  if (role.superuser || role.managedAdministrator === null || inRecovery) return denied;
  for (const setting of settings) {
    const name = setting.name.toLowerCase();
    if (known.get(name)?.maySet || denied.has(name)) continue;
    const words = await refusalOf(session, `ALTER ROLE CURRENT_USER ${renderSetting(setting)}`);
    if (words !== undefined) denied.set(name, words);
  }
  return denied;
}
