import { readFileSync } from "node:fs";
import type pg from "pg";
import type { DemoServer } from "./server.js";

/** Extensions worth showing, and what the application does with each; the first that this server brings is used. */
const EXTENSIONS = [
  { name: "citext", use: "CREATE UNIQUE INDEX app_user_email ON app_user ((email::citext))" },
  { name: "pg_trgm", use: "CREATE INDEX app_user_name ON app_user USING gin (full_name gin_trgm_ops)" },
  {
    name: "vector",
    use: "ALTER TABLE workspace ADD COLUMN embedding vector(3); UPDATE workspace SET embedding = ARRAY[id, 1, 0.5]::real[]::vector",
  },
];

export interface DemoDatabases {
  rows: number;
  tables: number;
  /** The extension in use; undefined where the server brings none but its own language. */
  extension: string | undefined;
}

/** Creates `syntho-core` and `syntho-backend` with their roles and data. */
export async function createDatabases(server: DemoServer): Promise<DemoDatabases> {
  const cluster = await server.connect("postgres");
  // CREATE DATABASE wants to be alone in its statement.
  for (const statement of read("roles.sql")
    .split(/;\n/)
    .filter((text) => text.trim() !== ""))
    await cluster.query(statement);
  await cluster.end();
  const core = await server.connect("syntho-core");
  const backend = await server.connect("syntho-backend");
  try {
    await core.query(read("core.sql"));
    await backend.query(read("backend.sql"));
    const extension = await useExtension(core);
    const counts = await Promise.all([core, backend].map(countRows));
    return { extension, tables: sum(counts.map(({ tables }) => tables)), rows: sum(counts.map(({ rows }) => rows)) };
  } finally {
    await Promise.all([core.end(), backend.end()]);
  }
}

async function useExtension(core: pg.Client): Promise<string | undefined> {
  const { rows } = await core.query<{ name: string }>("SELECT name FROM pg_available_extensions");
  const chosen = EXTENSIONS.find(({ name }) => rows.some((row) => row.name === name));
  if (chosen) await core.query(`CREATE EXTENSION ${chosen.name}; ${chosen.use}`);
  return chosen?.name;
}

async function countRows(client: pg.Client): Promise<{ tables: number; rows: number }> {
  const { rows: tables } = await client.query<{ name: string }>(
    "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
  );
  const counts = await client.query<{ rows: string }>(
    `SELECT sum(n)::text AS rows FROM (${tables.map(({ name }) => `SELECT count(*) AS n FROM ONLY ${name}`).join(" UNION ALL ")}) AS counts`,
  );
  return { tables: tables.length, rows: Number(counts.rows[0]?.rows) };
}

function read(name: string): string {
  return readFileSync(new URL(`./${name}`, import.meta.url), "utf8");
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
