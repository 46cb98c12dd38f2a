import { sqlName } from "../postgresql/objectName.js";

/** Belongs to an extension: it goes and comes with it. */
const OF_EXTENSION = (catalogue: string, row: string) =>
  `EXISTS (SELECT FROM pg_depend e WHERE e.classid = '${catalogue}'::regclass AND e.objid = ${row}.oid AND e.deptype = 'e')`;

/** Objects made by users, in no schema. */
const OUTSIDE_SCHEMAS = [
  `SELECT format('DROP EVENT TRIGGER %I', x.evtname) FROM pg_event_trigger x WHERE NOT ${OF_EXTENSION("pg_event_trigger", "x")}`,
  "SELECT format('DROP PUBLICATION %I', x.pubname) FROM pg_publication x",
  // Extensions of other roles stay, and CREATE EXTENSION IF NOT EXISTS finds them.
  "SELECT format('DROP EXTENSION IF EXISTS %I CASCADE', x.extname) FROM pg_extension x WHERE x.oid >= 16384 AND pg_has_role(x.extowner, 'USAGE')",
  `SELECT format('DROP SCHEMA %I CASCADE', x.nspname) FROM pg_namespace x
    WHERE x.nspname !~ '^pg_' AND x.nspname NOT IN ('information_schema', 'public') AND NOT ${OF_EXTENSION("pg_namespace", "x")}`,
];
/** The schema public itself stays: before PostgreSQL 15 the database's owner does not own it. */
const IN_PUBLIC = [
  relations("v", "VIEW"),
  relations("m", "MATERIALIZED VIEW"),
  relations("f", "FOREIGN TABLE"),
  relations("r", "TABLE"),
  relations("p", "TABLE"),
  relations("S", "SEQUENCE"),
  `SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', x.oid::regprocedure) FROM pg_proc x WHERE ${inPublic("pg_proc", "pronamespace")}`,
  `SELECT format('DROP TYPE IF EXISTS %s CASCADE', format_type(x.oid, NULL)) FROM pg_type x WHERE ${inPublic("pg_type", "typnamespace")}
      AND x.typtype NOT IN ('p', 'm') AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = x.oid) AND (x.typrelid = 0 OR EXISTS (SELECT FROM pg_class c WHERE c.oid = x.typrelid AND c.relkind = 'c'))`,
  `SELECT format('DROP OPERATOR IF EXISTS %s CASCADE', x.oid::regoperator) FROM pg_operator x WHERE ${inPublic("pg_operator", "oprnamespace")}`,
  `SELECT format('DROP OPERATOR FAMILY IF EXISTS public.%I USING %I CASCADE', x.opfname, a.amname) FROM pg_opfamily x JOIN pg_am a ON a.oid = x.opfmethod
    WHERE ${inPublic("pg_opfamily", "opfnamespace")}`,
  named("pg_collation", "coll", "COLLATION"),
  named("pg_conversion", "con", "CONVERSION"),
  named("pg_ts_config", "cfg", "TEXT SEARCH CONFIGURATION"),
  named("pg_ts_dict", "dict", "TEXT SEARCH DICTIONARY"),
  named("pg_ts_parser", "prs", "TEXT SEARCH PARSER"),
  named("pg_ts_template", "tmpl", "TEXT SEARCH TEMPLATE"),
];
const LAST = [
  `SELECT format('DROP FOREIGN DATA WRAPPER IF EXISTS %I CASCADE', x.fdwname) FROM pg_foreign_data_wrapper x WHERE NOT ${OF_EXTENSION("pg_foreign_data_wrapper", "x")}`,
  `SELECT format('DROP SERVER IF EXISTS %I CASCADE', x.srvname) FROM pg_foreign_server x WHERE NOT ${OF_EXTENSION("pg_foreign_server", "x")}`,
  `SELECT format('DROP CAST IF EXISTS (%s AS %s) CASCADE', format_type(x.castsource, NULL), format_type(x.casttarget, NULL)) FROM pg_cast x
    WHERE x.oid >= 16384 AND NOT ${OF_EXTENSION("pg_cast", "x")}`,
  `SELECT format('DROP TRANSFORM IF EXISTS FOR %s LANGUAGE %I CASCADE', format_type(x.trftype, NULL), l.lanname) FROM pg_transform x
     JOIN pg_language l ON l.oid = x.trflang WHERE NOT ${OF_EXTENSION("pg_transform", "x")}`,
  `SELECT format('DROP LANGUAGE IF EXISTS %I CASCADE', x.lanname) FROM pg_language x WHERE x.oid >= 16384 AND NOT ${OF_EXTENSION("pg_language", "x")}`,
  `SELECT format('DROP ACCESS METHOD IF EXISTS %I CASCADE', x.amname) FROM pg_am x WHERE x.oid >= 16384 AND NOT ${OF_EXTENSION("pg_am", "x")}`,
  "SELECT format('SELECT lo_unlink(%s)', x.oid) FROM pg_largeobject_metadata x",
];

function inPublic(catalogue: string, schemaColumn: string): string {
  return `x.${schemaColumn} = 'public'::regnamespace AND NOT ${OF_EXTENSION(catalogue, "x")}`;
}

function relations(kind: string, command: string): string {
  return `SELECT format('DROP ${command} IF EXISTS public.%I CASCADE', x.relname) FROM pg_class x WHERE x.relkind = '${kind}' AND ${inPublic("pg_class", "relnamespace")}`;
}

function named(catalogue: string, prefix: string, command: string): string {
  return `SELECT format('DROP ${command} IF EXISTS public.%I CASCADE', x.${prefix}name) FROM pg_catalog.${catalogue} x WHERE ${inPublic(catalogue, `${prefix}namespace`)}`;
}

/**
 * SQL that empties the database it runs in, of everything, and not only of what the archive holds: `pg_restore --clean` fails as soon as
 * something newer depends on something older, which is what a restore after a migration always meets, and leaves behind what it does not
 * know. One statement for the transaction that also restores: what this role may not drop ends both, and nothing has happened.
 */
export function emptyDatabaseStatement(): string {
  // Each list is complete before the first of it goes: names are looked up as they are written, and dependents are gone by their turn.
  const steps = [...OUTSIDE_SCHEMAS, ...IN_PUBLIC, ...LAST].map(
    (query) => `  commands := ARRAY(${query});\n  FOREACH command IN ARRAY commands LOOP EXECUTE command; END LOOP;`,
  );
  return `DO $pgkeep$
DECLARE
  command text;
  commands text[];
BEGIN
  SET LOCAL search_path = pg_catalog;
  SET LOCAL client_min_messages = error;
${steps.join("\n")}
END $pgkeep$;`;
}

/** For chosen tables that exist and may go. Without CASCADE: what depends on them is the user's to drop. */
export function dropTableStatement(schema: string, name: string): string {
  return `DROP TABLE IF EXISTS ${sqlName(schema, name)};`;
}
