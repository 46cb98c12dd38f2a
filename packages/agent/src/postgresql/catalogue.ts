import type { ExtensionRecord } from "@pgkeep/core";
import { shownName } from "./objectName.js";
import type { Session } from "./session.js";

/** A table or a sequence that pg_dump dumps. */
export interface CatalogueRelation {
  oid: number;
  schema: string;
  name: string;
  /** Its contents are not replicated, so a standby cannot show them. */
  unlogged: boolean;
  /** The extension that it belongs to and that wants its rows dumped; null for everything else. */
  extension: string | null;
  /** Which rows the extension wants dumped, as a WHERE clause; null for all. */
  condition: string | null;
}

export interface CatalogueTable extends CatalogueRelation {
  /** `r` an ordinary table or a partition, `p` a partitioned table, which has no rows of its own. */
  relkind: "r" | "p";
}

/** First object id of what is not built in: FirstNormalObjectId of PostgreSQL's access/transam.h. */
const FIRST_USER_OID = 16_384;

/** True for schemas that pg_dump looks into: not the system's, which includes those of temporary tables (selectDumpableNamespace). */
const USER_SCHEMA = "(n.nspname !~ '^pg_' AND n.nspname <> 'information_schema')";

/**
 * The relations of some kinds that pg_dump dumps: those of users, and of an extension only what it marks as its configuration
 * (processExtensionTables of pg_dump; https://www.postgresql.org/docs/current/extend-extensions.html#EXTEND-EXTENSIONS-CONFIG-TABLES).
 */
const dumpableRelations = (kinds: string): string => `
  SELECT c.oid, n.nspname AS schema, c.relname AS name, c.relkind::text, c.relpersistence = 'u' AS unlogged,
         configuration.extension, configuration.condition
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_depend member ON member.classid = 'pg_class'::regclass AND member.objid = c.oid AND member.objsubid = 0
                              AND member.refclassid = 'pg_extension'::regclass AND member.deptype = 'e'
    LEFT JOIN (SELECT entry.oid, e.extname AS extension, nullif(entry.condition, '') AS condition
                 FROM pg_extension e, unnest(e.extconfig, e.extcondition) AS entry(oid, condition)
                WHERE e.oid >= ${FIRST_USER_OID}) configuration ON configuration.oid = c.oid
   WHERE c.relkind IN (${kinds})
     AND CASE WHEN member.objid IS NULL THEN ${USER_SCHEMA} ELSE configuration.oid IS NOT NULL AND c.relkind <> 'p' END
   ORDER BY n.nspname, c.relname`;

/** The tables that pg_dump dumps, partitioned ones included: what has to be locked and readable. */
export function dumpableTables(session: Session): Promise<CatalogueTable[]> {
  return session.query<CatalogueTable>(dumpableRelations("'r', 'p'"));
}

/** The tables whose rows pg_dump dumps, one TABLE DATA entry each, rows or not. On a standby it silently leaves out unlogged ones. */
export async function dataTables(session: Session): Promise<CatalogueTable[]> {
  const [tables, standby] = [await dumpableTables(session), await isStandby(session)];
  return tables.filter(({ relkind, unlogged }) => relkind === "r" && !(unlogged && standby));
}

/** The sequences whose state pg_dump dumps, one SEQUENCE SET entry each. On a standby it silently leaves out unlogged ones. */
export async function dataSequences(session: Session): Promise<CatalogueRelation[]> {
  const [sequences, standby] = [await dumpableSequences(session), await isStandby(session)];
  return sequences.filter(({ unlogged }) => !(unlogged && standby));
}

/** The sequences whose state pg_dump dumps, on a primary. */
export function dumpableSequences(session: Session): Promise<CatalogueRelation[]> {
  return session.query<CatalogueRelation>(dumpableRelations("'S'"));
}

export async function isStandby(session: Session): Promise<boolean> {
  const [row] = await session.query<{ standby: boolean }>("SELECT pg_is_in_recovery() AS standby");
  return row?.standby === true;
}

export function readExtensions(session: Session): Promise<ExtensionRecord[]> {
  return session.query<ExtensionRecord>(
    "SELECT e.extname AS name, e.extversion AS version, n.nspname AS schema FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace ORDER BY 1",
  );
}

export async function largeObjectCount(session: Session): Promise<number> {
  const [row] = await session.query<{ count: string }>("SELECT count(*) FROM pg_largeobject_metadata");
  return Number(row?.count);
}

interface Unproven {
  schema: string;
  name: string;
  relkind: "m" | "f" | "r";
  populated: boolean;
  extension: string | null;
  condition: string | null;
}

/**
 * What holds rows that no dump holds: materialised views, which a restore fills anew, foreign tables, and what an extension does not
 * want dumped of its own tables.
 */
export async function readNeverProven(session: Session): Promise<string[]> {
  const rows = await session.query<Unproven>(`
    SELECT n.nspname AS schema, c.relname AS name, c.relkind::text, c.relispopulated AS populated, e.extname AS extension,
           nullif(configuration.condition, '') AS condition
      FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN pg_depend member ON member.classid = 'pg_class'::regclass AND member.objid = c.oid AND member.objsubid = 0
                                AND member.refclassid = 'pg_extension'::regclass AND member.deptype = 'e'
      LEFT JOIN pg_extension e ON e.oid = member.refobjid
      LEFT JOIN LATERAL unnest(e.extconfig, e.extcondition) AS configuration(oid, condition) ON configuration.oid = c.oid
     WHERE CASE WHEN e.oid IS NULL THEN c.relkind IN ('m', 'f') AND ${USER_SCHEMA}
                ELSE e.oid >= ${FIRST_USER_OID} AND c.relkind IN ('m', 'f', 'r') AND (configuration.oid IS NULL OR configuration.condition <> '')
           END
     ORDER BY 1, 2`);
  return rows.map(({ schema, name, relkind, populated, extension, condition }) => {
    const of = extension === null ? "" : ` of extension ${shownName(extension)}`;
    if (relkind === "f") return `foreign table ${shownName(schema, name)}${of}`;
    if (relkind === "m") return `materialised view ${shownName(schema, name)}${of}${populated ? "" : " (not populated)"}`;
    const rest = condition === null ? "which does not want it dumped" : `which wants only a part dumped: ${condition}`;
    return `table ${shownName(schema, name)}${of}, ${rest}`;
  });
}

/** How the tables, or the sequences, in a dump differ from those of the catalogue, by name. */
export function compareSets(
  kind: "table" | "sequence",
  expected: readonly { schema: string; name: string }[],
  dumped: readonly { schema: string; name: string }[],
): string[] {
  const left = new Set(expected.map(({ schema, name }) => shownName(schema, name)));
  const seen = new Set<string>();
  const differences: string[] = [];
  for (const { schema, name } of dumped) {
    const shown = shownName(schema, name);
    if (seen.has(shown)) differences.push(`${kind} ${shown}: dumped twice`);
    else if (!left.delete(shown)) differences.push(`${kind} ${shown}: dumped, but not in the catalogue`);
    seen.add(shown);
  }
  return [...[...left].map((shown) => `${kind} ${shown}: missing from the dump`), ...differences];
}
