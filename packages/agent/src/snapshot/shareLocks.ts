import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, ExitCode, type Problem, ProblemError } from "@pgkeep/core";
import type { Session } from "../postgresql/session.js";
import { sqlState } from "../postgresql/sessionProblem.js";
import { type LockableTable, listLockableTables } from "./lockableTables.js";
import { lockedOutProblem, lockStatement, type TableLocks } from "./TableLocks.js";

/**
 * Shorter than deadlock_timeout (1 s unless changed): when a writer and we wait for each other, we are the ones who give way, never it.
 * It is also the longest that writers are held up by one attempt that fails.
 */
const PATIENCE_MILLISECONDS = 500;

/** Large objects have no table of the user's that could be locked; these two hold them. */
const LARGE_OBJECT_TABLES = [{ identifier: "pg_catalog.pg_largeobject" }, { identifier: "pg_catalog.pg_largeobject_metadata" }];

/** Whether a table of the n-th database is locked against writers. */
type IsShared = (index: number, table: LockableTable) => boolean;

/**
 * Runs `take` while SHARE locks on every table of every database keep all writers out: nobody is between two commits then, and snapshots
 * taken one after another show the same rows. The locks are given back right after, or after half a second when they are not to be had.
 * Rows and large objects are at one instant; definitions may change in the milliseconds between two databases, as no lock prevents that.
 */
export async function underShareLocks<Result>(
  connection: Connection,
  locks: readonly TableLocks[],
  lockTimeoutMilliseconds: number,
  boundMilliseconds: number,
  take: (shared: IsShared) => Promise<Result | undefined>,
): Promise<Result> {
  const patience = Math.min(PATIENCE_MILLISECONDS, lockTimeoutMilliseconds);
  const began = performance.now();
  for (let attempt = 1; ; attempt++) {
    const result = await attemptOnce(locks, patience, take);
    if (result !== undefined) return result;
    const waited = performance.now() - began;
    if (waited > boundMilliseconds) {
      const modes = ["RowExclusiveLock", "ShareUpdateExclusiveLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"];
      throw await lockedOutProblem(connection, locks, modes, "SHARE locks", `${attempt} attempts in ${Math.round(waited)} ms`);
    }
    // Writers that queued up behind us go first; not at a fixed pace, lest we meet the same batch job each time.
    await sleep(50 + Math.random() * 200);
  }
}

async function attemptOnce<Result>(
  locks: readonly TableLocks[],
  patience: number,
  take: (shared: IsShared) => Promise<Result | undefined>,
): Promise<Result | undefined> {
  // Tables that came up since: their ACCESS SHARE locks are taken outside the savepoint, because they have to outlive it.
  const inTime = await Promise.all(locks.map((one) => one.lockAll(patience)));
  if (!inTime.every(Boolean)) return undefined;
  const tables = await Promise.all(locks.map((one) => lockedTables(one)));
  await assertMayLock(locks, tables);
  const shared = tables.map((list) => new Set(list.map(({ oid }) => oid)));
  const entered: TableLocks[] = [];
  const deadline = performance.now() + patience;
  try {
    for (const [i, one] of locks.entries()) {
      const list = [...(tables[i] ?? []), ...((await hasLargeObjects(one.session)) ? LARGE_OBJECT_TABLES : [])];
      await one.session.query("SAVEPOINT share");
      entered.push(one);
      if (list.length === 0) continue;
      const left = Math.max(1, Math.ceil(deadline - performance.now()));
      await one.session.queryLast(`SET LOCAL lock_timeout = ${left}; ${lockStatement(list, "SHARE")}; SET LOCAL lock_timeout = 0`);
    }
    return await take((index, { oid }) => shared[index]?.has(oid) ?? false);
  } catch (error) {
    if (!["55P03", "40P01", "42P01", "3F000"].includes(sqlState(error) ?? "")) throw error;
    return undefined;
  } finally {
    // ACCESS SHARE, taken before the savepoint, stays.
    await Promise.all(entered.map(({ session }) => session.queryLast("ROLLBACK TO SAVEPOINT share; RELEASE SAVEPOINT share")));
  }
}

async function lockedTables(locks: TableLocks): Promise<LockableTable[]> {
  return (await listLockableTables(locks.session)).filter((table) => locks.covers(table));
}

async function hasLargeObjects(session: Session): Promise<boolean> {
  const [row] = await session.query<{ any: boolean }>('SELECT EXISTS (SELECT FROM pg_catalog.pg_largeobject_metadata) AS "any"');
  return row?.any ?? false;
}

/** LOCK ... IN SHARE MODE needs UPDATE, DELETE or TRUNCATE on the table, or MAINTAIN from PostgreSQL 17 on; every table that lacks it is named. */
async function assertMayLock(locks: readonly TableLocks[], tables: readonly (readonly LockableTable[])[]): Promise<void> {
  const problems: Problem[] = [];
  for (const [i, { session }] of locks.entries()) {
    const oids = (tables[i] ?? []).map(({ oid }) => oid);
    const largeObjects = (await hasLargeObjects(session)) ? ["pg_catalog.pg_largeobject", "pg_catalog.pg_largeobject_metadata"] : [];
    const [server] = await session.query<{ maintain: boolean; role: string }>(
      "SELECT pg_catalog.current_setting('server_version_num')::int >= 170000 AS maintain, CURRENT_USER AS role",
    );
    const rights = server?.maintain ? "UPDATE, DELETE, TRUNCATE, MAINTAIN" : "UPDATE, DELETE, TRUNCATE";
    const rows = await session.query<{ name: string }>(
      `SELECT oid::regclass::text AS name FROM pg_catalog.pg_class
        WHERE (oid = ANY ($1::oid[]) OR oid = ANY ($2::text[]::regclass[]::oid[])) AND NOT pg_catalog.has_table_privilege(oid, $3) ORDER BY 1`,
      [oids, largeObjects, rights],
    );
    problems.push(
      ...rows.map(({ name }) => ({
        where: `database ${session.database}, table ${name}`,
        reason: `the role ${server?.role} may not lock it in SHARE mode, which snapshot.fallback \`lock\` needs`,
        next: name.startsWith("pg_largeobject")
          ? "large objects exist here, and only a superuser (from PostgreSQL 17 on a member of pg_maintain) can lock them; remove the fallback, or back up as such a role"
          : server?.maintain
            ? `GRANT MAINTAIN ON ${name} TO "${server.role}", or GRANT pg_maintain TO "${server.role}"`
            : `GRANT UPDATE ON ${name} TO "${server?.role}", or remove the fallback`,
      })),
    );
  }
  if (problems.length > 0) throw new ProblemError(ExitCode.Permission, problems);
}
