import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSession, type Session } from "../../packages/agent/src/postgresql/session.js";
import { unlessForbidden } from "../../packages/agent/src/postgresql/unlessForbidden.js";
import { missingPostgres, startPostgres, type TestServer } from "../support/postgresServer.js";

describe.skipIf(missingPostgres(15))("reading what may be forbidden", { timeout: 60_000 }, () => {
  let server: TestServer;
  let session: Session;
  beforeAll(async () => {
    server = await startPostgres({ major: 15 });
    await server.psql("CREATE ROLE klein LOGIN PASSWORD 'k'");
    session = await openSession({ ...server.connection, user: "klein", password: "k" }, "postgres");
  }, 60_000);
  afterAll(async () => {
    await session?.end();
    await server?.stop();
  });

  const authid = () => session.query("SELECT rolpassword FROM pg_authid");
  const inTransaction = async (work: () => Promise<void>) => {
    await session.query("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    await work().finally(() => session.query("ROLLBACK"));
  };

  it("does not ask where the catalogue shows no privilege", async () => {
    expect(await unlessForbidden(session, "pg_authid", () => Promise.reject(new Error("asked")))).toBeUndefined();
  });

  it("returns what may be read", async () => {
    await inTransaction(async () =>
      expect(await unlessForbidden(session, "pg_class", () => session.query("SELECT 1 AS one"))).toEqual([{ one: 1 }]),
    );
    expect(await unlessForbidden(session, "pg_class", () => session.query("SELECT 1 AS one"))).toEqual([{ one: 1 }]);
  });

  it("survives a refusal that the catalogue did not announce, and can still export its snapshot", async () => {
    expect(await unlessForbidden(session, "pg_class", authid)).toBeUndefined();
    await inTransaction(async () => {
      const [before] = await session.query("SELECT pg_current_snapshot()::text AS text");
      expect(await unlessForbidden(session, "pg_class", authid)).toBeUndefined();
      expect(await session.query("SELECT pg_current_snapshot()::text AS text")).toEqual([before]);
      await session.query("SELECT pg_export_snapshot()");
      expect(await unlessForbidden(session, "pg_class", authid)).toBeUndefined();
    });
  });

  it("passes on any other error as it is", async () => {
    const wrong = () => session.query("SELECT 1 / 0");
    await inTransaction(async () => expect(unlessForbidden(session, "pg_class", wrong)).rejects.toThrow("division by zero"));
    await expect(unlessForbidden(session, "pg_class", wrong)).rejects.toThrow("division by zero");
  });
});
