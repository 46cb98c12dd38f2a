import type { Manifest } from "@pgkeep/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { silentReporter } from "../../packages/agent/src/reporter.js";
import type { RestoreOptions } from "../../packages/agent/src/restore/RestoreOptions.js";
import { runRestore } from "../../packages/agent/src/restore/runRestore.js";
import { backUp, newFolderStore, type TestStore } from "../support/backupRun.js";
import { changesBetween, plainDump } from "../support/fixtures/plainDump.js";
import { startPostgres, type TestServer, testedMajors } from "../support/postgresServer.js";
import { problemOf } from "../support/problemOf.js";

const schema = `
  CREATE SCHEMA shop;
  CREATE TYPE shop.state AS ENUM ('new', 'paid');
  CREATE DOMAIN shop.sku AS text CHECK (VALUE ~ '^[A-Z]+$');
  CREATE FUNCTION shop.stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.changed := now(); RETURN NEW; END $$;
  CREATE TABLE shop.customer (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE, changed timestamptz);
  CREATE TABLE shop.product (sku shop.sku PRIMARY KEY, price numeric);
  CREATE TABLE shop."Order" (
    id serial PRIMARY KEY, customer int NOT NULL REFERENCES shop.customer, sku shop.sku REFERENCES shop.product, state shop.state DEFAULT 'new',
    CONSTRAINT positive CHECK (id > 0));
  CREATE INDEX order_state ON shop."Order" (state);
  CREATE INDEX "order expression" ON shop."Order" (lower(sku));
  CREATE TRIGGER stamp BEFORE UPDATE ON shop.customer FOR EACH ROW EXECUTE FUNCTION shop.stamp();
  CREATE STATISTICS shop.order_statistics ON customer, sku FROM shop."Order";
  ALTER TABLE shop."Order" ENABLE ROW LEVEL SECURITY;
  CREATE POLICY everybody ON shop."Order" USING (true);
  COMMENT ON TABLE shop."Order" IS 'orders'; COMMENT ON COLUMN shop."Order".state IS 'its state';
  GRANT SELECT ON shop."Order" TO reader; GRANT SELECT (name) ON shop.customer TO reader;
  CREATE VIEW shop.paid AS SELECT * FROM shop."Order" WHERE state = 'paid';
  CREATE TABLE shop.event (at date NOT NULL, what text) PARTITION BY RANGE (at);
  CREATE TABLE shop.event_2025 PARTITION OF shop.event FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
  CREATE TABLE shop.event_2026 PARTITION OF shop.event FOR VALUES FROM ('2026-01-01') TO ('2027-01-01') PARTITION BY LIST (what);
  CREATE TABLE shop.event_2026_a PARTITION OF shop.event_2026 FOR VALUES IN ('a');
  CREATE INDEX event_at ON shop.event (at);
  CREATE TABLE shop."Order x" (id int PRIMARY KEY, "Order" int);
  CREATE RULE quiet AS ON DELETE TO shop.product DO INSTEAD NOTHING;
  CREATE PUBLICATION orders FOR TABLE shop."Order";
  INSERT INTO shop.customer (name) SELECT 'c' || n FROM generate_series(1, 50) n;
  INSERT INTO shop.product VALUES ('A', 1), ('B', 2);
  INSERT INTO shop."Order" (customer, sku, state) SELECT n % 50 + 1, 'A', 'paid' FROM generate_series(1, 500) n;
  INSERT INTO shop.event SELECT date '2025-06-01', 'x' FROM generate_series(1, 20);
  INSERT INTO shop.event SELECT date '2026-06-01', 'a' FROM generate_series(1, 30);
  INSERT INTO shop."Order x" VALUES (1, 1);
  SELECT lo_create(4711);`;

