import { counted } from "@pgkeep/core";
import { shownName } from "../../postgresql/objectName.js";
import type { Session } from "../../postgresql/session.js";
import { serverMessage, sqlState } from "../../postgresql/sessionProblem.js";
import { damageIn, type Findings } from "./judge.js";

interface Relation {
  oid: string;
  schema: string;
  name: string;
}

/** Where amcheck's functions are in this database, or why they are not. */
type Amcheck = { schema: string } | { missing: string };

/** A damaged table can be wrong in every row; the first so many of each tell enough. */
const MOST_OF_ONE_TABLE = 5;

/** The B-tree indexes of a database, the system's too: their structure, and that each row of the table is in them. */
export function amcheckIndexes(session: Session): Promise<Findings> {
  return withAmcheck(session, async (schema) => {
    const [{ recovering = false } = {}] = await session.query<{ recovering: boolean }>("SELECT pg_is_in_recovery() AS recovering");
    // The stronger one takes a lock that a standby cannot grant.
    const check = recovering ? "bt_index_check" : "bt_index_parent_check";
    const refused = await forbidden(session, schema, [`${check}(regclass, boolean)`]);
    if (refused) return { found: "", damaged: [], unverified: [refused] };
    const indexes = await session.query<Relation>(
      `SELECT c.oid::text AS oid, n.nspname AS schema, c.relname AS name
         FROM pg_index i
         JOIN pg_class c ON c.oid = i.indexrelid
         JOIN pg_am m ON m.oid = c.relam AND m.amname = 'btree'
         JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'i' AND i.indisvalid AND i.indisready AND i.indislive AND c.relpersistence <> 't'
          AND NOT (c.relpersistence = 'u' AND $1)
        ORDER BY 2, 3`,
      [recovering],
    );
    const findings: Findings = {
      found: `${counted(indexes.length, "B-tree index", "B-tree indexes")} by ${check}, each with every row of its table`,
      damaged: [],
      unverified: [],
    };
    for (const { oid, schema: of, name } of indexes) {
      await saved(session, findings, `index ${shownName(of, name)}`, async () => {
        await session.query(`SELECT ${schema}.${check}($1::text::oid::regclass, true)`, [oid]);
        return [];
      });
    }
    return findings;
  });
}

/** GIN indexes, of which amcheck 1.5 of PostgreSQL 18 checks the structure; older ones cannot, and the result then names these indexes as never proven. */
export function amcheckGin(session: Session): Promise<Findings> {
  return withAmcheck(session, async (schema) => {
    const indexes = await session.query<Relation>(
      `SELECT c.oid::text AS oid, n.nspname AS schema, c.relname AS name
         FROM pg_index i
         JOIN pg_class c ON c.oid = i.indexrelid
         JOIN pg_am m ON m.oid = c.relam AND m.amname = 'gin'
         JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'i' AND i.indisvalid AND i.indisready AND i.indislive AND c.relpersistence = 'p'
        ORDER BY 2, 3`,
    );
    const findings: Findings = {
      found: `${counted(indexes.length, "GIN index", "GIN indexes")} by gin_index_check`,
      damaged: [],
      unverified: [],
    };
    const refused = await forbidden(session, schema, ["gin_index_check(regclass)"]);
    if (refused) return { ...findings, unverified: [refused] };
    for (const { oid, schema: of, name } of indexes) {
      await saved(session, findings, `index ${shownName(of, name)}`, async () => {
        await session.query(`SELECT ${schema}.gin_index_check($1::text::oid::regclass)`, [oid]);
        return [];
      });
    }
    return findings;
  });
}

/** The tables of a database, the system's and toast tables too: every row can be taken apart, and what it has in its toast table is there. */
export function amcheckTables(session: Session): Promise<Findings> {
  return withAmcheck(session, async (schema) => {
    const [known] = await session.query<{ version: string; there: boolean }>(
      `SELECT e.extversion AS version, EXISTS (SELECT FROM pg_proc p JOIN pg_depend d ON d.objid = p.oid AND d.refobjid = e.oid WHERE p.proname = 'verify_heapam') AS there
         FROM pg_extension e WHERE e.extname = 'amcheck'`,
    );
    if (!known?.there) {
      const reason = `amcheck ${known?.version} of this database cannot check tables; 1.3 can (ALTER EXTENSION amcheck UPDATE in the source)`;
      return { found: "", damaged: [], unverified: [reason] };
    }
    const refused = await forbidden(session, schema, ["verify_heapam(regclass, boolean, boolean, text, bigint, bigint)"]);
    if (refused) return { found: "", damaged: [], unverified: [refused] };
    const tables = await session.query<Relation>(
      `SELECT c.oid::text AS oid, n.nspname AS schema, c.relname AS name
         FROM pg_class c
         JOIN pg_am m ON m.oid = c.relam AND m.amname = 'heap'
         JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'm', 't') AND c.relpersistence <> 't' AND NOT (c.relpersistence = 'u' AND pg_is_in_recovery())
        ORDER BY 2, 3`,
    );
    const findings: Findings = { found: `${counted(tables.length, "table")} by verify_heapam`, damaged: [], unverified: [] };
    for (const { oid, schema: of, name } of tables) {
      await saved(session, findings, `table ${shownName(of, name)}`, async () => {
        const rows = await session.query<{ block: string; item: number | null; words: string }>(
          `SELECT blkno::text AS block, offnum AS item, msg AS words
             FROM ${schema}.verify_heapam(relation => $1::text::oid::regclass, on_error_stop => false, check_toast => true)
            LIMIT ${MOST_OF_ONE_TABLE}`,
          [oid],
        );
        return rows.map(({ block, item, words }) => `page ${block}${item === null ? "" : `, item ${item}`}: ${words}`);
      });
    }
    return findings;
  });
}

