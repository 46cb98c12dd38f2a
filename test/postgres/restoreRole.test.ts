import type { Connection, Manifest } from "@pgkeep/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSession } from "../../packages/agent/src/postgresql/session.js";
import { silentReporter } from "../../packages/agent/src/reporter.js";
import type { RestoreOptions } from "../../packages/agent/src/restore/RestoreOptions.js";
import { runRestore } from "../../packages/agent/src/restore/runRestore.js";
import { backUp, newFolderStore, type TestStore } from "../support/backupRun.js";
import { createEveryObject } from "../support/fixtures/everyObject.js";
import { changesBetween, plainDump } from "../support/fixtures/plainDump.js";
import { startPostgres, type TestServer, testedMajors } from "../support/postgresServer.js";
import { problemOf } from "../support/problemOf.js";

describe.each(testedMajors)("a restore into PostgreSQL %i by a role that may only create databases", (major) => {
  let server: TestServer;
  let store: TestStore;
  let manifest: Manifest;
  let restorer: Connection;

  beforeAll(async () => {
    server = await startPostgres({ major });
    store = await newFolderStore();
    await createEveryObject(server, "every");
    ({ manifest } = await backUp({ connection: server.connection, store: store.store, databases: ["every"] }));
    await server.psql("CREATE ROLE restorer LOGIN CREATEDB PASSWORD 'of the restorer'");
    restorer = { ...server.connection, user: "restorer", password: "of the restorer" };
  });
  afterAll(async () => {
    await server?.stop();
    await store?.remove();
  });

  const restore = (changes: Partial<RestoreOptions> = {}) =>
    runRestore({
      store: store.store,
      connection: restorer,
      manifest,
      databases: [{ name: "every", as: "copy" }],
      reporter: silentReporter,
      ...changes,
    });

  it("names, before anything is touched, everything that the role may not create", async () => {
    const problem = await problemOf(restore({ noOwner: true, noAcl: true, verify: false }));
    expect(problem.exitCode).toBe(77);
    const named = problem.problems.map(({ where }) => where);
    for (const kind of [
      "EVENT TRIGGER",
      "PUBLICATION",
      "SUBSCRIPTION",
      "FOREIGN DATA WRAPPER",
      "FUNCTION",
      "TYPE",
      "OPERATOR CLASS",
      "CAST",
    ]) {
      expect(
        named.filter((where) => where.startsWith(`database every: ${kind} `)),
        kind,
      ).not.toEqual([]);
    }
    expect(problem.message).toContain("--accept-missing");
    expect(await server.psql("SELECT datname FROM pg_database WHERE datname ~ 'copy|pgkeep'")).toBe("");
  });

  it("restores all the rest without a single error, once the list is accepted", async () => {
    const result = await restore({ noOwner: true, noAcl: true, acceptMissing: true, verify: false });
    expect(result.leftOut.length).toBeGreaterThan(5);
    expect(await server.psql("SELECT count(*) FROM app.customer", "copy")).toBe(
      await server.psql("SELECT count(*) FROM app.customer", "every"),
    );
    expect(await server.psql("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'app'", "copy")).toBe("restorer");
    expect(result.checks).toEqual([]);
    await server.psql("DROP DATABASE copy");
  });

  it("wants the owners' rights where owners are to come back, and says how to give them", async () => {
    const problem = await problemOf(restore({ acceptMissing: true, verify: false }));
    expect(problem.exitCode).toBe(77);
    expect(problem.message).toMatch(/role restorer may not act as every_owner, who owns \d+ objects/);
    expect(problem.message).toContain("GRANT every_owner TO restorer");
  });

  it("is refused without the right to create databases", async () => {
    await server.psql("ALTER ROLE restorer NOCREATEDB");
    const problem = await problemOf(restore({ noOwner: true, noAcl: true, acceptMissing: true, verify: false }));
    await server.psql("ALTER ROLE restorer CREATEDB");
    expect(problem.exitCode).toBe(77);
    expect(problem.message).toContain("ALTER ROLE restorer CREATEDB");
  });

  it("does without when it goes in place into a database of its own", async () => {
    await server.psql("CREATE DATABASE own OWNER restorer; ALTER ROLE restorer NOCREATEDB");
    const options = { databases: [{ name: "every", as: "own" }], noOwner: true, noAcl: true, acceptMissing: true, verify: false };
    await restore({ ...options, inPlaceClean: true, yesReplace: ["own"] });
    await server.psql("ALTER ROLE restorer CREATEDB");
    expect(await server.psql("SELECT count(*) FROM app.customer", "own")).toBe(
      await server.psql("SELECT count(*) FROM app.customer", "every"),
    );
  });
});

