import { type CatalogueRelation, dumpableSequences, dumpableTables, isStandby } from "./catalogue.js";
import type { DumpRole, Finding } from "./Finding.js";
import { shownName, sqlName } from "./objectName.js";
import type { Session } from "./session.js";

interface Relation extends CatalogueRelation {
  kind: "table" | "sequence";
  usable: boolean;
  readable: boolean;
  secured: boolean;
}

/** Schemas, tables and sequences that the role may not read, or not all of. */
export async function findUnreadableRelations(session: Session, role: DumpRole): Promise<Finding[]> {
  const relations = await readRelations(session);
  const standby = await isStandby(session);
  const hidden = Map.groupBy(
    relations.filter(({ usable }) => !usable),
    ({ schema }) => schema,
  );
  const unreadable = relations.filter(({ usable, readable }) => usable && !readable);
  return [
    ...(await findUserTablesOfSystem(session)),
    ...[...hidden].map(([schema, members]) => hiddenSchema(schema, members, role)),
    ...(await Promise.all(unreadable.map((relation) => unreadableRelation(session, relation, role)))),
    ...relations.filter(({ secured }) => secured).map((relation) => securedTable(relation, role)),
    ...relations.filter(({ unlogged }) => unlogged && standby).map(unloggedOnStandby),
  ];
}

async function readRelations(session: Session): Promise<Relation[]> {
  const relations = [
    ...(await dumpableTables(session)).map((table) => ({ ...table, kind: "table" as const })),
    ...(await dumpableSequences(session)).map((sequence) => ({ ...sequence, kind: "sequence" as const })),
  ];
  // row_security_active answers for this role whatever row_security is set to: superusers, BYPASSRLS, owners and FORCE are thought of.
  const rights = await session.query<{ oid: number; usable: boolean; readable: boolean; secured: boolean }>(
    `SELECT oid, has_schema_privilege(relnamespace, 'USAGE') IS NOT FALSE AS usable,
            CASE relkind WHEN 'S' THEN has_sequence_privilege(oid, 'SELECT') ELSE has_table_privilege(oid, 'SELECT') END IS NOT FALSE AS readable,
            relkind = 'r' AND relrowsecurity AND row_security_active(oid) AS secured
       FROM pg_class WHERE oid = ANY ($1::oid[])`,
    [relations.map(({ oid }) => oid)],
  );
  const byOid = new Map(rights.map((right) => [right.oid, right]));
  return relations.flatMap((relation) => {
    const right = byOid.get(relation.oid);
    return right ? [{ ...relation, ...right }] : [];
  });
}

/** Without USAGE on a schema nothing in it can be locked or read. One without tables and sequences dumps all the same. */
function hiddenSchema(schema: string, members: readonly Relation[], role: DumpRole): Finding {
  return {
    name: `schema:${shownName(schema)}`,
    reason: `role ${shownName(role.name)} has no USAGE on schema ${shownName(schema)}, so pg_dump stops at its tables`,
    remedy: [
      `GRANT USAGE ON SCHEMA ${sqlName(schema)} TO ${sqlName(role.name)};`,
      ...(["TABLES", "SEQUENCES"] as const).map(
        (kind) => `GRANT SELECT ON ALL ${kind} IN SCHEMA ${sqlName(schema)} TO ${sqlName(role.name)};`,
      ),
      `Or, for every schema: GRANT pg_read_all_data TO ${sqlName(role.name)};`,
    ].join(" "),
    loss: `the schema with everything in it (${members.length} tables and sequences)`,
    omission: { kind: "schema", patterns: [sqlName(schema)] },
    oids: members.map(({ oid }) => oid),
  };
}

