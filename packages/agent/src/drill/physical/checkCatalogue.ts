import { counted } from "@pgkeep/core";
import { shownName } from "../../postgresql/objectName.js";
import type { Session } from "../../postgresql/session.js";
import { damageIn, type Findings } from "./judge.js";

/** One reference from rows of a catalogue to rows of another, as the server knows it. */
export interface CatalogueReference {
  fromTable: string;
  fromColumns: string[];
  toTable: string;
  toColumns: string[];
  /** The last column is an array, each element of which refers. */
  isArray: boolean;
  /** Zeroes refer to nothing. */
  isOptional: boolean;
}

/** What the check could not look at. */
export interface CatalogueFindings extends Findings {
  unread: string[];
}

const MOST_ROWS = 5;

/** Contents that ANALYZE makes again, and that none but a superuser may read. */
const STATISTICS = new Set(["pg_statistic", "pg_statistic_ext_data"]);

/**
 * Every row of the system catalogues that refers to another finds it: by the list of references that the server itself has
 * (pg_get_catalog_foreign_keys, which PostgreSQL's own test oidjoins uses), by pg_depend, which that list cannot hold, and by the number of
 * columns of each relation. The ideas are those of pg_catcheck (https://github.com/EnterpriseDB/pg_catcheck).
 */
export async function checkCatalogue(session: Session): Promise<CatalogueFindings> {
  const readable = new Set(
    (
      await session.query<{ name: string }>(
        "SELECT relname AS name FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND has_any_column_privilege(oid, 'SELECT')",
      )
    ).map(({ name }) => name),
  );
  const unread = new Set<string>();
  const damaged: string[] = [];
  const references = await readReferences(session);
  let checked = 0;
  for (const reference of references) {
    const query = referenceQuery(reference, readable);
    if ("unread" in query) {
      unread.add(query.unread);
      continue;
    }
    checked += 1;
    damaged.push(...(await broken(session, reference.fromTable, query.sql)));
  }
  const dependencies = await checkDependencies(session, readable);
  for (const table of dependencies.unread) unread.add(table);
  damaged.push(...dependencies.damaged, ...(await checkColumnCounts(session)));
  return {
    found: `${counted(checked, "kind")} of references between catalogues`,
    damaged,
    unverified: [],
    unread: [...unread].filter((table) => !STATISTICS.has(table)).sort(),
  };
}

async function readReferences(session: Session): Promise<CatalogueReference[]> {
  const [{ number = 0 } = {}] = await session.query<{ number: number }>("SELECT current_setting('server_version_num')::int AS number");
  const references = await session.query<CatalogueReference>(
    `SELECT f.relname AS "fromTable", k.fkcols AS "fromColumns", t.relname AS "toTable", k.pkcols AS "toColumns",
            k.is_array AS "isArray", k.is_opt AS "isOptional"
       FROM pg_get_catalog_foreign_keys() k
       JOIN pg_class f ON f.oid = k.fktable
       JOIN pg_class t ON t.oid = k.pktable
      ORDER BY 1, 2`,
  );
  // Before 16 a role that had granted a membership could be dropped, and its number stays behind (pg_dumpall knows that too).
  return references.filter(
    ({ fromTable, fromColumns }) => !(number < 160_000 && fromTable === "pg_auth_members" && fromColumns[0] === "grantor"),
  );
}