describe.each(testedMajors)("an application's database restored into PostgreSQL %i by a role that is a member of its owners", (major) => {
  let server: TestServer;
  let store: TestStore;
  let manifest: Manifest;

  const application = `CREATE SCHEMA billing AUTHORIZATION shop_owner;
    CREATE TABLE billing.invoice (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, total numeric);
    INSERT INTO billing.invoice (total) SELECT n FROM generate_series(1, 500) n;
    ALTER TABLE billing.invoice OWNER TO shop_owner;
    CREATE TABLE note (id serial PRIMARY KEY, text text NOT NULL); INSERT INTO note (text) VALUES ('one'), ('two');
    ALTER TABLE note OWNER TO shop_owner;
    CREATE VIEW totals AS SELECT sum(total) FROM billing.invoice; ALTER VIEW totals OWNER TO shop_owner;
    GRANT USAGE ON SCHEMA billing TO shop_reader; GRANT SELECT ON billing.invoice, totals TO shop_reader;
    ALTER DEFAULT PRIVILEGES FOR ROLE shop_owner IN SCHEMA billing GRANT SELECT ON TABLES TO shop_reader;
    COMMENT ON TABLE note IS 'notes';`;

  beforeAll(async () => {
    server = await startPostgres({ major });
    store = await newFolderStore();
    await server.psql(
      `CREATE ROLE shop_owner; CREATE ROLE shop_reader LOGIN PASSWORD 'reads'; CREATE ROLE shop_admin; GRANT shop_owner TO shop_admin`,
    );
    await server.psql("CREATE DATABASE shop OWNER shop_owner");
    await server.psql(
      "REVOKE CONNECT ON DATABASE shop FROM PUBLIC; GRANT CONNECT ON DATABASE shop TO shop_reader; ALTER DATABASE shop SET work_mem = '7MB'; COMMENT ON DATABASE shop IS 'the shop'",
    );
    await server.psql(application, "shop");
    ({ manifest } = await backUp({ connection: server.connection, store: store.store, databases: ["shop"] }));
  });
  afterAll(async () => {
    await server?.stop();
    await store?.remove();
  });

  const restore = (at: TestServer, changes: Partial<RestoreOptions> = {}) =>
    runRestore({
      store: store.store,
      connection: { ...at.connection, user: "restorer", password: "of the restorer" },
      manifest,
      reporter: silentReporter,
      ...changes,
    });

  it("replaces it, ending the sessions of its members, and brings back owners, grants, settings and comment", async () => {
    await server.psql("CREATE ROLE restorer LOGIN CREATEDB PASSWORD 'of the restorer'; GRANT shop_owner, shop_reader TO restorer");
    const before = await plainDump(server, "shop");
    const session = await openSession({ ...server.connection, user: "shop_reader", password: "reads" }, "shop");
    const result = await restore(server, { yesReplace: ["shop"] });
    expect((await session.lost).exitCode).toBe(69);
    await session.end();
    expect(result.checks).toMatchObject([{ verdict: "PASS" }]);
    // The system's own tables, most of which the role may not analyse, are none of its affair.
    expect(result.notices.filter((notice) => notice.startsWith("not analysed"))).toEqual([]);
    expect(await server.psql("SELECT count(*) FROM pg_stats WHERE tablename = 'invoice'", "shop")).toBe("2");
    expect(changesBetween(before, await plainDump(server, "shop"))).toEqual([]);
  });

  it("is refused while sessions are there that it may not end, and names them", async () => {
    const session = await openSession(server.connection, "shop");
    const problem = await problemOf(restore(server, { yesReplace: ["shop"] }));
    await session.end();
    expect(problem.exitCode).toBe(77);
    expect(problem.message).toContain(`process ${session.processId} of postgres (pgkeep) in shop`);
  });

  it("creates the missing roles on another server, joins the owner there, and finds all of it equal", async () => {
    const other = await startPostgres({ major });
    try {
      await other.psql("CREATE ROLE restorer LOGIN CREATEDB CREATEROLE PASSWORD 'of the restorer'");
      const result = await restore(other);
      expect(result.roles).toEqual({
        created: ["shop_owner", "shop_reader"],
        withoutPassword: ["shop_reader"],
        joined: ["shop_owner", "shop_reader"],
      });
      expect(result.checks).toMatchObject([{ verdict: "PASS" }]);
      const [before, after] = [await plainDump(server, "shop"), await plainDump(other, "shop")];
      expect(changesBetween(before, after).map(({ object }) => object)).toEqual(["globals"]);
    } finally {
      await other.stop();
    }
  });
});
