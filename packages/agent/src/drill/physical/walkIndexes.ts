import { counted } from "@pgkeep/core";
import { shownName, sqlName } from "../../postgresql/objectName.js";
import type { Session } from "../../postgresql/session.js";
import { damageIn, type Findings } from "./judge.js";

interface Candidate {
  schema: string;
  table: string;
  /** Null where no index holds every row in an order that a query can ask for. */
  index: string | null;
  column: string | null;
  descending: boolean | null;
  nullsFirst: boolean | null;
  pages: number;
  actualPages: number;
  may: boolean;
}

/**
 * For each table and materialised view the index to walk: a valid B-tree of every row, whose first column a plain ORDER BY asks for; the
 * primary key before others. `indoption`: 1 is descending, 2 is nulls first (src/include/catalog/pg_index.h).
 */
const CANDIDATES = `
  SELECT n.nspname AS schema, c.relname AS "table", w.index, w.column, w.descending, w."nullsFirst", c.relpages AS pages,
         (pg_relation_size(c.oid) / current_setting('block_size')::int)::int AS "actualPages", has_table_privilege(c.oid, 'SELECT') AS may
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_am m ON m.oid = c.relam AND m.amname = 'heap'
    LEFT JOIN LATERAL (
      SELECT x.relname AS index, a.attname AS "column", (i.indoption[0] & 1) = 1 AS descending, (i.indoption[0] & 2) = 2 AS "nullsFirst"
        FROM pg_index i
        JOIN pg_class x ON x.oid = i.indexrelid
        JOIN pg_am xm ON xm.oid = x.relam AND xm.amname = 'btree'
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
        JOIN pg_opclass o ON o.oid = i.indclass[0] AND o.opcdefault
       WHERE i.indrelid = c.oid AND i.indisvalid AND i.indisready AND i.indislive AND i.indpred IS NULL
         AND i.indcollation[0] = a.attcollation
       ORDER BY i.indisprimary DESC, i.indisunique DESC, x.relpages, x.oid
       LIMIT 1) w ON true
   WHERE c.relkind IN ('r', 'm') AND c.relpersistence = 'p' AND c.relispopulated
     AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_toast'
   ORDER BY 1, 2`;

/**
 * Reads every table once by its file from end to end and once row by row through an index, and the two must agree. It finds what a dump
 * reads past: pages that are missing at the end of a file look like a smaller table, but the index still points at them.
 */
export async function walkIndexes(session: Session): Promise<Findings> {
  const candidates = await session.query<Candidate>(CANDIDATES);
  const damaged: string[] = [];
  const unverified: string[] = [];
  let walked = 0;
  for (const candidate of candidates) {
    const who = `table ${shownName(candidate.schema, candidate.table)}`;
    if (!candidate.may) {
      unverified.push(`${who}: this role may not read it`);
      continue;
    }
    const outcome = candidate.index === null ? undefined : await walk(session, candidate);
    if (outcome !== undefined) walked += 1;
    if (outcome?.damage !== undefined) damaged.push(`${who}: ${outcome.damage}`);
    if (outcome === undefined && candidate.pages > candidate.actualPages) {
      unverified.push(
        `${who}: its file has ${counted(candidate.actualPages, "page")} and the catalogue counted ${candidate.pages}; it has no index that could tell whether it was cut`,
      );
    }
  }
  return { found: `${walked} of ${counted(candidates.length, "table")} read through an index as well`, damaged, unverified };
}

/** Undefined where the server would not walk the index. */
async function walk(session: Session, candidate: Candidate): Promise<{ damage: string | undefined } | undefined> {
  const table = sqlName(candidate.schema, candidate.table);
  const order = `${sqlName(candidate.column ?? "")} ${candidate.descending ? "DESC" : "ASC"} NULLS ${candidate.nullsFirst ? "FIRST" : "LAST"}`;
  const byIndex = `SELECT count(*)::text AS rows FROM (SELECT FROM ONLY ${table} ORDER BY ${order} OFFSET 0) walked`;
  try {
    // One snapshot for both. Index-only scans would believe the visibility map instead of the table.
    await session.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    for (const setting of ["row_security", "enable_seqscan", "enable_bitmapscan", "enable_indexonlyscan", "enable_sort"]) {
      await session.query(`SET LOCAL ${setting} = off`);
    }
    const plan = await session.query<Record<string, unknown>>(`EXPLAIN (FORMAT JSON) ${byIndex}`);
    if (!JSON.stringify(plan).includes('"Index Scan"')) return undefined;
    const [through] = await session.query<{ rows: string }>(byIndex);
    await session.query("SET LOCAL enable_seqscan = on");
    const [whole] = await session.query<{ rows: string }>(`SELECT count(*)::text AS rows FROM ONLY ${table}`);
    const damage =
      through?.rows === whole?.rows
        ? undefined
        : `${whole?.rows} rows by its file and ${through?.rows} by its index ${shownName(candidate.schema, candidate.index ?? "")}`;
    return { damage };
  } catch (error) {
    return { damage: `read through its index ${shownName(candidate.schema, candidate.index ?? "")}: ${damageIn(error)}` };
  } finally {
    // A session that is lost cannot, and its own error says more.
    await session.query("ROLLBACK").catch(() => undefined);
  }
}
