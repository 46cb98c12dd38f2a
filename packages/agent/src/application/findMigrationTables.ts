import { shownName } from "../postgresql/objectName.js";
import type { Session } from "../postgresql/session.js";
import { type ColumnKind, MIGRATION_TABLES, type MigrationTable, TOOL_NAMES } from "./migrationTables.js";

export interface FoundTable {
  kind: MigrationTable;
  schema: string;
  name: string;
  /** Why it is passed over; undefined: it can be read. */
  problem?: string;
}

interface NamedTable {
  schema: string;
  name: string;
  readable: boolean | null;
  columns: Record<string, string>;
}

/** Ordinary and partitioned tables of these names in the schemas of users, with the types of their columns. */
const SQL = `
  SELECT n.nspname AS schema, c.relname AS name,
         pg_catalog.has_table_privilege(c.oid, 'SELECT') AND pg_catalog.has_schema_privilege(n.oid, 'USAGE') AS readable,
         pg_catalog.jsonb_object_agg(a.attname, pg_catalog.format_type(a.atttypid, NULL)) AS columns
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
   WHERE c.relname = ANY ($1) AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
     AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   GROUP BY n.oid, n.nspname, c.oid, c.relname
   ORDER BY n.nspname <> 'public', n.nspname, c.relname`;

const TYPES: Readonly<Record<ColumnKind, readonly string[]>> = {
  text: ["text", "character varying", "character"],
  number: ["smallint", "integer", "bigint", "numeric"],
  boolean: ["boolean"],
  time: ["timestamp with time zone", "timestamp without time zone"],
};

/** The tables that migration tools keep in this database, those of schema public first. */
export async function findMigrationTables(session: Session): Promise<FoundTable[]> {
  const rows = await session.query<NamedTable>(SQL, [MIGRATION_TABLES.map(({ table }) => table)]);
  return rows.flatMap((row) => MIGRATION_TABLES.filter(({ table }) => table === row.name).map((kind) => judged(kind, row)));
}

function judged(kind: MigrationTable, { schema, name, readable, columns }: NamedTable): FoundTable {
  const found = { kind, schema, name };
  const table = shownName(schema, name);
  const missing = Object.entries(kind.columns)
    .filter(([column, needed]) => !TYPES[needed].includes(columns[column] ?? ""))
    .map(([column]) => column);
  if (missing.length > 0) {
    const lacks = `${table} is passed over: it is named like the table of ${TOOL_NAMES[kind.tool]} and lacks its ${missing.join(", ")}`;
    return { ...found, problem: `${lacks}; application.migrationQueries can read it` };
  }
  return readable === true ? found : { ...found, problem: `${table} could not be read: permission denied` };
}