/**
 * Works in a transaction that is rolled back at the end, so that an extension that had to be made leaves nothing behind. Event triggers of
 * what was restored do not fire meanwhile, as far as this role may turn them off.
 */
async function withAmcheck(session: Session, work: (schema: string) => Promise<Findings>): Promise<Findings> {
  await session.query("BEGIN");
  try {
    const amcheck = await findAmcheck(session);
    if ("missing" in amcheck) return { found: "", damaged: [], unverified: [amcheck.missing] };
    return await work(amcheck.schema);
  } finally {
    await session.query("ROLLBACK").catch(() => undefined);
  }
}

async function findAmcheck(session: Session): Promise<Amcheck> {
  const installed = () =>
    session.query<{ schema: string }>(
      "SELECT quote_ident(n.nspname) AS schema FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'amcheck'",
    );
  const [there] = await installed();
  if (there) return there;
  const [{ available = false, recovering = false } = {}] = await session.query<{ available: boolean; recovering: boolean }>(
    "SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'amcheck') AS available, pg_is_in_recovery() AS recovering",
  );
  if (!available) return { missing: "the extension amcheck is not installed for this server (Debian: postgresql-contrib)" };
  if (recovering) return { missing: "the extension amcheck is not in this database, and a server in recovery cannot be given it" };
  for (const setting of ["session_replication_role = replica", "event_triggers = off"]) {
    await session.query("SAVEPOINT amcheck");
    await session.query(`SET LOCAL ${setting}`).catch(() => session.query("ROLLBACK TO SAVEPOINT amcheck"));
  }
  await session.query("SAVEPOINT amcheck");
  try {
    await session.query("CREATE SCHEMA pgkeep_amcheck");
    await session.query("CREATE EXTENSION amcheck SCHEMA pgkeep_amcheck");
  } catch (error) {
    if (!isOfClass(error, /^(42501|0A000|25006|58P01|42710)$/)) throw error;
    await session.query("ROLLBACK TO SAVEPOINT amcheck");
    return { missing: `the extension amcheck could not be made in this database: ${serverMessage(error)}` };
  }
  const [made] = await installed();
  return made ?? { missing: "the extension amcheck was made and is not there" };
}

async function forbidden(session: Session, schema: string, functions: readonly string[]): Promise<string | undefined> {
  for (const name of functions) {
    const [row] = await session.query<{ may: boolean }>("SELECT has_function_privilege($1, 'EXECUTE') AS may", [`${schema}.${name}`]);
    if (row?.may !== true)
      return `this role may not call ${name.replace(/\(.*/, "")} of amcheck: GRANT EXECUTE on it, or drill as a superuser`;
  }
  return undefined;
}

/** One object, inside a savepoint: what is wrong with it ends neither the transaction nor the check of the others. */
async function saved(session: Session, findings: Findings, who: string, work: () => Promise<string[]>): Promise<void> {
  await session.query("SAVEPOINT amcheck");
  try {
    findings.damaged.push(...(await work()).map((words) => `${who}: ${words}`));
    await session.query("RELEASE SAVEPOINT amcheck");
  } catch (error) {
    // Not a word about the data: unsupported, forbidden, a timeout.
    const harmless = isOfClass(error, /^(0A000|42501|57014|55P03|53\d{3}|54\d{3}|22\d{3}|P0001)$/);
    if (harmless) findings.unverified.push(`${who}: ${serverMessage(error)}`);
    else findings.damaged.push(`${who}: ${damageIn(error)}`);
    await session.query("ROLLBACK TO SAVEPOINT amcheck");
  }
}

function isOfClass(error: unknown, states: RegExp): boolean {
  return states.test(sqlState(error) ?? "");
}
