import { existsSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { missingPostgres, startPostgres, startStandby, type TestServer, testedMajors } from "./postgresServer.js";

const servers: TestServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});
const started = async (starting: Promise<TestServer>) => {
  const server = await starting;
  servers.push(server);
  return server;
};

describe.for(testedMajors)("a PostgreSQL %s for tests", (major) => {
  it.skipIf(missingPostgres(major))("answers, with its settings, and leaves nothing behind", async () => {
    const server = await started(startPostgres({ major, settings: { work_mem: "7MB" } }));
    expect(await server.psql("SHOW server_version_num")).toMatch(new RegExp(`^${major}`));
    expect(await server.psql("SHOW work_mem; SELECT current_user")).toBe("7MB\npostgres");
    const { processId } = server;
    await server.stop();
    expect(existsSync(server.folder)).toBe(false);
    expect(() => process.kill(processId, 0)).toThrow(/ESRCH/);
  });

  it.skipIf(missingPostgres(major))("refuses a wrong password and reports an SQL error", async () => {
    const server = await started(startPostgres({ major }));
    await expect(server.psql("SELECT 1/0")).rejects.toThrow(/division by zero/);
    server.connection.password = "wrong";
    await expect(server.psql("SELECT 1")).rejects.toThrow(/password authentication failed/);
  });

  it.skipIf(missingPostgres(major))("survives a kill", async () => {
    const server = await started(startPostgres({ major, authentication: "trust", settings: { fsync: "on", synchronous_commit: "on" } }));
    await server.psql("CREATE TABLE kept AS SELECT 42 AS answer");
    await server.kill();
    await expect(server.psql("SELECT 1")).rejects.toThrow(/refused/);
    await server.start();
    expect(await server.psql("SELECT answer FROM kept")).toBe("42");
  });

  it.skipIf(missingPostgres(major))("has a standby that replays", async () => {
    const primary = await started(startPostgres({ major }));
    const standby = await started(startStandby(primary));
    expect(await standby.psql("SELECT pg_is_in_recovery()")).toBe("t");
    await primary.psql("CREATE TABLE replayed AS SELECT 1 AS one");
    await expect.poll(() => standby.psql("SELECT to_regclass('replayed')"), { timeout: 10_000 }).toBe("replayed");
  });
});
