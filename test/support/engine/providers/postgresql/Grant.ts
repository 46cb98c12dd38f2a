import type { Existing, ResourceKind } from "../ResourceKind.js";
import { isZero, type PlainProperties } from "../wireValues.js";
import { databaseExists, lockRole, roleExists, schemaExists, told, withRoles } from "./memberships.js";
import { everybody, seenPrivileges, validatePrivileges } from "./privileges.js";
import { identifier } from "./quote.js";
import { list, text } from "./Role.js";
import type { Server, Sql } from "./Server.js";

export const grant: ResourceKind<Server> = {
  type: "postgresql:index/grant:Grant",
  source: "https://github.com/cyrilgdn/terraform-provider-postgresql/blob/v1.26.0/postgresql/resource_postgresql_grant.go",
  properties: {
    role: { onChange: "replace", required: true },
    database: { onChange: "replace", required: true },
    schema: { onChange: "replace" },
    objectType: { onChange: "replace", required: true },
    objects: { onChange: "replace", set: true },
    columns: { onChange: "replace", set: true },
    privileges: { onChange: "update", required: true, set: true },
    withGrantOption: { onChange: "replace", default: false },
  },
  // Else the old one's end would take away what the new one gave: resources.go of pulumi-postgresql, its issue 233.
  deleteBeforeReplace: true,
  async create(server, planned) {
    await give(server, planned, planned);
    return await readBack(server, planned);
  },
  async read(server, _id, state) {
    return await readGrant(server, state);
  },
  async update(server, _id, old, planned) {
    await give(server, old, planned);
    return await readBack(server, planned);
  },
  async delete(server, _id, state) {
    await server.inTransaction(text(state.database), async (sql) => {
      await lockRole(sql, text(state.role));
      await withRoles(sql, await owners(sql, state), () => revoke(sql, state));
    });
  },
};

async function give(server: Server, old: PlainProperties, planned: PlainProperties): Promise<void> {
  validate(planned);
  await server.inTransaction(text(planned.database), async (sql) => {
    await lockRole(sql, text(planned.role));
    if (text(planned.objectType) === "database") {
      await sql("SELECT pg_advisory_xact_lock(oid::bigint) FROM pg_database WHERE datname = $1", [text(planned.database)]);
    }
    await withRoles(sql, await owners(sql, planned), async () => {
      await revoke(sql, old);
      const privileges = list(planned.privileges);
      if (privileges.length === 0) return;
      const option = planned.withGrantOption === true ? " WITH GRANT OPTION" : "";
      await sql(`GRANT ${privileges.join(",")} ON ${target(planned)} TO ${grantee(planned)}${option}`);
    });
  });
}

function validate(planned: PlainProperties): void {
  const objectType = text(planned.objectType);
  const named = list(planned.objects).length;
  if (objectType === "column") throw new Error("The STAND-IN grants nothing on columns: use PGKEEP_PROVIDERS=official.");
  const withoutSchema = ["database", "foreign_data_wrapper", "foreign_server"];
  if (text(planned.schema) === "" && !withoutSchema.includes(objectType)) {
    throw new Error("parameter 'schema' is mandatory for postgresql_grant resource");
  }
  if (named > 0 && (objectType === "database" || objectType === "schema")) {
    throw new Error("cannot specify `objects` when `object_type` is `database` or `schema`");
  }
  if (list(planned.columns).length > 0) throw new Error("cannot specify `columns` when `object_type` is not `column`");
  if (named !== 1 && objectType.startsWith("foreign_")) {
    throw new Error("one element must be specified in `objects` when `object_type` is `foreign_data_wrapper` or `foreign_server`");
  }
  validatePrivileges(planned);
}

async function revoke(sql: Sql, properties: PlainProperties): Promise<void> {
  await sql("SELECT pg_advisory_xact_lock(oid::bigint) FROM pg_namespace WHERE nspname = $1", [text(properties.schema)]);
  const some = list(properties.objects).length > 0 && !text(properties.objectType).startsWith("foreign_");
  const privileges = list(properties.privileges);
  // Of named objects only these, so that what was granted on single columns stays.
  const what = some && privileges.length > 0 ? privileges.join(",") : "ALL PRIVILEGES";
  await told("could not execute revoke query", () => sql(`REVOKE ${what} ON ${target(properties)} FROM ${grantee(properties)}`));
}

function target(properties: PlainProperties): string {
  const objectType = text(properties.objectType);
  const schema = identifier(text(properties.schema));
  const objects = list(properties.objects);
  switch (objectType) {
    case "database":
      return `DATABASE ${identifier(text(properties.database))}`;
    case "schema":
      return `SCHEMA ${schema}`;
    case "foreign_data_wrapper":
    case "foreign_server":
      return `${objectType === "foreign_server" ? "FOREIGN SERVER" : "FOREIGN DATA WRAPPER"} ${identifier(objects[0] ?? "")}`;
    default:
      if (objects.length === 0) return `ALL ${objectType.toUpperCase()}S IN SCHEMA ${schema}`;
      return `${objectType.toUpperCase()} ${objects.map((name) => `${schema}.${withArguments(name)}`).join(",")}`;
  }
}

