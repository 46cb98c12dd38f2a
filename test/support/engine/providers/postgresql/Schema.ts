import type { Existing, ResourceKind } from "../ResourceKind.js";
import type { PlainProperties } from "../wireValues.js";
import { databaseExists, schemaExists, told, withRoles } from "./memberships.js";
import { identifier } from "./quote.js";
import { text } from "./Role.js";
import type { Server } from "./Server.js";

/** Its `policies`, deprecated in favour of Grant, are not in here. */
export const schema: ResourceKind<Server> = {
  type: "postgresql:index/schema:Schema",
  source: "https://github.com/cyrilgdn/terraform-provider-postgresql/blob/v1.26.0/postgresql/resource_postgresql_schema.go",
  properties: {
    name: { onChange: "update", required: true, autonamed: true },
    database: { onChange: "replace", computed: true },
    owner: { onChange: "update", computed: true },
    ifNotExists: { onChange: "update", default: true },
    dropCascade: { onChange: "update", default: false },
  },
  async create(server, planned) {
    const name = text(planned.name);
    const owner = text(planned.owner);
    await server.inTransaction(databaseOf(server, planned), async (sql) => {
      const [row] = await sql<{ owner: string }>(
        "SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = current_database()",
      );
      const databaseOwner = row?.owner ?? "";
      await withRoles(
        sql,
        [...new Set([databaseOwner, owner])].filter((role) => role !== ""),
        async () => {
          if (await schemaExists(sql, name)) {
            // It is taken over, as `public` is: only the owner is set.
            if (owner !== "")
              await told("Error updating schema OWNER", () => sql(`ALTER SCHEMA ${identifier(name)} OWNER TO ${identifier(owner)}`));
            return;
          }
          const condition = planned.ifNotExists === false ? "" : "IF NOT EXISTS ";
          const authorization = owner === "" ? "" : ` AUTHORIZATION ${identifier(owner)}`;
          await told(`Error creating schema ${name}`, () => sql(`CREATE SCHEMA ${condition}${identifier(name)}${authorization}`));
        },
      );
    });
    return await readBack(server, planned);
  },
  async read(server, id, state) {
    const [database = "", name = ""] = id.split(/\.(.*)/s);
    return await readSchema(server, { ...state, database: text(state.database) || database, name: text(state.name) || name });
  },
  async update(server, _id, old, planned) {
    const before = text(old.name);
    const name = text(planned.name);
    const owner = text(planned.owner);
    await server.inTransaction(databaseOf(server, planned), async (sql) => {
      if (name !== before) {
        await told("Error updating schema NAME", () => sql(`ALTER SCHEMA ${identifier(before)} RENAME TO ${identifier(name)}`));
      }
      if (owner !== "" && owner !== text(old.owner)) {
        // A known gap: no membership is taken for it, so who is neither superuser nor member of the new owner is refused.
        await told("Error updating schema OWNER", () => sql(`ALTER SCHEMA ${identifier(name)} OWNER TO ${identifier(owner)}`));
      }
    });
    return await readBack(server, planned);
  },
  async delete(server, _id, state) {
    const name = text(state.name);
    await server.inTransaction(databaseOf(server, state), async (sql) => {
      if (!(await schemaExists(sql, name))) return;
      const mode = state.dropCascade === true ? "CASCADE" : "RESTRICT";
      await withRoles(sql, [text(state.owner)], () => told("Error deleting schema", () => sql(`DROP SCHEMA ${identifier(name)} ${mode}`)));
    });
  },
};

function databaseOf(server: Server, properties: PlainProperties): string {
  return text(properties.database) || server.database;
}

async function readBack(server: Server, planned: PlainProperties): Promise<Existing> {
  const existing = await readSchema(server, planned);
  if (existing === undefined) throw new Error(`The schema ${text(planned.name)} is gone right after it was written.`);
  return existing;
}

async function readSchema(server: Server, state: PlainProperties): Promise<Existing | undefined> {
  const database = databaseOf(server, state);
  const name = text(state.name);
  if (!(await server.directly(server.database, (sql) => databaseExists(sql, database)))) return undefined;
  const [row] = await server.directly(database, (sql) =>
    sql<{ owner: string }>("SELECT pg_get_userbyid(nspowner) AS owner FROM pg_namespace WHERE nspname = $1", [name]),
  );
  return row === undefined ? undefined : { id: `${database}.${name}`, outputs: { ...state, owner: row.owner, name, database } };
}
