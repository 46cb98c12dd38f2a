import type { TestServer } from "./postgresServer.js";

/** About this many bytes of COPY text per row below. */
const ROW_BYTES = 195;

/** Creates a database with one table of about `bytes` as COPY text, of the kinds of columns that applications have. Unlogged, since it may go. */
export async function createLargeDatabase(server: TestServer, database: string, bytes: number): Promise<void> {
  await server.psql(`CREATE DATABASE ${database}`);
  await server.psql(
    `CREATE UNLOGGED TABLE big AS
       SELECT n AS id, md5(n::text) || ' ' || md5((n * 7)::text) AS words,
              jsonb_build_object('customer', n % 10007, 'tags', ARRAY[md5((n % 97)::text), 'open'], 'total', n * 1.25) AS document,
              timestamptz '2026-01-01 00:00:00Z' + n * interval '1 second' AS at, (n % 100000) * 0.01 AS amount
         FROM generate_series(1, ${Math.ceil(bytes / ROW_BYTES)}) n`,
    database,
  );
}
