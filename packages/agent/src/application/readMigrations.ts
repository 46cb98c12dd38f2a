import type { MigrationRecord } from "@pgkeep/core";
import { shownName, sqlName } from "../postgresql/objectName.js";
import type { Session } from "../postgresql/session.js";
import { type FoundTable, findMigrationTables } from "./findMigrationTables.js";
import { ReadRefused, readWithin } from "./readWithin.js";

/** More than any project has; what has more is another table of that name, or was filled by mistake. */
const MOST_MIGRATIONS = 20_000;
const LONGEST_NAME = 1_000;
/** One table in each of a thousand schemas (one per tenant) tells the same thousand times. */
const MOST_TABLES = 20;

export interface Migrations {
  records: MigrationRecord[];
  /** What was looked for and could not be read, each with its reason. */
  unread: string[];
}

/**
 * The migrations that were applied to the session's database, as its transaction sees them; a transaction must be open, and stays usable whatever
 * cannot be read. `query` is the user's own and takes the place of the known tables. Nothing of this ever fails: what is odd is told.
 */
export async function readMigrations(session: Session, query?: string): Promise<Migrations> {
  const found: Migrations = { records: [], unread: [] };
  if (query !== undefined) {
    await add(found, session, "query", query.trim().replace(/;$/, ""), { tool: "query", table: "query" });
    return found;
  }
  const tables = await findMigrationTables(session);
  for (const table of tables.slice(0, MOST_TABLES)) {
    if (table.problem !== undefined) found.unread.push(`${session.database}: ${table.problem}`);
    else await add(found, session, nameOf(table), selectOf(table), { tool: table.kind.tool, table: nameOf(table) });
  }
  const left = tables.slice(MOST_TABLES).map(nameOf);
  if (left.length > 0) {
    const names = `${left.slice(0, 3).join(", ")}${left.length > 3 ? ", …" : ""}`;
    found.unread.push(`${session.database}: ${left.length} more migration tables than the first ${MOST_TABLES} are not read: ${names}`);
  }
  return found;
}

async function add(
  { records, unread }: Migrations,
  session: Session,
  what: string,
  select: string,
  of: Pick<MigrationRecord, "tool" | "table">,
): Promise<void> {
  try {
    const names = await namesOf(session, select);
    // A migration that was rolled back and applied again counts where it stands last.
    const applied = [...new Set(names.toReversed())].toReversed();
    // Alembic keeps nothing but its heads, of which there may be several.
    const head = applied.length === 0 ? null : of.tool === "alembic" ? applied.join(", ") : (applied.at(-1) ?? null);
    records.push({ database: session.database, ...of, head, count: applied.length, applied });
  } catch (error) {
    if (!(error instanceof ReadRefused)) throw error;
    unread.push(`${session.database}: ${what} could not be read: ${error.message}`);
  }
}

async function namesOf(session: Session, select: string): Promise<string[]> {
  // The first column whatever it is called; with a value, so that it goes by the extended protocol, which takes one statement only.
  const sql = `SELECT pg_catalog.left(read.name::pg_catalog.text, ${LONGEST_NAME + 1}) AS name FROM (${select}\n) AS read(name) LIMIT $1`;
  const rows = await readWithin(session, () => session.query<{ name: string | null }>(sql, [MOST_MIGRATIONS + 1]));
  if (rows.length > MOST_MIGRATIONS) throw new ReadRefused(`it has more than ${MOST_MIGRATIONS} rows`);
  return rows.flatMap(({ name }) => {
    if (name !== null && name.length > LONGEST_NAME) throw new ReadRefused(`a migration's name is longer than ${LONGEST_NAME} characters`);
    return name === null ? [] : [name];
  });
}

function selectOf({ kind, schema, name }: FoundTable): string {
  const table = sqlName(schema, name);
  const where = kind.where === undefined ? "" : ` WHERE ${kind.where.replaceAll("{table}", table)}`;
  return `SELECT ${kind.name} FROM ${table} t${where} ORDER BY ${kind.order}`;
}

function nameOf({ schema, name }: FoundTable): string {
  return shownName(schema, name);
}