/** A function may be named with its argument types, which stay as they are. */
function withArguments(name: string): string {
  const [bare = "", types] = name.split(/(?=\()/, 2);
  return `${identifier(bare)}${types ?? ""}`;
}

/** A known gap: `public` in quotes means everybody all the same, so no role of that name can be granted anything. */
function grantee(properties: PlainProperties): string {
  return identifier(text(properties.role));
}

/** Whom one must be a member of to grant: the owners of the tables and of the schema. */
async function owners(sql: Sql, properties: PlainProperties): Promise<string[]> {
  const objectType = text(properties.objectType);
  if (["database", "foreign_data_wrapper", "foreign_server"].includes(objectType)) return [];
  const schema = text(properties.schema);
  const tables =
    objectType === "schema"
      ? []
      : await sql<{ owner: string }>("SELECT DISTINCT tableowner AS owner FROM pg_tables WHERE schemaname = $1", [schema]);
  const [owner] = await sql<{ owner: string }>("SELECT pg_get_userbyid(nspowner) AS owner FROM pg_namespace WHERE nspname = $1", [schema]);
  if (owner === undefined) throw new Error(`could not find schema '${schema}' while looking for owner`);
  const [database] = await sql<{ owner: string }>(
    "SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = current_database()",
  );
  const names = [...tables, owner].map((row) => (row.owner === "pg_database_owner" ? (database?.owner ?? "") : row.owner));
  return [...new Set(names)];
}

async function readBack(server: Server, planned: PlainProperties): Promise<Existing> {
  return (await readGrant(server, planned)) ?? { id: idOf(planned), outputs: planned };
}

async function readGrant(server: Server, state: PlainProperties): Promise<Existing | undefined> {
  const database = text(state.database);
  if (!(await server.directly(server.database, (sql) => databaseExists(sql, database)))) return undefined;
  return await server.directly(database, async (sql) => {
    const role = text(state.role);
    if (role !== everybody && !(await roleExists(sql, role))) return undefined;
    const schema = text(state.schema);
    if (schema !== "" && !(await schemaExists(sql, schema))) return undefined;
    const different = await differentPrivileges(sql, state);
    return { id: idOf(state), outputs: different === undefined ? state : { ...state, privileges: different } };
  });
}

/** The privileges on the first object that has others than the state says; undefined when all are as it says. */
async function differentPrivileges(sql: Sql, state: PlainProperties): Promise<string[] | undefined> {
  const objects = list(state.objects);
  const [acls, values] = aclsOf(state);
  const oid = "coalesce((SELECT oid FROM pg_roles WHERE rolname = $1 AND $1 <> 'public'), 0)";
  const rows = await sql<{ name: string; granted: string[] }>(
    `SELECT name, array(SELECT privilege_type FROM aclexplode(acl) WHERE grantee = ${oid}) AS granted FROM (${acls}) AS objects`,
    [text(state.role), ...values],
  );
  const wanted = list(state.privileges);
  for (const { name, granted } of rows) {
    if (objects.length > 0 && !objects.includes(name)) continue;
    const seen = seenPrivileges(granted, state);
    if (seen !== wanted && !(isZero(seen) && isZero(wanted)) && JSON.stringify(seen) !== JSON.stringify(wanted)) return seen;
  }
  return undefined;
}

function aclsOf(state: PlainProperties): [query: string, values: string[]] {
  const schema = text(state.schema);
  switch (text(state.objectType)) {
    case "database":
      return ["SELECT datname AS name, datacl AS acl FROM pg_database WHERE datname = $2", [text(state.database)]];
    case "schema":
      return ["SELECT nspname AS name, nspacl AS acl FROM pg_namespace WHERE nspname = $2", [schema]];
    case "foreign_data_wrapper":
      return ["SELECT fdwname AS name, fdwacl AS acl FROM pg_foreign_data_wrapper WHERE fdwname = $2", list(state.objects)];
    case "foreign_server":
      return ["SELECT srvname AS name, srvacl AS acl FROM pg_foreign_server WHERE srvname = $2", list(state.objects)];
    case "function":
    case "procedure":
    case "routine":
      return [
        "SELECT proname AS name, proacl AS acl FROM pg_proc WHERE pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = $2)",
        [schema],
      ];
    default: {
      const kind = text(state.objectType) === "sequence" ? "S" : "r";
      const query =
        "SELECT relname AS name, relacl AS acl FROM pg_class WHERE relkind = $3 AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $2)";
      return [query, [schema, kind]];
    }
  }
}

function idOf(state: PlainProperties): string {
  const objectType = text(state.objectType);
  const inSchema = !["database", "foreign_data_wrapper", "foreign_server"].includes(objectType);
  const parts = [text(state.role), text(state.database), ...(inSchema ? [text(state.schema)] : []), objectType];
  return [...parts, ...list(state.objects), ...list(state.columns)].join("_");
}
