import type { Existing, PropertyRule, ResourceKind } from "../ResourceKind.js";
import { isZero, type PlainProperties } from "../wireValues.js";
import { asMember, lockRole, told } from "./memberships.js";
import { identifier, literal } from "./quote.js";
import { text } from "./Role.js";
import type { Server, Sql } from "./Server.js";

/** ForceNew, and chosen by the server where the program says nothing. */
const fixed: PropertyRule = { onChange: "replace", computed: true };

export const database: ResourceKind<Server> = {
  type: "postgresql:index/database:Database",
  source: "https://github.com/cyrilgdn/terraform-provider-postgresql/blob/v1.26.0/postgresql/resource_postgresql_database.go",
  properties: {
    name: { onChange: "update", required: true, autonamed: true },
    owner: { onChange: "update", computed: true },
    template: fixed,
    encoding: fixed,
    lcCollate: fixed,
    lcCtype: fixed,
    tablespaceName: { onChange: "update", computed: true },
    connectionLimit: { onChange: "update", default: -1 },
    allowConnections: { onChange: "update", default: true },
    isTemplate: { onChange: "update", computed: true },
    alterObjectOwnership: { onChange: "update", default: false },
  },
  async create(server, planned) {
    const name = text(planned.name);
    await server.directly(server.database, async (sql) => {
      await asMember(sql, text(planned.owner), server.user, async () => {
        await told(`Error creating database "${name}"`, () => sql(creation(name, planned, server.user)));
      });
    });
    return await readBack(server, name, planned);
  },
  read: readDatabase,
  async update(server, id, old, planned) {
    const name = text(planned.name);
    await server.directly(server.database, async (sql) => {
      const alter = (doing: string, change: string) =>
        told(`Error updating database ${doing}`, () => sql(`ALTER DATABASE ${identifier(name)} ${change}`));
      if (name !== id) {
        await told("Error updating database name", () => sql(`ALTER DATABASE ${identifier(id)} RENAME TO ${identifier(name)}`));
      }
      const owner = text(planned.owner);
      if (owner !== "" && planned.alterObjectOwnership === true) await reassign(server, sql, name, owner);
      if (owner !== "" && owner !== old.owner) {
        await asMember(sql, owner, server.user, () => alter("OWNER", `OWNER TO ${identifier(owner)}`));
      }
      const tablespace = text(planned.tablespaceName);
      if (tablespace !== text(old.tablespaceName)) {
        await alter("TABLESPACE", isDefault(tablespace) ? "RESET TABLESPACE" : `SET TABLESPACE ${identifier(tablespace)}`);
      }
      if (planned.connectionLimit !== old.connectionLimit) {
        await alter("CONNECTION LIMIT", `CONNECTION LIMIT = ${Number(planned.connectionLimit)}`);
      }
      if (planned.allowConnections !== old.allowConnections) {
        await alter("ALLOW_CONNECTIONS", `ALLOW_CONNECTIONS ${planned.allowConnections === true}`);
      }
      if (planned.isTemplate !== old.isTemplate) await alter("IS_TEMPLATE", `IS_TEMPLATE ${planned.isTemplate === true}`);
    });
    return await readBack(server, name, planned);
  },
  async delete(server, id, state) {
    await server.directly(server.database, async (sql) => {
      await asMember(sql, text(state.owner), server.user, () => drop(sql, text(state.name) || id, state));
    });
  },
};

/**
 * A known gap (setAlterOwnership in the source): REASSIGN OWNED hands every other database of the old owner over as well, whose own turn then
 * finds the new owner in place and leaves what is inside to the old one.
 */
async function reassign(server: Server, sql: Sql, name: string, owner: string): Promise<void> {
  const [{ current = "" } = {}] = await sql<{ current: string }>(
    "SELECT pg_get_userbyid(datdba) AS current FROM pg_database WHERE datname = $1",
    [name],
  );
  if (current === owner) return;
  await asMember(sql, current, server.user, () =>
    server.inTransaction(name, async (inside) => {
      await lockRole(inside, server.user);
      await told(`error reassigning objects owned by '${current}'`, () =>
        inside(`REASSIGN OWNED BY ${identifier(current)} TO ${identifier(owner)}`),
      );
    }),
  );
}

async function drop(sql: Sql, name: string, state: PlainProperties): Promise<void> {
  if (state.isTemplate === true) await sql(`ALTER DATABASE ${identifier(name)} IS_TEMPLATE false`);
  // Applications that are connected lose their connections: the official provider ends those, and since PostgreSQL 13 forces the rest.
  await sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()", [name]);
  await told("Error dropping database", () => sql(`DROP DATABASE ${identifier(name)} WITH (FORCE)`));
}

function creation(name: string, planned: PlainProperties, user: string): string {
  const option = (word: string, value: string, quote: (text: string) => string, otherwise: string) => {
    if (value === "") return otherwise;
    return `${word} ${value.toUpperCase() === "DEFAULT" ? "DEFAULT" : quote(value)}`;
  };
  return [
    `CREATE DATABASE ${identifier(name)} OWNER ${identifier(text(planned.owner) || user)}`,
    option("TEMPLATE", text(planned.template), identifier, "TEMPLATE template0"),
    option("ENCODING", text(planned.encoding), literal, "ENCODING 'UTF8'"),
    option("LC_COLLATE", text(planned.lcCollate), literal, ""),
    option("LC_CTYPE", text(planned.lcCtype), literal, ""),
    option("TABLESPACE", text(planned.tablespaceName), identifier, ""),
    `ALLOW_CONNECTIONS ${planned.allowConnections === true}`,
    `CONNECTION LIMIT ${Number(planned.connectionLimit)}`,
    `IS_TEMPLATE ${planned.isTemplate === true}`,
  ]
    .filter((part) => part !== "")
    .join(" ");
}

async function readBack(server: Server, name: string, planned: PlainProperties): Promise<Existing> {
  const existing = await readDatabase(server, name, planned);
  if (existing === undefined) throw new Error(`The database ${name} is gone right after it was written.`);
  return existing;
}

async function readDatabase(server: Server, id: string, state: PlainProperties): Promise<Existing | undefined> {
  const [row] = await server.directly(server.database, (sql) =>
    sql(
      `SELECT datname AS name, pg_get_userbyid(datdba) AS owner, pg_encoding_to_char(encoding) AS encoding, datcollate AS "lcCollate",
              datctype AS "lcCtype", spcname AS "tablespaceName", datconnlimit AS "connectionLimit", datallowconn AS "allowConnections",
              datistemplate AS "isTemplate"
         FROM pg_catalog.pg_database JOIN pg_catalog.pg_tablespace ON pg_tablespace.oid = dattablespace WHERE datname = $1`,
      [id],
    ),
  );
  if (row === undefined) return undefined;
  // Nothing says later which template it was made from.
  const template = isZero(state.template) ? "template0" : text(state.template);
  return { id, outputs: { ...state, ...row, template, alterObjectOwnership: state.alterObjectOwnership ?? false } };
}

function isDefault(name: string): boolean {
  return name === "" || name.toUpperCase() === "DEFAULT";
}
