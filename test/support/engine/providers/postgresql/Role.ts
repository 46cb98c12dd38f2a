import type { Existing, PropertyRule, ResourceKind } from "../ResourceKind.js";
import type { PlainProperties, PlainValue } from "../wireValues.js";
import { isSuperuser, lockRole, told, withRoles } from "./memberships.js";
import { identifier, identifiers, literal } from "./quote.js";
import type { Server, Sql } from "./Server.js";

const optional: PropertyRule = { onChange: "update" };
const no: PropertyRule = { onChange: "update", default: false };

/** Nothing of a role is ForceNew: even another name is `ALTER ROLE … RENAME`. */
export const role: ResourceKind<Server> = {
  type: "postgresql:index/role:Role",
  source: "https://github.com/cyrilgdn/terraform-provider-postgresql/blob/v1.26.0/postgresql/resource_postgresql_role.go",
  properties: {
    name: { onChange: "update", required: true, autonamed: true },
    assumeRole: optional,
    bypassRowLevelSecurity: no,
    connectionLimit: { onChange: "update", default: -1 },
    createDatabase: no,
    createRole: no,
    encrypted: optional,
    encryptedPassword: { onChange: "update", default: true },
    idleInTransactionSessionTimeout: optional,
    inherit: { onChange: "update", default: true },
    login: no,
    password: { onChange: "update", secret: true },
    replication: no,
    roles: { onChange: "update", set: true },
    searchPaths: optional,
    skipDropRole: no,
    skipReassignOwned: no,
    statementTimeout: optional,
    superuser: no,
    validUntil: { onChange: "update", default: "infinity" },
  },
  async create(server, planned) {
    const name = text(planned.name);
    await server.inTransaction(server.database, async (sql) => {
      await told(`error creating role ${name}`, () => sql(`CREATE ROLE ${identifier(name)} WITH ${creationOptions(planned)}`));
      for (const granted of list(planned.roles)) await sql(`GRANT ${identifier(granted)} TO ${identifier(name)}`);
      await setParameters(sql, name, {}, planned);
    });
    return await readBack(server, name, planned);
  },
  async read(server, id, state) {
    return await readRole(server, id, state);
  },
  async update(server, id, old, planned) {
    const name = text(planned.name);
    await server.inTransaction(server.database, async (sql) => {
      await lockRole(sql, id);
      if (name !== id) await told("Error updating role NAME", () => sql(`ALTER ROLE ${identifier(id)} RENAME TO ${identifier(name)}`));
      for (const option of changedOptions(old, planned, name !== id)) await sql(`ALTER ROLE ${identifier(name)} ${option}`);
      // A known gap: memberships that others gave (GrantRole) are revoked here as well, on every update (revokeRoles in the source).
      for (const granted of await grantedRoles(sql, name)) {
        await told(`could not revoke role ${granted} from ${name}`, () => sql(`REVOKE ${identifier(granted)} FROM ${identifier(name)}`));
      }
      for (const granted of list(planned.roles)) await sql(`GRANT ${identifier(granted)} TO ${identifier(name)}`);
      await setParameters(sql, name, old, planned);
    });
    return await readBack(server, name, planned);
  },
  async delete(server, _id, state) {
    const name = text(state.name);
    await server.inTransaction(server.database, async (sql) => {
      await lockRole(sql, name);
      // In this one database only: what the role owns in others keeps it from being dropped (issues 203, 435 of the source).
      if (state.skipReassignOwned !== true) {
        await withRoles(sql, [name], async () => {
          const reassign = `REASSIGN OWNED BY ${identifier(name)} TO ${identifier(server.user)}`;
          await told(`could not reassign owned by role ${name} to ${server.user}`, () => sql(reassign));
          await told(`could not drop owned by role ${name}`, () => sql(`DROP OWNED BY ${identifier(name)}`));
        });
      }
      if (state.skipDropRole !== true) await told(`could not delete role ${name}`, () => sql(`DROP ROLE ${identifier(name)}`));
    });
  },
};

/** Each with what a role gets where it is true, and where it is not. */
const flags = [
  ["superuser", "SUPERUSER", "NOSUPERUSER"],
  ["createDatabase", "CREATEDB", "NOCREATEDB"],
  ["createRole", "CREATEROLE", "NOCREATEROLE"],
  ["inherit", "INHERIT", "NOINHERIT"],
  ["login", "LOGIN", "NOLOGIN"],
  ["bypassRowLevelSecurity", "BYPASSRLS", "NOBYPASSRLS"],
  ["replication", "REPLICATION", "NOREPLICATION"],
] as const;

function creationOptions(planned: PlainProperties): string {
  const password = text(planned.password);
  const encrypted = planned.encryptedPassword === false ? "UNENCRYPTED" : "ENCRYPTED";
  return [
    ...(password === "" ? [] : [password.toUpperCase() === "NULL" ? "PASSWORD NULL" : `${encrypted} PASSWORD ${literal(password)}`]),
    `VALID UNTIL ${literal(text(planned.validUntil))}`,
    `CONNECTION LIMIT ${Number(planned.connectionLimit)}`,
    ...flags.map(([name, yes, not]) => (planned[name] === true ? yes : not)),
  ].join(" ");
}

