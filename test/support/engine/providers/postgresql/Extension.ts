import type { Existing, ResourceKind } from "../ResourceKind.js";
import type { PlainProperties } from "../wireValues.js";
import { databaseExists, told } from "./memberships.js";
import { identifier } from "./quote.js";
import { text } from "./Role.js";
import type { Server } from "./Server.js";

export const extension: ResourceKind<Server> = {
  type: "postgresql:index/extension:Extension",
  source: "https://github.com/cyrilgdn/terraform-provider-postgresql/blob/v1.26.0/postgresql/resource_postgresql_extension.go",
  properties: {
    name: { onChange: "replace", required: true, autonamed: true },
    schema: { onChange: "update", computed: true },
    version: { onChange: "update", computed: true },
    database: { onChange: "replace", computed: true },
    dropCascade: { onChange: "update", default: false },
    createCascade: { onChange: "update", default: false },
  },
  async create(server, planned) {
    const name = text(planned.name);
    const schema = text(planned.schema);
    const version = text(planned.version);
    const statement = [
      `CREATE EXTENSION IF NOT EXISTS ${identifier(name)}`,
      ...(schema === "" ? [] : [`SCHEMA ${identifier(schema)}`]),
      ...(version === "" ? [] : [`VERSION ${identifier(version)}`]),
      ...(planned.createCascade === true ? ["CASCADE"] : []),
    ].join(" ");
    await server.inTransaction(databaseOf(server, planned), (sql) => told(`error creating extension ${name}`, () => sql(statement)));
    return await readBack(server, planned);
  },
  async read(server, id, state) {
    const [database = "", name = ""] = id.split(".", 2);
    return await readExtension(server, { ...state, name: text(state.name) || name, database: text(state.database) || database });
  },
  async update(server, _id, old, planned) {
    const name = identifier(text(planned.name));
    const schema = text(planned.schema);
    const version = text(planned.version);
    await server.inTransaction(databaseOf(server, planned), async (sql) => {
      if (schema !== text(old.schema)) {
        await told("Error updating extension SCHEMA", () => sql(`ALTER EXTENSION ${name} SET SCHEMA ${identifier(schema)}`));
      }
      if (version !== text(old.version)) {
        const to = version === "" ? "" : ` TO ${identifier(version)}`;
        await told("Error updating extension version", () => sql(`ALTER EXTENSION ${name} UPDATE${to}`));
      }
    });
    return await readBack(server, planned);
  },
  async delete(server, _id, state) {
    const mode = state.dropCascade === true ? "CASCADE" : "RESTRICT";
    await server.inTransaction(databaseOf(server, state), (sql) => sql(`DROP EXTENSION ${identifier(text(state.name))} ${mode}`));
  },
};

function databaseOf(server: Server, properties: PlainProperties): string {
  return text(properties.database) || server.database;
}

async function readBack(server: Server, planned: PlainProperties): Promise<Existing> {
  const existing = await readExtension(server, planned);
  if (existing === undefined) throw new Error(`The extension ${text(planned.name)} is gone right after it was written.`);
  return existing;
}

async function readExtension(server: Server, state: PlainProperties): Promise<Existing | undefined> {
  const database = databaseOf(server, state);
  const name = text(state.name);
  if (!(await server.directly(server.database, (sql) => databaseExists(sql, database)))) return undefined;
  const [row] = await server.directly(database, (sql) =>
    sql<{ schema: string; version: string }>(
      `SELECT nspname AS schema, extversion AS version FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = $1`,
      [name],
    ),
  );
  return row === undefined ? undefined : { id: `${database}.${name}`, outputs: { ...state, ...row, name, database } };
}
