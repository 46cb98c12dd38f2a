import type { Existing, ResourceKind } from "../ResourceKind.js";
import type { PlainProperties } from "../wireValues.js";
import { told } from "./memberships.js";
import { identifier } from "./quote.js";
import { text } from "./Role.js";
import type { Server, Sql } from "./Server.js";

/** It has no update: every argument is ForceNew. */
export const grantRole: ResourceKind<Server> = {
  type: "postgresql:index/grantRole:GrantRole",
  source: "https://github.com/cyrilgdn/terraform-provider-postgresql/blob/v1.26.0/postgresql/resource_postgresql_grant_role.go",
  properties: {
    role: { onChange: "replace", required: true },
    grantRole: { onChange: "replace", required: true },
    withAdminOption: { onChange: "replace", default: false },
  },
  async create(server, planned) {
    await server.inTransaction(server.database, async (sql) => {
      await revoke(sql, planned);
      const admin = planned.withAdminOption === true ? " WITH ADMIN OPTION" : "";
      const statement = `GRANT ${identifier(text(planned.grantRole))} TO ${identifier(text(planned.role))}${admin}`;
      await told("could not execute grant query", () => sql(statement));
    });
    return (await readMembership(server, planned)) ?? { id: idOf(planned), outputs: planned };
  },
  read: (server, _id, state) => readMembership(server, state),
  update: () => Promise.reject(new Error("doesn't support update")),
  async delete(server, _id, state) {
    await server.inTransaction(server.database, (sql) => revoke(sql, state));
  },
};

async function readMembership(server: Server, state: PlainProperties): Promise<Existing | undefined> {
  const rows = await server.directly(server.database, (sql) =>
    sql<{ admin_option: boolean }>(
      "SELECT admin_option FROM pg_auth_members WHERE pg_get_userbyid(member) = $1 AND pg_get_userbyid(roleid) = $2",
      [text(state.role), text(state.grantRole)],
    ),
  );
  const [first] = rows;
  // A known gap: on 16 and later one membership may be granted by several, each its own row, and the first that comes is believed. So a role
  // that the administrator made is already "granted" to him, with the admin option and without the right to use it.
  if (first === undefined) return undefined;
  const outputs = { ...state, withAdminOption: first.admin_option };
  return { id: idOf(outputs), outputs };
}

async function revoke(sql: Sql, properties: PlainProperties): Promise<void> {
  const statement = `REVOKE ${identifier(text(properties.grantRole))} FROM ${identifier(text(properties.role))}`;
  await told("could not execute revoke query", () => sql(statement));
}

function idOf({ role, grantRole: granted, withAdminOption }: PlainProperties): string {
  return `${text(role)}_${text(granted)}_${withAdminOption === true}`;
}