/** A query for rows that refer to nothing, or the catalogue that this role may not read. */
export function referenceQuery(
  { fromTable, fromColumns, toTable, toColumns, isArray, isOptional }: CatalogueReference,
  readable: ReadonlySet<string>,
): { sql: string } | { unread: string } {
  // pg_roles shows the oids of pg_authid to everybody.
  const target = toTable === "pg_authid" && !readable.has(toTable) ? "pg_roles" : toTable;
  for (const table of [fromTable, target]) if (!readable.has(table)) return { unread: table };
  if (STATISTICS.has(fromTable)) return { unread: fromTable };
  const last = fromColumns.length - 1;
  const source = fromColumns.map((column, index) => (isArray && index === last ? "pg_catalog.unnest(f.last) AS last" : `f.${column}`));
  const inner = isArray
    ? `(SELECT ${["f.ctid", ...source].join(", ")} FROM (SELECT ctid, ${[...fromColumns.slice(0, -1), `${fromColumns[last]} AS last`].join(", ")} FROM pg_catalog.${fromTable}) f) f`
    : `pg_catalog.${fromTable} f`;
  const column = (index: number) => (isArray && index === last ? "f.last" : `f.${fromColumns[index]}`);
  const given = isOptional ? fromColumns.map((_, index) => `${column(index)} <> 0 AND `).join("") : "";
  const joined = toColumns.map((name, index) => `t.${name} = ${column(index)}`).join(" AND ");
  const values = fromColumns.map((name, index) => `'${name} ' || ${column(index)}::text`).join(" || ', ' || ");
  return {
    sql: `SELECT f.ctid::text AS row, ${values} || ' is not in ${target}' AS words FROM ${inner} WHERE ${given}NOT EXISTS (SELECT FROM pg_catalog.${target} t WHERE ${joined}) LIMIT ${MOST_ROWS}`,
  };
}

async function broken(session: Session, table: string, sql: string): Promise<string[]> {
  const rows = await session.query<{ row: string; words: string }>(sql).catch(damageIn);
  if (typeof rows === "string") return [`${table}: ${rows}`];
  return rows.map(({ row, words }) => `${table}, row ${row}: ${words}`);
}

/** Both ends of every dependency, catalogue by catalogue. */
async function checkDependencies(session: Session, readable: ReadonlySet<string>): Promise<{ damaged: string[]; unread: string[] }> {
  const damaged: string[] = [];
  const unread: string[] = [];
  for (const [classId, object, others] of [
    ["classid", "objid", "refclassid::regclass::text || ' ' || refobjid"],
    ["refclassid", "refobjid", "classid::regclass::text || ' ' || objid"],
  ] as const) {
    const catalogues = await session.query<{ name: string | null; id: string }>(
      `SELECT c.relname AS name, d.id::text AS id FROM (SELECT DISTINCT ${classId} AS id FROM pg_depend WHERE ${object} <> 0 AND ${classId} <> 0) d
         LEFT JOIN pg_class c ON c.oid = d.id ORDER BY 1`,
    );
    for (const { name, id } of catalogues) {
      // One that is in no catalogue at all is told by the references.
      if (name === null) continue;
      if (!readable.has(name)) {
        unread.push(name);
        continue;
      }
      const sql = `SELECT d.ctid::text AS row, '${object} ' || d.${object} || ' is not in ${name}, and ' || ${others} || ' depends on it or it on that' AS words
         FROM pg_catalog.pg_depend d WHERE d.${classId} = ${id}::oid AND d.${object} <> 0 AND NOT EXISTS (SELECT FROM pg_catalog.${name} t WHERE t.oid = d.${object}) LIMIT ${MOST_ROWS}`;
      damaged.push(...(await broken(session, "pg_depend", sql)));
    }
  }
  return { damaged, unread };
}

async function checkColumnCounts(session: Session): Promise<string[]> {
  const rows = await session.query<{ schema: string; name: string; says: number; has: number }>(
    `SELECT n.nspname AS schema, c.relname AS name, c.relnatts AS says, count(a.attnum)::int AS has
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
      GROUP BY 1, 2, 3 HAVING count(a.attnum) <> c.relnatts ORDER BY 1, 2 LIMIT ${MOST_ROWS}`,
  );
  return rows.map(
    ({ schema, name, says, has }) => `${shownName(schema, name)}: pg_class tells of ${counted(says, "column")} and pg_attribute has ${has}`,
  );
}
