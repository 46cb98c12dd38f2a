import { readFileSync } from "node:fs";
import type pg from "pg";
import { type Access, DATABASES } from "./access.js";
import type { DemoServer } from "./server.js";

/** Extensions worth showing, and what the application does with each; the first that this server lets a database's owner create is used. */
const EXTENSIONS = [
  { name: "citext", use: "CREATE UNIQUE INDEX app_user_email ON app_user ((email::citext))" },
  { name: "pg_trgm", use: "CREATE INDEX app_user_name ON app_user USING gin (full_name gin_trgm_ops)" },
];

export interface DemoDatabases {
  rows: number;
  tables: number;
  /** The extension in use; undefined where there is none that a database's owner may create. */
  extension: string | undefined;
  /** Who owns what the migrations created. */
  owners: string[];
}

/** The application's migrations, run by its own login: tables and data of `syntho-core` and `syntho-backend`. */
export async function migrate(server: DemoServer, { application }: Access): Promise<DemoDatabases> {
  const core = await server.connect("syntho-core", application);
  const backend = await server.connect("syntho-backend", application);
  try {
    const extension = await useExtension(core, read("core.sql"));
    await backend.query(read("backend.sql"));
    const owners = await Promise.all(DATABASES.map((database) => ownersIn(server, database)));
    const counts = await Promise.all(DATABASES.map((database) => countRows(server, database)));
    return {
      extension,
      owners: [...new Set(owners.flat())],
      tables: sum(counts.map(({ tables }) => tables)),
      rows: sum(counts.map(({ rows }) => rows)),
    };
  } finally {
    await Promise.all([core.end(), backend.end()]);
  }
}

async function useExtension(core: pg.Client, migration: string): Promise<string | undefined> {
  const { rows } = await core.query<{ name: string }>("SELECT DISTINCT name FROM pg_available_extension_versions WHERE trusted");
  const chosen = EXTENSIONS.find(({ name }) => rows.some((row) => row.name === name));
  await core.query(migration);
  if (chosen) await core.query(`CREATE EXTENSION ${chosen.name}; ${chosen.use}`);
  return chosen?.name;
}

async function ownersIn(server: DemoServer, database: string): Promise<string[]> {
  const client = await server.connect(database);
  const { rows } = await client
    .query<{ owner: string }>(
      "SELECT DISTINCT tableowner AS owner FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
    )
    .finally(() => client.end());
  return rows.map(({ owner }) => owner);
}

async function countRows(server: DemoServer, database: string): Promise<{ tables: number; rows: number }> {
  const client = await server.connect(database);
  const { rows: tables } = await client.query<{ name: string }>(
    "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
  );
  const counts = await client.query<{ rows: string }>(
    `SELECT sum(n)::text AS rows FROM (${tables.map(({ name }) => `SELECT count(*) AS n FROM ONLY ${name}`).join(" UNION ALL ")}) AS counts`,
  );
  await client.end();
  return { tables: tables.length, rows: Number(counts.rows[0]?.rows) };
}

function read(name: string): string {
  return readFileSync(new URL(`./${name}`, import.meta.url), "utf8");
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
