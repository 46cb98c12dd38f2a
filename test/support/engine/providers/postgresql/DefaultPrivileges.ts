import type { Existing, ResourceKind } from "../ResourceKind.js";
import type { PlainProperties } from "../wireValues.js";
import { databaseExists, lockRole, roleExists, schemaExists, told, withRoles } from "./memberships.js";
import { everybody, seenPrivileges, validatePrivileges } from "./privileges.js";
import { identifier } from "./quote.js";
import { list, text } from "./Role.js";
import type { Server, Sql } from "./Server.js";

const objectTypes: Readonly<Record<string, string>> = { table: "r", sequence: "S", function: "f", routine: "f", type: "T", schema: "n" };

export const defaultPrivileges: ResourceKind<Server> = {
  // The resource's token; `DefaultPrivileg` is its former name, an alias.
  type: "postgresql:index/defaultPrivileges:DefaultPrivileges",
  source: "https://github.com/cyrilgdn/terraform-provider-postgresql/blob/v1.26.0/postgresql/resource_postgresql_default_privileges.go",
  properties: {
    role: { onChange: "replace", required: true },
    database: { onChange: "replace", required: true },
    owner: { onChange: "replace", required: true },
    schema: { onChange: "replace" },
    objectType: { onChange: "replace", required: true },
    privileges: { onChange: "update", required: true, set: true },
    withGrantOption: { onChange: "replace", default: false },
  },
  async create(server, planned) {
    return await give(server, planned);
  },
  async read(server, _id, state) {
    return await readPrivileges(server, state);
  },
  async update(server, _id, _old, planned) {
    return await give(server, planned);
  },
  async delete(server, _id, state) {
    await server.inTransaction(text(state.database), async (sql) => {
      await lockRole(sql, text(state.owner));
      await withRoles(sql, [text(state.owner)], () => revoke(sql, state));
    });
  },
};

async function give(server: Server, planned: PlainProperties): Promise<Existing> {
  if (text(planned.schema) !== "" && text(planned.objectType) === "schema") {
    throw new Error("cannot specify `schema` when `object_type` is `schema`");
  }
  if (planned.withGrantOption === true && text(planned.role).toLowerCase() === everybody) {
    throw new Error("with_grant_option cannot be true for role 'public'");
  }
  validatePrivileges(planned);
  await server.inTransaction(text(planned.database), async (sql) => {
    await lockRole(sql, text(planned.owner));
    await withRoles(sql, [text(planned.owner)], async () => {
      await revoke(sql, planned);
      const privileges = list(planned.privileges);
      if (privileges.length === 0) return;
      const option = planned.withGrantOption === true ? " WITH GRANT OPTION" : "";
      const statement = `${alter(planned)} GRANT ${privileges.join(",")} ON ${objects(planned)} TO ${identifier(text(planned.role))}${option}`;
      await told("could not alter default privileges", () => sql(statement));
    });
  });
  return (await readPrivileges(server, planned)) ?? { id: idOf(planned), outputs: planned };
}

async function revoke(sql: Sql, properties: PlainProperties): Promise<void> {
  const statement = `${alter(properties)} REVOKE ALL ON ${objects(properties)} FROM ${identifier(text(properties.role))}`;
  await told("could not revoke default privileges", () => sql(statement));
}

function alter(properties: PlainProperties): string {
  const schema = text(properties.schema);
  const inSchema = schema === "" ? "" : ` IN SCHEMA ${identifier(schema)}`;
  return `ALTER DEFAULT PRIVILEGES FOR ROLE ${identifier(text(properties.owner))}${inSchema}`;
}

function objects(properties: PlainProperties): string {
  return `${text(properties.objectType).toUpperCase()}S`;
}

async function readPrivileges(server: Server, state: PlainProperties): Promise<Existing | undefined> {
  const database = text(state.database);
  if (!(await server.directly(server.database, (sql) => databaseExists(sql, database)))) return undefined;
  return await server.directly(database, async (sql) => {
    const role = text(state.role);
    const schema = text(state.schema);
    if (role !== everybody && !(await roleExists(sql, role))) return undefined;
    if (schema !== "" && !(await schemaExists(sql, schema))) return undefined;
    const rows = await sql<{ privilege: string }>(
      `SELECT privilege_type AS privilege
         FROM pg_default_acl CROSS JOIN LATERAL aclexplode(defaclacl) WHERE defaclobjtype = $1
          AND grantee = coalesce((SELECT oid FROM pg_roles WHERE rolname = $2 AND $2 <> 'public'), 0)
          AND pg_get_userbyid(grantor) = $3
          AND defaclnamespace = coalesce((SELECT oid FROM pg_namespace WHERE nspname = $4 AND $4 <> ''), 0)`,
      [objectTypes[text(state.objectType)] ?? "", role, text(state.owner), schema],
    );
    const granted = rows.map(({ privilege }) => privilege);
    if (granted.length === 0 && list(state.privileges).length > 0) return undefined;
    return { id: idOf(state), outputs: { ...state, privileges: seenPrivileges(granted, state) } };
  });
}

function idOf(state: PlainProperties): string {
  return [state.role, state.database, text(state.schema) || "noschema", state.owner, state.objectType].map(text).join("_");
}
