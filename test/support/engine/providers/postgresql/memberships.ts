import { identifier } from "./quote.js";
import type { Sql } from "./Server.js";

/*
 * Who is not a superuser may touch what belongs to another role only as a member of it. The official provider becomes one for the moment
 * (helpers.go: grantRoleMembership, revokeRoleMembership, withRolesGranted).
 */

export async function isMember(sql: Sql, role: string, member: string): Promise<boolean> {
  const settable = await sql(
    "SELECT 1 FROM information_schema.columns WHERE table_name = 'pg_auth_members' AND column_name = 'set_option'",
  );
  const condition = settable.length > 0 ? " AND set_option" : "";
  const rows = await sql(`SELECT 1 FROM pg_auth_members WHERE pg_get_userbyid(roleid) = $1 AND pg_get_userbyid(member) = $2${condition}`, [
    role,
    member,
  ]);
  return rows.length > 0;
}

/** Whether it was not one before. */
export async function join(sql: Sql, role: string, member: string): Promise<boolean> {
  if (role === member || (await isMember(sql, role, member))) return false;
  await told(`Error granting role ${role} to ${member}`, () => sql(`GRANT ${identifier(role)} TO ${identifier(member)}`));
  return true;
}

export async function leave(sql: Sql, role: string, member: string): Promise<boolean> {
  if (role === member || !(await isMember(sql, role, member))) return false;
  await told(`Error revoking role ${role} from ${member}`, () => sql(`REVOKE ${identifier(role)} FROM ${identifier(member)}`));
  return true;
}

/** For a database, which is not made in a transaction: the membership is given back in the end whatever happens. */
export async function asMember<Result>(sql: Sql, role: string, member: string, work: () => Promise<Result>): Promise<Result> {
  const joined = role !== "" && (await join(sql, role, member));
  try {
    return await work();
  } finally {
    if (joined) await leave(sql, role, member);
  }
}

/** Inside a transaction, as a member of all those roles; what would make a circle is taken back meanwhile. */
export async function withRoles<Result>(sql: Sql, roles: readonly string[], work: () => Promise<Result>): Promise<Result> {
  const [{ user = "" } = {}] = await sql<{ user: string }>("SELECT current_user AS user");
  if (roles.length === 0 || (await isSuperuser(sql, user))) return await work();
  const joined: string[] = [];
  const parted: string[] = [];
  for (const role of roles) {
    if (await isSuperuser(sql, role)) continue;
    if (await leave(sql, user, role)) parted.push(role);
    if (await join(sql, role, user)) joined.push(role);
  }
  const result = await work();
  for (const role of joined) await leave(sql, role, user);
  for (const role of parted) if (await roleExists(sql, role)) await join(sql, user, role);
  return result;
}

export async function isSuperuser(sql: Sql, role: string): Promise<boolean> {
  const [row] = await sql<{ rolsuper: boolean }>("SELECT rolsuper FROM pg_roles WHERE rolname = $1", [role]);
  if (row === undefined) throw new Error(`could not check if role ${role} is superuser: sql: no rows in result set`);
  return row.rolsuper;
}

export async function roleExists(sql: Sql, role: string): Promise<boolean> {
  return (await sql("SELECT 1 FROM pg_roles WHERE rolname = $1", [role])).length > 0;
}

export async function databaseExists(sql: Sql, database: string): Promise<boolean> {
  return (await sql("SELECT 1 FROM pg_database WHERE datname = $1", [database])).length > 0;
}

export async function schemaExists(sql: Sql, schema: string): Promise<boolean> {
  return (await sql("SELECT 1 FROM pg_namespace WHERE nspname = $1", [schema])).length > 0;
}

/** Against two changes of one role at a time. */
export async function lockRole(sql: Sql, role: string): Promise<void> {
  await sql("SET statement_timeout = 0");
  await sql("SELECT pg_advisory_xact_lock(oid::bigint) FROM pg_roles WHERE rolname = $1", [role]);
  await sql("SELECT pg_advisory_xact_lock(member::bigint) FROM pg_auth_members JOIN pg_roles ON roleid = pg_roles.oid WHERE rolname = $1", [
    role,
  ]);
}

/** Puts before an error what was being done, as the official provider does. */
export async function told<Result>(doing: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw new Error(`${doing}: pq: ${error instanceof Error ? error.message : String(error)}`);
  }
}