async function unreadableRelation(session: Session, relation: Relation, role: DumpRole): Promise<Finding> {
  const { kind, schema, name, oid } = relation;
  const shared = {
    name: `${kind}:${shownName(schema, name)}`,
    reason: `role ${shownName(role.name)} has no SELECT on ${kind} ${shownName(schema, name)}, so pg_dump stops there`,
    remedy: `GRANT SELECT ON ${kind.toUpperCase()} ${sqlName(schema, name)} TO ${sqlName(role.name)}; Or, for all: GRANT pg_read_all_data TO ${sqlName(role.name)};`,
  };
  if (kind === "sequence") {
    const omission = { kind: "data" as const, patterns: [sqlName(schema, name)] };
    return { ...shared, loss: "the sequence's value, so that it starts from its first", omission, oids: [oid] };
  }
  // Children and partitions name their parent in their definition: left without it they could not be restored.
  const children = await descendants(session, oid);
  return {
    ...shared,
    loss: `the table${children.length === 0 ? "" : ` with its ${children.length} partitions or children`}, definition and rows; what refers to it cannot be restored`,
    // pg_dump locks every table whose definition it dumps, and LOCK needs SELECT too: leaving out the rows alone does not help.
    omission: { kind: "table", patterns: [sqlName(schema, name), ...children.map((child) => sqlName(child.schema, child.name))] },
    oids: [oid, ...children.map((child) => child.oid)],
  };
}

function descendants(session: Session, table: number): Promise<{ oid: number; schema: string; name: string }[]> {
  return session.query(
    `WITH RECURSIVE descendant AS (
       SELECT inhrelid FROM pg_inherits WHERE inhparent = $1
       UNION SELECT i.inhrelid FROM pg_inherits i JOIN descendant d ON i.inhparent = d.inhrelid)
     SELECT c.oid, n.nspname AS schema, c.relname AS name
       FROM descendant d JOIN pg_class c ON c.oid = d.inhrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'f') ORDER BY 2, 3`,
    [table],
  );
}

function securedTable({ schema, name, oid }: Relation, role: DumpRole): Finding {
  return {
    name: `row-level-security:${shownName(schema, name)}`,
    reason: `row-level security of table ${shownName(schema, name)} applies to role ${shownName(role.name)}, so pg_dump stops rather than dump a part of its rows`,
    remedy: `ALTER ROLE ${sqlName(role.name)} BYPASSRLS; -- or, where a managed service lets nobody give that, make it a member of the table's owner, to whom row-level security applies only where it is forced`,
    loss: "all rows of the table; its definition is kept",
    omission: { kind: "data", patterns: [sqlName(schema, name)] },
    oids: [oid],
  };
}

/** pg_dump turns on --no-unlogged-table-data by itself on a standby. */
function unloggedOnStandby({ kind, schema, name, oid }: Relation): Finding {
  return {
    name: `unlogged-${kind}:${shownName(schema, name)}`,
    reason: `this server is a standby, which has no contents of unlogged ${kind} ${shownName(schema, name)}, so pg_dump would leave them out without a word`,
    remedy: `back up the primary, or there: ALTER ${kind.toUpperCase()} ${sqlName(schema, name)} SET LOGGED;`,
    loss: kind === "table" ? "all rows of the table; its definition is kept" : "the sequence's value, so that it starts from its first",
    omission: { kind: "none" },
    oids: [oid],
  };
}

/** Only possible with allow_system_table_mods; pg_dump passes over such schemas without a word (selectDumpableNamespace). */
async function findUserTablesOfSystem(session: Session): Promise<Finding[]> {
  const tables = await session.query<{ schema: string; name: string }>(`
    SELECT n.nspname AS schema, c.relname AS name
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'm')
       AND (n.nspname ~ '^pg_' OR n.nspname = 'information_schema') AND n.nspname !~ '^pg_(toast|temp_)'
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
     ORDER BY 1, 2`);
  return tables.map(({ schema, name }) => ({
    name: `system-schema:${shownName(schema, name)}`,
    reason: `pg_dump leaves out the system's schemas without a word, and somebody made table ${shownName(schema, name)} there`,
    remedy: `move it to a schema of its own: ALTER TABLE ${sqlName(schema, name)} SET SCHEMA …;`,
    loss: "the table, definition and rows",
    omission: { kind: "none" },
    oids: [],
  }));
}
