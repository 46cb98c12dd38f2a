import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Manifest } from "@pgkeep/core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openSession } from "../../packages/agent/src/postgresql/session.js";
import { silentReporter } from "../../packages/agent/src/reporter.js";
import type { RestoreOptions } from "../../packages/agent/src/restore/RestoreOptions.js";
import { runRestore } from "../../packages/agent/src/restore/runRestore.js";
import { backUp, newFolderStore, type TestStore } from "../support/backupRun.js";
import { startPostgres, type TestServer, testedMajors } from "../support/postgresServer.js";
import { problemOf } from "../support/problemOf.js";

describe.each(testedMajors)("two databases of PostgreSQL %i under load", (major) => {
  let server: TestServer;
  let store: TestStore;
  let manifest: Manifest;
  let folder: string;

  beforeAll(async () => {
    server = await startPostgres({ major, settings: { max_prepared_transactions: 5, wal_level: "logical" } });
    store = await newFolderStore();
    for (const name of ["core", "backend"]) {
      await server.psql(`CREATE DATABASE ${name}`);
      await server.psql("CREATE TABLE version AS SELECT 1 AS number", name);
    }
    ({ manifest } = await backUp({ connection: server.connection, store: store.store, databases: ["core", "backend"] }));
    for (const name of ["core", "backend"]) await server.psql("UPDATE version SET number = 2", name);
    await server.psql("CREATE ROLE restorer LOGIN CREATEDB PASSWORD 'r'; CREATE ROLE app LOGIN PASSWORD 'a'; GRANT app TO restorer");
    await server.psql("ALTER DATABASE core OWNER TO restorer; ALTER DATABASE backend OWNER TO restorer");
  });
  afterAll(async () => {
    await server?.stop();
    await store?.remove();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pgkeep-swap-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const restore = (changes: Partial<RestoreOptions> = {}) =>
    runRestore({
      store: store.store,
      connection: server.connection,
      manifest,
      yesReplace: ["core", "backend"],
      reporter: silentReporter,
      ...changes,
    });
  const versions = async () => [
    await server.psql("SELECT number FROM version", "core"),
    await server.psql("SELECT number FROM version", "backend"),
  ];
  const names = () => server.psql("SELECT datname FROM pg_database WHERE datname ~ 'core|backend' ORDER BY 1");
  const asRestorer = () => ({ ...server.connection, user: "restorer", password: "r" });

  /** Puts the replaced databases back, with the statements that the result gives. */
  const undo = async (replaced: Awaited<ReturnType<typeof restore>>["replaced"]) => {
    for (const { undo: statements } of replaced) await server.psql(statements.join("\n"));
    await server.psql("SELECT format('DROP DATABASE %I', datname) FROM pg_database WHERE datname LIKE '%_pgkeep_%' \\gexec");
    expect(await versions()).toEqual(["2", "2"]);
  };

  it("change names at one instant, while clients connect again and again", async () => {
    let done = false;
    const refusals = new Set<string>();
    const seen: string[] = [];
    const client = async (database: string) => {
      while (!done) {
        try {
          const session = await openSession({ ...server.connection, user: "app", password: "a" }, database);
          const [row] = await session
            .query<{ number: number }>("SELECT number FROM public.version, pg_sleep(0.005)")
            .finally(() => session.end());
          seen.push(`${database} ${row?.number}`);
        } catch (error) {
          refusals.add((error as Error).message.split("\n")[0] ?? "");
          await sleep(5);
        }
      }
    };
    const watch = async () => {
      const session = await openSession(server.connection, "postgres");
      const pairs = new Set<string>();
      while (!done) {
        const rows = await session.query<{ oid: number }>(
          "SELECT oid FROM pg_database WHERE datname IN ('core', 'backend') ORDER BY datname",
        );
        pairs.add(rows.map(({ oid }) => oid).join());
      }
      await session.end();
      return pairs;
    };
    await server.psql("GRANT SELECT ON version TO app", "core");
    await server.psql("GRANT SELECT ON version TO app", "backend");
    const clients = [client("core"), client("core"), client("backend"), client("backend")];
    const watching = watch();
    const result = await restore();
    await sleep(200);
    done = true;
    await Promise.all(clients);
    // Two pairs and no third: never one old and one new, never one missing.
    expect((await watching).size).toBe(2);
    expect(seen).toContain("core 2");
    expect(await versions()).toEqual(["1", "1"]);
    await undo(result.replaced);
  });

  it("end the sessions that are there, and stay as they were when one does not go", async () => {
    const session = await openSession(server.connection, "core");
    const result = await restore();
    expect((await session.lost).problems[0]?.reason).toContain("was lost");
    await session.end();
    await undo(result.replaced);

    // A superuser's session that comes after the preflight is nothing that a plain role could end.
    const { host, port, user, password } = server.connection;
    const psql = `PGPASSWORD='${password}' ${join(server.programFolder, "psql")} -h ${host} -p ${port} -U ${user} -X -c 'SELECT pg_sleep(12)' backend`;
    const log = join(folder, "log");
    const problem = await problemOf(
      restore({
        connection: asRestorer(),
        noOwner: true,
        application: { stop: `echo stop >> ${log}; (${psql} > /dev/null 2>&1 &) ; sleep 1`, start: `echo start >> ${log}` },
      }),
    );
    expect(problem.exitCode).toBe(77);
    expect(problem.message).toMatch(/received: process \d+ of postgres \(psql\) in backend/);
    expect(readFileSync(log, "utf8")).toBe("stop\nstart\n");
    expect(await versions()).toEqual(["2", "2"]);
    expect(await names()).toBe("backend\ncore");
    await server.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'psql' AND pid <> pg_backend_pid()");
  });

  it("are not replaced while something is tied to them", async () => {
    await server.psql("SELECT pg_create_logical_replication_slot('kept', 'test_decoding')", "core").catch(() => undefined);
    await server.psql("BEGIN; UPDATE version SET number = 3; PREPARE TRANSACTION 'half done'", "backend");
    const problem = await problemOf(restore());
    expect(problem.exitCode).toBe(78);
    expect(problem.message).toContain("prepared transaction half done");
    const slots = await server.psql("SELECT slot_name FROM pg_replication_slots");
    if (slots !== "") expect(problem.message).toContain("replication slot kept");
    await server.psql("ROLLBACK PREPARED 'half done'", "backend");
    await server.psql("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots");
    expect(await names()).toBe("backend\ncore");
  });

  it("are dropped when they are not to be kept, and even the maintenance database can be one of them", async () => {
    const { manifest: ofPostgres } = await backUp({ connection: server.connection, store: store.store, databases: ["postgres", "core"] });
    const result = await restore({ manifest: ofPostgres, yesReplace: ["postgres", "core"], keepReplaced: false });
    expect(result.replaced).toEqual([
      { name: "postgres", keptAs: null, undo: [], drop: null },
      { name: "core", keptAs: null, undo: [], drop: null },
    ]);
    expect(await names()).toBe("backend\ncore");
    expect(await server.psql("SELECT number FROM version", "core")).toBe("2");
  });

  describe("with an application in front", () => {
    let http: Server | undefined;
    let answers: number[];
    let log: string;
    const told = () => readFileSync(log, "utf8").trim().split("\n");

    beforeEach(async () => {
      log = join(folder, "log");
      writeFileSync(log, "");
      http = createServer((_request, response) => {
        response.statusCode = answers.length > 1 ? (answers.shift() ?? 500) : (answers[0] ?? 500);
        response.end();
      });
      await new Promise<void>((resolve) => http?.listen(0, "127.0.0.1", resolve));
    });
    afterEach(() => void http?.close());
    const hooks = () => ({
      stop: `echo stop $(${join(server.programFolder, "psql")} --version | cut -c1-4) $PGPASSWORD >> ${log}`,
      start: `echo start >> ${log}`,
      checkUrl: `http://127.0.0.1:${(http?.address() as AddressInfo | undefined)?.port}/healthz`,
      checkForMilliseconds: 5_000,
    });
    const reporter = () => ({ ...silentReporter, info: (line: string) => writeFileSync(log, `${line.split(" ")[0]}\n`, { flag: "a" }) });

    it("stop it only for the swap, and ask it until it is well", async () => {
      answers = [503, 503, 200];
      const result = await restore({ application: hooks(), reporter: reporter() });
      const order = told().filter((line) => /^(loading|reading|stop psql|renaming|start)/.test(line));
      expect(order.slice(-8)).toEqual(["loading", "reading", "loading", "reading", "stop psql", "renaming", "starting", "start"]);
      expect(result.checks.at(-1)).toMatchObject({ name: "application", verdict: "PASS" });
      await undo(result.replaced);
    });

    it("say so when it is not well, and keep the way back", async () => {
      answers = [500];
      const result = await restore({ application: hooks(), keepReplaced: false });
      expect(result.checks.at(-1)).toMatchObject({
        name: "application",
        verdict: "FAIL",
        details: [expect.stringContaining("status 500")],
      });
      expect(result.replaced.map(({ keptAs }) => keptAs)).toEqual([
        expect.stringContaining("core_replaced_"),
        expect.stringContaining("backend_replaced_"),
      ]);
      await undo(result.replaced);
    });

    it("can be swapped back although the asking was interrupted", async () => {
      answers = [500];
      const controller = new AbortController();
      const lines: string[] = [];
      const told = (line: string) => {
        lines.push(line);
        if (line.startsWith("starting")) setTimeout(() => controller.abort(new Error("interrupted")), 500);
      };
      const result = await restore({ application: hooks(), signal: controller.signal, reporter: { ...silentReporter, info: told } });
      // Told before anything is waited for: whoever kills the agent now has read it.
      expect(lines.slice(-3)).toEqual([
        expect.stringMatching(/^to put the old core back in place: BEGIN; ALTER DATABASE "core" RENAME TO .* COMMIT;$/),
        expect.stringMatching(/^to put the old backend back in place: BEGIN; ALTER DATABASE "backend" RENAME TO .* COMMIT;$/),
        expect.stringMatching(/^starting the application/),
      ]);
      expect(result.checks.at(-1)).toMatchObject({ name: "application", verdict: "COULD_NOT_VERIFY" });
      await undo(result.replaced);
    });

    it("are not touched when it cannot be stopped; it is started again", async () => {
      answers = [200];
      const problem = await problemOf(restore({ application: { ...hooks(), stop: "echo no such service; exit 3" } }));
      expect(problem.message).toMatch(/--stop.*ended with exit code 3: no such service/s);
      expect(told()).toEqual(["start"]);
      expect(await versions()).toEqual(["2", "2"]);
      expect(await names()).toBe("backend\ncore");
    });

    it("are restored all the same when it does not start, which is an error", async () => {
      answers = [200];
      const problem = await problemOf(restore({ application: { ...hooks(), start: "exit 4" } }));
      expect(problem.message).toMatch(/--start.*ended with exit code 4/s);
      expect(problem.message).toMatch(/have taken their names.*ALTER DATABASE "core" RENAME TO "core_pgkeep_/s);
      expect(await versions()).toEqual(["1", "1"]);
    });
  });
});
