import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseRecord, SequenceRecord, TableRecord } from "@pgkeep/core";
import type { TestServer } from "../../support/postgresServer.js";
import { naiveSums } from "./naiveXxHash64.js";

/** What the server itself says about the data, to which a reader of its archives is held. */
export interface Expectation {
  tables: TableRecord[];
  sequences: SequenceRecord[];
  largeObjects: DatabaseRecord["largeObjects"];
}

export const vectorSchema = readFileSync(new URL("./schema.sql", import.meta.url), "utf8");

/** Runs a program of the server's major; its standard output, byte for byte. */
export async function run(server: TestServer, program: string, args: string[], input?: Buffer): Promise<Buffer> {
  const { host, port, user, password } = server.connection;
  const env = {
    PATH: process.env.PATH ?? "",
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: user,
    PGPASSWORD: password ?? "",
    PGTZ: "UTC",
    PGCLIENTENCODING: "UTF8",
    PGOPTIONS: "-c bytea_output=hex",
    TZ: "UTC",
  };
  const child = spawn(join(server.programFolder, program), args, {
    env,
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "inherit"],
  });
  const output: Buffer[] = [];
  child.stdout?.on("data", (part: Buffer) => output.push(part));
  child.stdin?.end(input);
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}`);
  return Buffer.concat(output);
}

export function psqlBytes(server: TestServer, database: string, sql: string): Promise<Buffer> {
  return run(server, "psql", ["-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql]);
}

/** Asks with SQL and COPY, and hashes row by row with an xxHash64 of its own. */
export async function expectationOf(server: TestServer, database: string): Promise<Expectation> {
  const json = async <T>(sql: string) =>
    JSON.parse((await psqlBytes(server, database, `SELECT coalesce(json_agg(x), '[]') FROM (${sql}) x`)).toString()) as T;

  const found = await json<{ schema: string; name: string; quoted: string; columns: string[]; list: string }[]>(`
    SELECT n.nspname AS schema, relname AS name, format('%I.%I', n.nspname, relname) AS quoted,
      coalesce((SELECT json_agg(attname ORDER BY attnum) FROM pg_attribute
        WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''), '[]') AS columns,
      (SELECT '(' || string_agg(quote_ident(attname), ',' ORDER BY attnum) || ')' FROM pg_attribute
        WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '') AS list
    FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
    WHERE relkind = 'r' AND nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%'`);
  const tables: TableRecord[] = [];
  for (const { schema, name, quoted, columns, list } of found) {
    const text = await psqlBytes(server, database, `COPY ${quoted} ${list ?? ""} TO STDOUT`);
    const rows = splitRows(text);
    tables.push({ schema, name, columns, digest: { rows: rows.length, bytes: text.length, hash: naiveSums(rows) } });
  }

  const sequences: SequenceRecord[] = [];
  for (const { schema, name, quoted } of await json<{ schema: string; name: string; quoted: string }[]>(
    "SELECT schemaname AS schema, sequencename AS name, format('%I.%I', schemaname, sequencename) AS quoted FROM pg_sequences",
  )) {
    const [state] = await json<{ value: string; isCalled: boolean }[]>(
      `SELECT last_value::text AS value, is_called AS "isCalled" FROM ${quoted}`,
    );
    if (state !== undefined) sequences.push({ schema, name, ...state });
  }

  const objects = await json<{ oid: string; content: string }[]>(
    "SELECT oid::text, encode(lo_get(oid), 'hex') AS content FROM pg_largeobject_metadata",
  );
  const contents = objects.map(({ oid, content }) => ({ oid, bytes: Buffer.from(content, "hex") }));
  return {
    tables,
    sequences,
    largeObjects: {
      count: objects.length,
      bytes: contents.reduce((sum, { bytes }) => sum + bytes.length, 0),
      hash: naiveSums(contents.map(({ oid, bytes }) => Buffer.concat([Buffer.from(`${oid}\n`), bytes]))),
    },
  };
}

function splitRows(text: Buffer): Buffer[] {
  const rows: Buffer[] = [];
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf(10, from);
    rows.push(text.subarray(from, end));
    from = end + 1;
  }
  return rows;
}

/** Independent of the order in which tables were met. */
export function sorted<T extends Expectation>({ tables, sequences, largeObjects }: T): Expectation {
  const byName = (a: { schema: string; name: string }, b: { schema: string; name: string }) =>
    `${a.schema}\0${a.name}` < `${b.schema}\0${b.name}` ? -1 : 1;
  return { tables: [...tables].sort(byName), sequences: [...sequences].sort(byName), largeObjects };
}