function changedOptions(old: PlainProperties, planned: PlainProperties, renamed: boolean): string[] {
  const changed = (name: string) => (old[name] ?? null) !== (planned[name] ?? null);
  return [
    ...(changed("password") || renamed ? [`PASSWORD ${literal(text(planned.password))}`] : []),
    ...(changed("connectionLimit") ? [`CONNECTION LIMIT ${Number(planned.connectionLimit)}`] : []),
    ...flags.flatMap(([name, yes, not]) => (changed(name) ? [`WITH ${planned[name] === true ? yes : not}`] : [])),
    ...(changed("validUntil") && text(planned.validUntil) !== "" ? [`VALID UNTIL ${literal(text(planned.validUntil))}`] : []),
  ];
}

async function setParameters(sql: Sql, name: string, old: PlainProperties, planned: PlainProperties): Promise<void> {
  const path = list(planned.searchPaths);
  await sql(`ALTER ROLE ${identifier(name)} SET search_path TO ${path.length === 0 ? "DEFAULT" : identifiers(path)}`);
  const parameters = [
    ["statementTimeout", "statement_timeout"],
    ["idleInTransactionSessionTimeout", "idle_in_transaction_session_timeout"],
  ] as const;
  for (const [property, parameter] of parameters) {
    const value = Number(planned[property] ?? 0);
    if (value === Number(old[property] ?? 0)) continue;
    await sql(`ALTER ROLE ${identifier(name)} ${value === 0 ? `RESET ${parameter}` : `SET ${parameter} TO ${value}`}`);
  }
  const assumed = text(planned.assumeRole);
  if (assumed === text(old.assumeRole)) return;
  await sql(`ALTER ROLE ${identifier(name)} ${assumed === "" ? "RESET ROLE" : `SET ROLE TO ${identifier(assumed)}`}`);
}

async function readBack(server: Server, name: string, planned: PlainProperties): Promise<Existing> {
  const existing = await readRole(server, name, planned);
  if (existing === undefined) throw new Error(`The role ${name} is gone right after it was written.`);
  return existing;
}

async function readRole(server: Server, id: string, state: PlainProperties): Promise<Existing | undefined> {
  return await server.directly(server.database, async (sql) => {
    const [row] = await sql(
      `SELECT rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolconnlimit, rolconfig, rolreplication, rolbypassrls,
              coalesce(rolvaliduntil::text, 'infinity') AS rolvaliduntil FROM pg_catalog.pg_roles WHERE rolname = $1`,
      [id],
    );
    if (row === undefined) return undefined;
    const setting = (name: string) =>
      (row.rolconfig as string[] | null)?.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1);
    const path = setting("search_path");
    const outputs: PlainProperties = {
      ...state,
      name: row.rolname,
      connectionLimit: row.rolconnlimit,
      createDatabase: row.rolcreatedb,
      createRole: row.rolcreaterole,
      encryptedPassword: true,
      inherit: row.rolinherit,
      login: row.rolcanlogin,
      superuser: row.rolsuper,
      validUntil: row.rolvaliduntil,
      replication: row.rolreplication,
      bypassRowLevelSecurity: row.rolbypassrls,
      roles: await grantedRoles(sql, id),
      searchPaths: path === undefined ? [] : path.split(", ").map((part) => part.replace(/^"|"$/g, "")),
      assumeRole: setting("role")?.replace(/^"|"$/g, "") ?? "",
      statementTimeout: Number(setting("statement_timeout") ?? 0),
      idleInTransactionSessionTimeout: Number(setting("idle_in_transaction_session_timeout") ?? 0),
      skipDropRole: state.skipDropRole ?? false,
      skipReassignOwned: state.skipReassignOwned ?? false,
    };
    const password = await readPassword(server, sql, id, row.rolcanlogin === true, text(state.password));
    if (password !== "") outputs.password = password;
    return { id, outputs };
  });
}

/** A known gap: a password that was changed by hand is not noticed where the server keeps SCRAM verifiers, or is none of ours to read. */
async function readPassword(server: Server, sql: Sql, name: string, canLogin: boolean, known: string): Promise<string> {
  if (!canLogin || !server.superuser) return known;
  if (!(await isSuperuser(sql, server.user))) {
    throw new Error(
      `could not read role password from Postgres as connected user ${server.user} is not a SUPERUSER. You can set \`superuser = false\` in the provider configuration so it will not try to read the password from Postgres`,
    );
  }
  const [row] = await sql<{ passwd: string }>("SELECT coalesce(passwd, '') AS passwd FROM pg_catalog.pg_shadow WHERE usename = $1", [name]);
  if (row === undefined) return "";
  return known !== "" && row.passwd.startsWith("SCRAM-SHA-256") ? known : row.passwd;
}

async function grantedRoles(sql: Sql, name: string): Promise<string[]> {
  const rows = await sql<{ granted: string }>(
    `SELECT DISTINCT pg_get_userbyid(roleid) AS granted FROM pg_catalog.pg_auth_members members
      JOIN pg_catalog.pg_roles ON members.member = pg_roles.oid WHERE rolname = $1 ORDER BY granted`,
    [name],
  );
  return rows.map(({ granted }) => granted);
}

export function text(value: PlainValue | undefined): string {
  return typeof value === "string" ? value : "";
}

export function list(value: PlainValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
}
