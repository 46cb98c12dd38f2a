import type { Session } from "../postgresql/session.js";

/** A table whose rows a dump may hold. */
export interface LockableTable {
  oid: string;
  schema: string;
  name: string;
  /** Schema and name, quoted for SQL. */
  identifier: string;
  /** Whether the role may lock it in ACCESS SHARE mode, as pg_dump must too: SELECT on it and USAGE of its schema. */
  readable: boolean;
}

/**
 * Ordinary and partitioned tables outside the system's schemas, and those inside whose rows an extension asked to be dumped
 * (pg_extension_config_dump). Unlogged ones count; temporary ones belong to a session. Foreign tables and materialised views are left out
 * because pg_dump takes no rows of them.
 */
const SQL = `
  SELECT c.oid::text AS oid, n.nspname AS schema, c.relname AS name,
         pg_catalog.format('%I.%I', n.nspname, c.relname) AS identifier,
         pg_catalog.has_table_privilege(c.oid, 'SELECT') AND pg_catalog.has_schema_privilege(n.oid, 'USAGE') AS readable
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
     AND ((n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%')
          OR c.oid IN (SELECT pg_catalog.unnest(extconfig) FROM pg_catalog.pg_extension))
   ORDER BY c.oid`;

/** Lists the tables that the session's transaction sees now. */
export async function listLockableTables(session: Session): Promise<LockableTable[]> {
  const rows = await session.query<Omit<LockableTable, "readable"> & { readable: boolean | null }>(SQL);
  // Null: dropped between the scan of the catalogue and the question, so there is nothing left to lock.
  return rows.map((row) => ({ ...row, readable: row.readable === true }));
}
