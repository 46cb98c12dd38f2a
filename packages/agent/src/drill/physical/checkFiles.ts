import { counted } from "@pgkeep/core";
import { shownName } from "../../postgresql/objectName.js";
import type { Session } from "../../postgresql/session.js";
import type { Findings } from "./judge.js";

interface RelationFile {
  schema: string;
  name: string;
  kind: string;
  method: string | null;
  path: string;
  /** Of its first segment; null where there is no file, or nobody may look. */
  first: string | null;
  bytes: string;
  block: number;
  pages: number;
}

/** What relations with files of their own are called. */
const KINDS: Record<string, string> = { r: "table", i: "index", S: "sequence", t: "toast table", m: "materialised view" };

/**
 * Every relation has its file, whole pages in it, and indexes and sequences at least one: each begins with a page about itself. For a file that is gone the
 * server tells the size 0, so where this role may not look at files a table that is gone shows in the dump alone.
 * After a crash an unlogged relation is empty, and while a standby replays it has no file at all.
 */
export async function checkFiles(session: Session): Promise<Findings> {
  const [right] = await session.query<{ may: boolean }>(
    "SELECT has_function_privilege('pg_catalog.pg_stat_file(text, boolean)', 'EXECUTE') AS may",
  );
  const may = right?.may === true;
  const rows = await session.query<RelationFile>(`
    SELECT n.nspname AS schema, c.relname AS name, c.relkind::text AS kind, m.amname AS method, f.path, s.first::text AS first,
           z.bytes::text AS bytes, current_setting('block_size')::int AS block, c.relpages AS pages
      FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN pg_am m ON m.oid = c.relam
     CROSS JOIN LATERAL (SELECT pg_relation_filepath(c.oid) AS path) f
     CROSS JOIN LATERAL (SELECT pg_relation_size(c.oid) AS bytes) z
     CROSS JOIN LATERAL (SELECT ${may ? "(pg_stat_file(f.path, true)).size" : "NULL::bigint"} AS first) s
     WHERE f.path IS NOT NULL AND c.relpersistence <> 't' AND NOT (c.relpersistence = 'u' AND pg_is_in_recovery())
       AND (${may ? "s.first IS NULL OR " : ""}z.bytes % current_setting('block_size')::int <> 0
            OR (z.bytes = 0 AND c.relkind IN ('i', 'S'))
            OR (c.relkind = 'i' AND m.amname <> 'btree' AND c.relpages > z.bytes / current_setting('block_size')::int))
     ORDER BY 1, 2 LIMIT 1000`);
  const [{ count = 0 } = {}] = await session.query<{ count: number }>(
    "SELECT count(*)::int AS count FROM pg_class c WHERE pg_relation_filepath(c.oid) IS NOT NULL AND relpersistence <> 't'",
  );
  const found = may ? `${counted(count, "file")} of relations are there` : `${counted(count, "relation")}, by their sizes`;
  return { found, damaged: rows.flatMap((row) => damage(row, may) ?? []), unverified: rows.flatMap((row) => doubt(row, may) ?? []) };
}

function damage(row: RelationFile, may: boolean): string | undefined {
  const who = `${KINDS[row.kind] ?? "relation"} ${shownName(row.schema, row.name)}`;
  if (may && row.first === null) return `${who}: its file ${row.path} is missing`;
  const beyond = Number(BigInt(row.bytes) % BigInt(row.block));
  if (beyond !== 0) return `${who}: its file ${row.path} is cut: it ends ${beyond} bytes into a page of ${row.block}`;
  if (row.bytes === "0" && row.kind !== "r") return `${who}: its file ${row.path} is missing or empty`;
  return undefined;
}

/** A count that was imported, as pg_restore of 18 can, may be higher than the pages that ever were: a reason to doubt, no proof. */
function doubt(row: RelationFile, may: boolean): string | undefined {
  if (damage(row, may) !== undefined) return undefined;
  const has = Number(BigInt(row.bytes) / BigInt(row.block));
  return `index ${shownName(row.schema, row.name)} (${row.method}): its file has ${counted(has, "page")} and the catalogue counted ${row.pages}; nothing here can tell whether it was cut`;
}
