import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ExitCode, type Manifest, ProblemError, storeLayout, Verdict } from "@pgkeep/core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { runDrill } from "../../packages/agent/src/drill/drill.js";
import { lackOfRoom } from "../../packages/agent/src/drill/lackOfRoom.js";
import { readHistory } from "../../packages/agent/src/manifest/history.js";
import { openSession } from "../../packages/agent/src/postgresql/session.js";
import { silentReporter } from "../../packages/agent/src/reporter.js";
import { backUp, newFolderStore, type TestStore, testConfig } from "../support/backupRun.js";
import { createEveryObject } from "../support/fixtures/everyObject.js";
import { createLargeDatabase } from "../support/largeDatabase.js";
import { missingPostgres, startPostgres, type TestServer } from "../support/postgresServer.js";

const MB = 1_000_000;

describe.skipIf(missingPostgres(15) !== undefined)("the scratch server of a drill", () => {
  let source: TestServer;
  let target: TestStore;
  let manifest: Manifest;

  beforeAll(async () => {
    source = await startPostgres();
    target = await newFolderStore();
    await createEveryObject(source, "every");
    ({ manifest } = await backUp({ connection: source.connection, store: target.store, databases: ["every"] }));
  });
  afterAll(async () => {
    await source?.stop();
    await target?.remove();
  });

  const drillOn = (server: TestServer, drill: object, recoveryPoint = manifest) =>
    runDrill({
      config: testConfig(["every"], { drill: { connection: { host: server.connection.host }, ...drill } }),
      store: target.store,
      manifest: recoveryPoint,
      identities: [],
      scratchConnection: server.connection,
      reporter: silentReporter,
    });

  describe("that is given", () => {
    let scratch: TestServer;
    beforeEach(async () => {
      scratch = await startPostgres();
    });
    afterEach(async () => {
      await scratch?.stop();
    });
    const roles = () => scratch.psql("SELECT rolname FROM pg_roles WHERE oid = 10 OR oid >= 16384 ORDER BY 1");

    it("proves everything where it exists for this drill alone", async () => {
      const result = await drillOn(scratch, { disposable: true, major: 15 });
      expect(result.checks.filter(({ verdict }) => verdict !== Verdict.Pass)).toEqual([]);
      expect(result).toMatchObject({ verdict: Verdict.Pass, scratch: { kind: "own", isolated: false } });
    });

    it("proves everything under the name that the source's first superuser has", async () => {
      const origin = await startPostgres();
      try {
        await origin.psql("CREATE DATABASE shop");
        await origin.psql("CREATE TABLE item (id int PRIMARY KEY); INSERT INTO item VALUES (1)", "shop");
        await origin.psql("CREATE ROLE renamer SUPERUSER LOGIN PASSWORD 'p'");
        const asRenamer = await openSession({ ...origin.connection, user: "renamer", password: "p" }, "postgres");
        await asRenamer.query('ALTER ROLE postgres RENAME TO "service admin"').finally(() => asRenamer.end());
        const connection = { ...origin.connection, user: "service admin" };
        const { manifest: renamed } = await backUp({ connection, store: target.store, databases: ["shop"] });
        expect(renamed.globals.bootstrapSuperuser).toBe("service admin");
        const result = await drillOn(scratch, { disposable: true }, renamed);
        expect(result.checks.filter(({ verdict }) => verdict !== Verdict.Pass)).toEqual([]);
        const afterwards = await openSession({ ...scratch.connection, user: "service admin" }, "postgres");
        const left = "SELECT rolname::text AS name FROM pg_roles WHERE oid = 10 OR rolname LIKE 'pgkeep_drill%'";
        expect(await afterwards.query(left).finally(() => afterwards.end())).toEqual([{ name: "service admin" }]);
      } finally {
        await origin.stop();
      }
    });

    it("is refused where anything is on it, and left as it was", async () => {
      await scratch.psql("CREATE ROLE somebody");
      await scratch.psql("CREATE DATABASE theirs");
      const before = await roles();
      await expect(drillOn(scratch, { disposable: true })).rejects.toMatchObject({
        exitCode: ExitCode.Configuration,
        problems: [{ where: "drill.disposable", received: "database theirs, role somebody" }],
      });
      expect(await roles()).toBe(before);
    });

    it("says nothing of the roles where it is shared", async () => {
      const result = await drillOn(scratch, {});
      expect(result.verdict).toBe(Verdict.CouldNotVerify);
    });
  });

  it.each([
    ["a source of another major version", { major: 16 }, "a recovery point of PostgreSQL 15"],
    ["a scratch server of another one", { major: 15, programs: undefined }, "PostgreSQL 18"],
  ])("could not verify with %s than was said", async (_, drill, received) => {
    const newer = await startPostgres({ major: 18 });
    try {
      const programs = "programs" in drill ? { programs: newer.programFolder } : {};
      const config = testConfig(["every"], { drill: { ...drill, ...programs } });
      const options = { config, store: target.store, manifest, identities: [], reporter: silentReporter };
      await expect(runDrill(options)).rejects.toMatchObject({
        exitCode: ExitCode.CouldNotVerify,
        problems: [{ where: "drill.major", received: expect.stringContaining(received) }],
      });
      const scratchConnection = newer.connection;
      await expect(runDrill({ ...options, scratchConnection })).rejects.toMatchObject({ exitCode: ExitCode.CouldNotVerify });
    } finally {
      await newer.stop();
    }
  });

  // Only root may mount a file system that has so much room and no more.
  describe.skipIf(process.getuid?.() !== 0 || process.platform !== "linux")("without room", () => {
    const folder = mkdtempSync(join(tmpdir(), "pgkeep-room-"));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    it("takes a server that is gone for one that could not write its log, and nothing else", async () => {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=20m", "tmpfs", folder]);
      try {
        const error = (code: ExitCode) => new ProblemError(code, { where: "session", reason: "it was lost" });
        expect(await lackOfRoom(error(ExitCode.Unavailable), folder)).toMatchObject({ verdict: Verdict.CouldNotVerify });
        expect(await lackOfRoom(error(ExitCode.Unavailable), tmpdir()), "where there is room").toBeUndefined();
        expect(await lackOfRoom(error(ExitCode.Unavailable), undefined), "where nobody sees its folder").toBeUndefined();
        for (const code of [ExitCode.DataWrong, ExitCode.Permission]) expect(await lackOfRoom(error(code), folder)).toBeUndefined();
        expect(await lackOfRoom(error(ExitCode.NoSpace), undefined)).toMatchObject({ verdict: Verdict.CouldNotVerify });
      } finally {
        execFileSync("umount", [folder]);
      }
    });

    it.each([80, 110])("of which there are %i MB, could not verify a database of 150 MB, and says why", async (size) => {
      await createLargeDatabase(source, `large${size}`, 150 * MB);
      const { manifest: large } = await backUp({ connection: source.connection, store: target.store, databases: [`large${size}`] });
      await source.psql(`DROP DATABASE large${size}`);
      execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}m,mode=1777`, "tmpfs", folder]);
      try {
        const config = testConfig([`large${size}`], { drill: { workFolder: folder } });
        const result = await runDrill({ config, store: target.store, manifest: large, identities: [], reporter: silentReporter });
        expect(result.verdict, JSON.stringify(result.checks)).toBe(Verdict.CouldNotVerify);
        expect(result.checks.at(-1)).toMatchObject({ name: "room for the restore", verdict: Verdict.CouldNotVerify });
        const { recoveryPoints } = await readHistory(target.store, storeLayout("test"));
        expect(recoveryPoints.find(({ id }) => id === large.id)).toMatchObject({ drills: [{ verdict: Verdict.CouldNotVerify }] });
      } finally {
        execFileSync("umount", [folder]);
      }
    });
  });
});
