import type { SettingRecord } from "@pgkeep/core";
import pg from "pg";
import { shownName } from "./objectName.js";
import type { Session } from "./session.js";

/** Settings whose stored value is a list of names already in quotes: variable_is_guc_list_quote of PostgreSQL's dumputils.c. */
const QUOTED_LISTS = new Set([
  "local_preload_libraries",
  "search_path",
  "session_preload_libraries",
  "shared_preload_libraries",
  "temp_tablespaces",
  "unix_socket_directories",
]);

/** Settings of roles and databases as stored; of one database, or, with null, those that hold in every database. */
export async function readSettings(session: Session, database: string | null): Promise<SettingRecord[]> {
  const rows = await session.query<{ role: string | null; setting: string }>(
    `SELECT CASE WHEN s.setrole <> 0 THEN pg_get_userbyid(s.setrole) END AS role, setting
       FROM pg_db_role_setting s, unnest(s.setconfig) WITH ORDINALITY AS entry(setting, position)
      WHERE s.setdatabase = CASE WHEN $1::text IS NULL THEN 0 ELSE (SELECT oid FROM pg_database WHERE datname = $1::text) END
      ORDER BY 1 NULLS FIRST, entry.position`,
    [database],
  );
  return rows.map(({ role, setting }) => {
    const equals = setting.indexOf("=");
    return { role, database, name: setting.slice(0, equals), value: setting.slice(equals + 1) };
  });
}

/** The clause `SET … TO …` of ALTER ROLE or ALTER DATABASE, as pg_dumpall writes it. */
export function renderSetting({ name, value }: Pick<SettingRecord, "name" | "value">): string {
  const values = QUOTED_LISTS.has(name.toLowerCase()) ? splitList(value) : [value];
  return `SET ${pg.escapeIdentifier(name)} TO ${values.map((each) => pg.escapeLiteral(each).trim()).join(", ")}`;
}

/** Splits `"$user", public` as SplitGUCList of dumputils.c does. What is no such list stays whole, and the server judges it. */
export function splitList(value: string): string[] {
  const names: string[] = [];
  const name = /\s*(?:"((?:[^"]|"")*)"|([^",\s][^,\s]*))\s*(,|$)/y;
  for (let more = value.trim() !== ""; more; ) {
    const match = name.exec(value);
    if (!match) return [value];
    names.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? "");
    more = match[3] === ",";
  }
  // An empty list has no spelling of its own: the server reads one empty name as the same.
  return names.length === 0 ? [""] : names;
}

/** How settings differ, whatever database they are of. */
export function compareSettings(expected: readonly SettingRecord[], actual: readonly SettingRecord[]): string[] {
  const left = new Map(actual.map((setting) => [key(setting), setting]));
  const differences = expected.flatMap((setting) => {
    const found = left.get(key(setting));
    left.delete(key(setting));
    if (!found) return [`${describe(setting)}: missing, was ${setting.value}`];
    return same(setting, found) ? [] : [`${describe(setting)}: ${found.value}, was ${setting.value}`];
  });
  return [...differences, ...[...left.values()].map((setting) => `${describe(setting)}: ${setting.value}, was not set`)];
}

function same(a: SettingRecord, b: SettingRecord): boolean {
  return a.value === b.value || (QUOTED_LISTS.has(a.name.toLowerCase()) && renderSetting(a) === renderSetting({ ...b, name: a.name }));
}

function key({ role, name }: SettingRecord): string {
  return JSON.stringify([role, name.toLowerCase()]);
}

function describe({ role, name }: SettingRecord): string {
  return `setting ${name}${role === null ? "" : ` of role ${shownName(role)}`}`;
}
