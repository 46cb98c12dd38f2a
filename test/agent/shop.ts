import { expect } from "vitest";
import type { TestServer } from "../support/postgresServer.js";

/** Two small databases that belong together. */
export const SHOP = ["shop", "shop-jobs"];

export async function createShop(server: TestServer): Promise<void> {
  await server.psql("CREATE ROLE shop LOGIN PASSWORD 'the application''s own'");
  for (const database of SHOP) await server.psql(`CREATE DATABASE "${database}" OWNER shop`);
  await server.psql(
    `CREATE TABLE customer (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL);
     INSERT INTO customer (name) SELECT 'customer ' || n FROM generate_series(1, 500) n;
     CREATE TABLE "order" (id int PRIMARY KEY, customer int NOT NULL REFERENCES customer, state text CHECK (state IN ('open', 'paid')));
     INSERT INTO "order" SELECT n, 1 + n % 500, CASE n % 2 WHEN 0 THEN 'open' ELSE 'paid' END FROM generate_series(1, 2000) n;
     ALTER TABLE customer OWNER TO shop; ALTER TABLE "order" OWNER TO shop;`,
    "shop",
  );
  await server.psql(
    `CREATE TABLE job (id bigint PRIMARY KEY, payload jsonb NOT NULL);
     INSERT INTO job SELECT n, jsonb_build_object('n', n, 'text', repeat('x', 100)) FROM generate_series(1, 1000) n;
     ALTER TABLE job OWNER TO shop;`,
    "shop-jobs",
  );
}

/** Rows and a checksum of each table, asked by plain SQL. */
export async function shopContents(server: TestServer, names: readonly string[] = SHOP): Promise<string[]> {
  const [shop = "", jobs = ""] = names;
  return [
    await server.psql("SELECT count(*), md5(string_agg(c::text, ',' ORDER BY id)) FROM customer c", shop),
    await server.psql(`SELECT count(*), md5(string_agg(o::text, ',' ORDER BY id)) FROM "order" o`, shop),
    await server.psql("SELECT count(*), md5(string_agg(j::text, ',' ORDER BY id)) FROM job j", jobs),
  ];
}

export async function dropShop(server: TestServer): Promise<void> {
  for (const database of SHOP) await server.psql(`DROP DATABASE "${database}" WITH (FORCE)`);
  expect(await server.psql("SELECT count(*) FROM pg_database WHERE datname LIKE 'shop%'")).toBe("0");
}
