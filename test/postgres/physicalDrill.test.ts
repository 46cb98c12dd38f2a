import { closeSync, openSync, readSync, rmSync, statSync, truncateSync, writeSync } from "node:fs";
import { join } from "node:path";
import { type PhysicalDrillResult, physicalDrillResultSchema, storeLayout, Verdict } from "@pgkeep/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PhysicalDrillOptions, runPhysicalDrill } from "../../packages/agent/src/drill/physical/physicalDrill.js";
import { silentReporter } from "../../packages/agent/src/reporter.js";
import { newFolderStore, type TestStore, testConfig } from "../support/backupRun.js";
import { type CopiedServerOptions, startOnCopy, withoutContrib } from "../support/copiedServer.js";
import { missingPostgres, startPostgres, type TestServer, testedMajors } from "../support/postgresServer.js";

const PAGE = 8192;

const OBJECTS = `
  CREATE SCHEMA sales;
  CREATE TABLE sales.orders (id bigserial PRIMARY KEY, customer text NOT NULL, placed timestamptz NOT NULL DEFAULT '2026-11-01');
  INSERT INTO sales.orders (customer) SELECT 'customer ' || n FROM generate_series(1, 20000) n;
  CREATE INDEX orders_customer ON sales.orders (customer COLLATE "C" DESC);
  CREATE TABLE sales.unindexed (note text);
  INSERT INTO sales.unindexed SELECT 'note ' || n FROM generate_series(1, 5000) n;
  CREATE TABLE sales.documents (id int PRIMARY KEY, body text);
  ALTER TABLE sales.documents ALTER body SET STORAGE EXTERNAL;
  INSERT INTO sales.documents SELECT n, repeat(md5(n::text), 300) FROM generate_series(1, 50) n;
  CREATE TABLE sales.words (id int PRIMARY KEY, tags text[], span int4range);
  INSERT INTO sales.words SELECT n, ARRAY['tag' || n % 7, 'all'], int4range(n, n + 3) FROM generate_series(1, 500) n;
  CREATE INDEX words_tags ON sales.words USING gin (tags);
  CREATE INDEX words_span ON sales.words USING gist (span);
  CREATE MATERIALIZED VIEW sales.totals AS SELECT customer, count(*) FROM sales.orders GROUP BY 1;
  CREATE TABLE sales.parts (id int, at date) PARTITION BY RANGE (at);
  CREATE TABLE sales.parts_2026 PARTITION OF sales.parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
  CREATE INDEX ON ONLY sales.parts (id);
  CREATE UNLOGGED TABLE sales.scratch (id int PRIMARY KEY);
  SELECT lo_from_bytea(0, 'a large object');
  SET default_toast_compression = pglz;
  VACUUM ANALYZE;
  CHECKPOINT;`;