describe.each(testedMajors)("chosen tables of PostgreSQL %i", (major) => {
  let server: TestServer;
  let store: TestStore;
  let manifest: Manifest;

  beforeAll(async () => {
    server = await startPostgres({ major });
    store = await newFolderStore();
    await server.psql("CREATE ROLE reader");
    await server.psql("CREATE DATABASE shop");
    await server.psql(schema, "shop");
    ({ manifest } = await backUp({ connection: server.connection, store: store.store, databases: ["shop"] }));
  });
  afterAll(async () => {
    await server?.stop();
    await store?.remove();
  });

  const restore = (tables: string[], changes: Partial<RestoreOptions> = {}) =>
    runRestore({
      store: store.store,
      connection: server.connection,
      manifest,
      tables,
      databases: [{ name: "shop", as: "copy" }],
      reporter: silentReporter,
      ...changes,
    });
  const relations = async (database: string) =>
    (
      await server.psql("SELECT relname FROM pg_class WHERE relnamespace = 'shop'::regnamespace ORDER BY relname COLLATE \"C\"", database)
    ).split("\n");

  it("come into a new database with all that is theirs and all that they need", async () => {
    const result = await restore(['shop."Order"', "shop.customer", "shop.product"].map((name) => name.replaceAll('"', "")));
    expect(result.checks).toMatchObject([{ verdict: "PASS", details: [expect.stringContaining("3 tables")] }]);
    const [before, after] = [await plainDump(server, "shop"), await plainDump(server, "copy")];
    const missing = changesBetween(before, after)
      .map(({ object }) => object)
      .filter((object) => !object.startsWith("DATABASE"));
    // Everything else of that database, and nothing of these.
    expect(missing.filter((object) => !/event|Order x|VIEW shop\.paid|PUBLICATION|BLOB|LARGE OBJECT/.test(object))).toEqual([]);
    expect(await relations("copy")).not.toContain("event");
    await server.psql("DROP DATABASE copy");
  });

  it("bring their partitions, of every depth", async () => {
    await restore(["shop.event"]);
    expect(await relations("copy")).toEqual((await relations("shop")).filter((name) => name.startsWith("event")));
    expect(await server.psql("SELECT count(*), count(DISTINCT tableoid) FROM shop.event", "copy")).toBe("50|2");
    expect(await server.psql("SELECT count(*) FROM pg_inherits", "copy")).toBe(
      await server.psql("SELECT count(*) FROM pg_inherits", "shop"),
    );
    await server.psql("DROP DATABASE copy");
  });

  it("are partitions alone where the user says so", async () => {
    await restore(["shop.event_2025"]);
    expect(await relations("copy")).toEqual(["event_2025", "event_2025_at_idx"]);
    await server.psql("DROP DATABASE copy");
  });

  it("are refused without the tables they refer to", async () => {
    const problem = await problemOf(restore(["shop.Order"]));
    expect(problem.exitCode).toBe(64);
    expect(problem.problems.map(({ next }) => next)).toEqual([
      "choose it too: --table shop.customer",
      "choose it too: --table shop.product",
    ]);
    const unknown = await problemOf(restore(["shop.order", "public.Order"]));
    expect(unknown.problems.map(({ where, received, allowed }) => [where, received, allowed])).toEqual([
      ["--table", "shop.order", "schema.table, as `pgkeep show` lists them"],
      ["--table", "public.Order", "shop.Order"],
    ]);
  });

  it("come back into the living database after they were dropped, which needs nothing else", async () => {
    const before = await plainDump(server, "shop");
    await server.psql('DROP TABLE shop."Order" CASCADE', "shop");
    const result = await restore(["shop.Order"], { databases: [{ name: "shop" }] });
    expect(result.plan.databases).toMatchObject([{ action: "add tables", scratch: null }]);
    // Its own rows, not those of the database around it.
    const rows = await server.psql('SELECT count(*) FROM shop."Order"', "shop");
    const details = [`1 table, ${rows} ${rows === "1" ? "row" : "rows"} read back and equal`];
    expect(result.checks).toMatchObject([{ verdict: "PASS", details }]);
    const changes = changesBetween(before, await plainDump(server, "shop")).map(({ object }) => object);
    // What hung on the table and went with it is no part of it.
    expect(changes).toEqual(["VIEW shop.paid", "PUBLICATION TABLE shop.orders Order"]);
    await server.psql(
      'CREATE VIEW shop.paid AS SELECT * FROM shop."Order" WHERE state = \'paid\'; ALTER PUBLICATION orders ADD TABLE shop."Order"',
      "shop",
    );
  });

  it("take the place of living ones only when confirmed, and not while others hang on them", async () => {
    const options = { databases: [{ name: "shop" }] };
    const problem = await problemOf(restore(["shop.product"], options));
    expect(problem.message).toContain("--yes-replace shop.product");
    const hanging = await problemOf(restore(["shop.product"], { ...options, yesReplace: ["shop.product"] }));
    expect(hanging.message).toContain("cannot drop table shop.product because other objects depend on it");
    await server.psql('INSERT INTO shop."Order x" VALUES (2, 2)', "shop");
    await restore(["shop.Order x"], { ...options, yesReplace: ["shop.Order x", 'shop."Order x"'].slice(1) }).catch(() => undefined);
    expect(await server.psql('SELECT count(*) FROM shop."Order x"', "shop")).toBe("2");
    await restore(['shop."Order x"'], { ...options, yesReplace: ['shop."Order x"'] });
    expect(await server.psql('SELECT count(*) FROM shop."Order x"', "shop")).toBe("1");
  });

  it("come as definitions alone", async () => {
    await restore(["shop.customer"], { schemaOnly: true });
    expect(await server.psql("SELECT count(*) FROM shop.customer", "copy")).toBe("0");
    await server.psql("DROP DATABASE copy");
  });
});