describe.each(testedMajors)("a physical drill of a copy of PostgreSQL %i", (major) => {
  describe.skipIf(missingPostgres(major) !== undefined)("on this machine", () => {
    let source: TestServer;
    let target: TestStore;
    const files = new Map<string, string>();

    beforeAll(async () => {
      source = await startPostgres({ major, settings: { autovacuum: "off" } });
      target = await newFolderStore();
      await source.psql("CREATE DATABASE shop");
      await source.psql(OBJECTS, "shop");
      const names = [
        "sales.orders",
        "sales.orders_pkey",
        "sales.orders_customer",
        "sales.unindexed",
        "sales.documents",
        "sales.orders_id_seq",
        "sales.words_span",
      ];
      for (const name of names)
        files.set(name, await source.psql(`SELECT pg_relation_filepath('${name}')`, "shop").then((text) => text.trim()));
      files.set(
        "toast",
        await source
          .psql("SELECT pg_relation_filepath(reltoastrelid) FROM pg_class WHERE oid = 'sales.documents'::regclass", "shop")
          .then((text) => text.trim()),
      );
      await source.shutDown();
    });
    afterAll(async () => {
      await source?.stop();
      await target?.remove();
    });

    const pathOf = (folder: string, name: string) => {
      const path = files.get(name);
      if (path === undefined) throw new Error(`${name} has no file`);
      return join(folder, path);
    };

    async function drill(
      copying: CopiedServerOptions = {},
      changes: Partial<PhysicalDrillOptions> = {},
      sql?: string,
    ): Promise<PhysicalDrillResult> {
      const server = await startOnCopy(source, copying);
      try {
        if (sql !== undefined) await server.psql(sql, "shop");
        return await runPhysicalDrill({
          config: testConfig(["shop"]),
          store: target.store,
          layout: storeLayout("test"),
          connection: server.connection,
          patienceMilliseconds: 5000,
          reporter: silentReporter,
          ...changes,
        });
      } finally {
        await server.stop();
      }
    }

    const failures = ({ checks }: PhysicalDrillResult) => checks.filter(({ verdict }) => verdict !== Verdict.Pass);
    const check = ({ checks }: PhysicalDrillResult, name: string) => checks.find((one) => one.name === name);

    it("passes a copy that is whole, tells what it read and what it had no means to look at", async () => {
      const result = await drill();
      expect(failures(result)).toEqual([]);
      expect(result.verdict).toBe(Verdict.Pass);
      expect(result.copy).toMatchObject({
        serverVersion: expect.stringContaining(`${major}.`),
        inRecovery: false,
        dataChecksums: major >= 18,
      });
      expect(result.tables.find(({ name }) => name === "orders")).toMatchObject({
        database: "shop",
        schema: "sales",
        digest: { rows: 20_000 },
      });
      expect(check(result, "rows of shop by file and by index")?.details[0]).toMatch(/^3 of 6 tables read through an index as well$/);
      expect(result.neverProven).toContain("shop: the inside of index sales.words_span (gist)");
      expect(result.neverProven.some((line) => line.includes("sales.words_tags (gin)"))).toBe(major < 18);
      expect(result.neverProven.some((line) => line.startsWith("values inside rows"))).toBe(major < 18);
      expect(result.neverProven.some((line) => line.startsWith("that the rows are those of the source"))).toBe(true);
      physicalDrillResultSchema.parse(result);
    });

    it("keeps its result under a name that tells the verdict, and a record in the audit trail", async () => {
      const { verdict, endedAt } = await drill();
      const layout = storeLayout("test");
      const kept: string[] = [];
      for await (const { key } of target.store.list(layout.physicalDrills)) kept.push(key);
      const key = layout.physicalDrill(new Date(endedAt), verdict);
      expect(kept).toContain(key);
      expect(physicalDrillResultSchema.parse(JSON.parse((await target.store.readDocument(key, 1e7)) ?? ""))).toMatchObject({
        verdict,
        kind: "physical",
      });
      const trail: string[] = [];
      for await (const { key } of target.store.list(layout.audit)) trail.push(key);
      expect(trail.some((name) => name.includes("-drill-physical-pass-"))).toBe(true);
    });

    it("leaves nothing in the copy: the extension it checks with is gone again", async () => {
      const server = await startOnCopy(source);
      try {
        const options = { config: testConfig(["shop"]), store: target.store, layout: storeLayout("test"), connection: server.connection };
        await runPhysicalDrill({ ...options, patienceMilliseconds: 5000, reporter: silentReporter });
        expect(await server.psql("SELECT count(*) FROM pg_extension WHERE extname = 'amcheck'", "shop")).toBe("0");
        expect(await server.psql("SELECT count(*) FROM pg_namespace WHERE nspname = 'pgkeep_amcheck'", "shop")).toBe("0");
      } finally {
        await server.stop();
      }
    });

    it.each([
      [
        "the header of a page of a table",
        "sales.orders",
        (path: string) => overwrite(path, 3 * PAGE + 12, 8),
        /sales\.orders|"orders"|orders/,
      ],
      ["the line pointers of a page of a table", "sales.unindexed", (path: string) => overwrite(path, 2 * PAGE + 24, 16), /unindexed/],
      ["a page of the primary key", "sales.orders_pkey", (path: string) => overwrite(path, 5 * PAGE + 8, 64), /sales\.orders_pkey/],
      [
        "keys in a page of an index",
        "sales.orders_customer",
        (path: string) => overwrite(path, 4 * PAGE + 7000, 600),
        /sales\.orders_customer/,
      ],
      ["the file of a table, cut at a page", "sales.orders", (path: string) => truncateSync(path, size(path) - 10 * PAGE), /sales\.orders/],
      [
        "the file of a table, cut inside a page",
        "sales.unindexed",
        (path: string) => truncateSync(path, size(path) - 1000),
        /sales\.unindexed.* is cut/,
      ],
      ["the file of an index, cut", "sales.orders_pkey", (path: string) => truncateSync(path, 6 * PAGE), /sales\.orders_pkey/],
      ["the file of a table, gone", "sales.orders", (path: string) => rmSync(path), /sales\.orders.* is missing/],
      ["the file of a table without an index, gone", "sales.unindexed", (path: string) => rmSync(path), /sales\.unindexed.* is missing/],
      ["the file of an index, gone", "sales.orders_customer", (path: string) => rmSync(path), /sales\.orders_customer.* is missing/],
      ["the file of a sequence, gone", "sales.orders_id_seq", (path: string) => rmSync(path), /sales\.orders_id_seq/],
      ["the file of a toast table, cut", "toast", (path: string) => truncateSync(path, 20 * PAGE), /documents|pg_toast/],
    ])("fails and names what is damaged: %s", async (_what, name, damage, words) => {
      const result = await drill({ damage: (folder) => damage(pathOf(folder, name)) });
      expect(result.verdict).toBe(Verdict.Fail);
      expect(failures(result).some(({ verdict, details }) => verdict === Verdict.Fail && details.some((line) => words.test(line)))).toBe(
        true,
      );
      // What was not touched passes all the same.
      expect(check(result, "dump of postgres to nowhere")?.verdict).toBe(Verdict.Pass);
    });

    it("notices a byte that changed inside a value where the server has data checksums, and says that it would not where it has none", async () => {
      // Far into a page of wide values, away from every header.
      const result = await drill({ damage: (folder) => overwrite(pathOf(folder, "toast"), 7 * PAGE + 1000, 1) });
      if (major >= 18) {
        expect(result.verdict).toBe(Verdict.Fail);
        expect(check(result, "dump of shop to nowhere")?.details.join()).toMatch(/invalid page in block 7/);
        expect(check(result, "data checksums")).toMatchObject({
          verdict: Verdict.Fail,
          details: [expect.stringMatching(/^database shop: \d+ pages did not/)],
        });
      } else {
        expect(result.verdict).toBe(Verdict.Pass);
        expect(result.neverProven.join("\n")).toContain("a byte that changed and still reads as a value is not noticed");
      }
    });

    it("fails for an index that was never built to its end, and for a catalogue row that refers to nothing", async () => {
      const sql = `
        SET allow_system_table_mods = on;
        UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'sales.orders_customer'::regclass;
        DELETE FROM pg_type WHERE typname = 'unindexed' AND typnamespace = 'sales'::regnamespace;
        DELETE FROM pg_attribute WHERE attrelid = 'sales.documents'::regclass AND attname = 'body';`;
      const result = await drill({}, {}, sql);
      expect(check(result, "indexes of shop")).toMatchObject({
        verdict: Verdict.Fail,
        details: [expect.stringContaining("sales.orders_customer")],
      });
      const catalogues = check(result, "catalogues of shop");
      expect(catalogues?.verdict).toBe(Verdict.Fail);
      expect(catalogues?.details.join("\n")).toMatch(/pg_class, row \(\d+,\d+\): reltype \d+ is not in pg_type/);
      expect(catalogues?.details.join("\n")).toMatch(/sales\.documents: pg_class tells of 2 columns and pg_attribute has 1/);
      expect(catalogues?.details.join("\n")).toMatch(/pg_depend, row .* is not in pg_type/);
    });

    it("fails for a database of the configuration that is not in the copy", async () => {
      const result = await drill({}, { config: testConfig(["shop", "jobs"]) });
      expect(check(result, "databases")).toEqual({
        name: "databases",
        verdict: Verdict.Fail,
        details: ["database jobs of the configuration is not in the copy"],
      });
    });

    it("verifies nothing that this role may not look at, and says so by name", async () => {
      const sql = `CREATE ROLE reader LOGIN PASSWORD 'reader'; GRANT pg_read_all_data TO reader; GRANT USAGE ON SCHEMA sales TO reader;
        GRANT CONNECT ON DATABASE shop TO reader; REVOKE CONNECT ON DATABASE template1 FROM PUBLIC;`;
      const server = await startOnCopy(source);
      try {
        await server.psql(sql, "shop");
        const result = await runPhysicalDrill({
          config: testConfig(["shop"]),
          store: target.store,
          layout: storeLayout("test"),
          connection: { ...server.connection, user: "reader", password: "reader" },
          patienceMilliseconds: 5000,
          reporter: silentReporter,
        });
        expect(result.verdict).toBe(Verdict.CouldNotVerify);
        expect(check(result, "databases")).toMatchObject({
          verdict: Verdict.CouldNotVerify,
          details: ["database template1: this role may not connect to it"],
        });
        for (const name of ["amcheck of indexes of shop", "amcheck of tables of shop"]) {
          expect(check(result, name)).toMatchObject({ verdict: Verdict.CouldNotVerify, details: [expect.stringContaining("amcheck")] });
        }
        expect(check(result, "rows of shop by file and by index")?.verdict).toBe(Verdict.Pass);
        expect(check(result, "dump of shop to nowhere")?.verdict).toBe(Verdict.CouldNotVerify);
      } finally {
        await server.stop();
      }
    });

    it("leaves the rung of amcheck open where the server has not got it", async () => {
      const { programFolder, remove } = withoutContrib(source);
      try {
        const result = await drill({ programFolder });
        expect(result.verdict).toBe(Verdict.CouldNotVerify);
        const open = failures(result).map(({ name, verdict }) => [name, verdict]);
        expect(open).toContainEqual(["amcheck of tables of shop", Verdict.CouldNotVerify]);
        expect(failures(result).every(({ name, verdict }) => name.startsWith("amcheck of ") && verdict === Verdict.CouldNotVerify)).toBe(
          true,
        );
        expect(check(result, "amcheck of indexes of shop")?.details).toEqual([expect.stringContaining("is not installed for this server")]);
      } finally {
        remove();
      }
    });

    it("says of a server that nobody reaches that nothing was verified, and of one that is the source that it will not", async () => {
      const connection = { ...source.connection, connectTimeoutSeconds: 2 };
      const options = { store: target.store, layout: storeLayout("test"), connection, patienceMilliseconds: 300, reporter: silentReporter };
      const result = await runPhysicalDrill({ ...options, config: testConfig(["shop"]) });
      expect(result).toMatchObject({
        verdict: Verdict.CouldNotVerify,
        copy: { serverVersion: null },
        checks: [{ verdict: Verdict.CouldNotVerify }],
      });
      const server = await startOnCopy(source);
      try {
        const { host, port } = server.connection;
        const config = testConfig(["shop"], { connection: { host, port } });
        await expect(runPhysicalDrill({ ...options, connection: server.connection, config })).rejects.toThrow(
          /the server that is backed up/,
        );
      } finally {
        await server.stop();
      }
    });
  });
});

function size(path: string): number {
  return statSync(path).size;
}

/** Turns every bit of some bytes around. */
function overwrite(path: string, at: number, count: number): void {
  const file = openSync(path, "r+");
  try {
    const bytes = Buffer.alloc(count);
    readSync(file, bytes, 0, count, at);
    writeSync(
      file,
      bytes.map((byte) => byte ^ 0xff),
      0,
      count,
      at,
    );
  } finally {
    closeSync(file);
  }
}
