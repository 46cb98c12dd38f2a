import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { type Manifest, type PhysicalDrillResult, storeLayout, Verdict } from "@pgkeep/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runPhysicalDrill } from "../../packages/agent/src/drill/physical/physicalDrill.js";
import { silentReporter } from "../../packages/agent/src/reporter.js";
import { backUp, newFolderStore, type TestStore, testConfig } from "../support/backupRun.js";
import { type CopiedServerOptions, startOnCopy } from "../support/copiedServer.js";
import { missingPostgres, startPostgres, startStandby, type TestServer, testedMajors } from "../support/postgresServer.js";

const OBJECTS = `
  CREATE TABLE orders (id bigserial PRIMARY KEY, note text);
  INSERT INTO orders (note) SELECT 'note ' || n FROM generate_series(1, 2000) n;
  SELECT lo_from_bytea(0, 'a large object');
  VACUUM ANALYZE; CHECKPOINT;`;

describe.each(testedMajors)("a physical drill of PostgreSQL %i against a recovery point", (major) => {
  describe.skipIf(missingPostgres(major) !== undefined)("on this machine", () => {
    let source: TestServer;
    let target: TestStore;

    beforeEach(async () => {
      source = await startPostgres({ major, settings: { autovacuum: "off" } });
      target = await newFolderStore();
      await source.psql("CREATE DATABASE shop");
      await source.psql(OBJECTS, "shop");
    });
    afterEach(async () => {
      await source?.stop();
      await target?.remove();
    });

    const backup = async (): Promise<Manifest> =>
      (await backUp({ connection: source.connection, store: target.store, databases: ["shop"] })).manifest;

    async function drillOf(server: TestServer, against: Manifest): Promise<PhysicalDrillResult> {
      return await runPhysicalDrill({
        config: testConfig(["shop"]),
        store: target.store,
        layout: storeLayout("test"),
        connection: server.connection,
        patienceMilliseconds: 5000,
        reporter: silentReporter,
        against,
      });
    }

    async function drillOfCopy(against: Manifest, copying: CopiedServerOptions = {}): Promise<PhysicalDrillResult> {
      const server = await startOnCopy(source, copying);
      return await drillOf(server, against).finally(() => server.stop());
    }

    const equality = ({ checks }: PhysicalDrillResult, { id }: Manifest) =>
      checks.find(({ name }) => name === `rows of shop equal to recovery point ${id}`);

    it("compares a copy to which nothing was committed since, and finds it equal", async () => {
      const manifest = await backup();
      await source.shutDown();
      const result = await drillOfCopy(manifest);
      expect(equality(result, manifest)).toEqual({
        name: expect.any(String),
        verdict: Verdict.Pass,
        details: ["1 table, 1 sequence, 1 large object"],
      });
      expect(result).toMatchObject({ verdict: Verdict.Pass, against: manifest.id });
      expect(result.neverProven.some((line) => line.includes("nothing was compared"))).toBe(false);
    });

    it("finds a copy after a crash equal, whose sequences are ahead as far as they were logged", async () => {
      await source.psql("SELECT nextval('orders_id_seq')", "shop");
      const manifest = await backup();
      // Commits nothing, and the log is on the disk; the sequence's own page is not.
      await source.psql("SELECT pg_switch_wal()");
      await source.kill();
      const result = await drillOfCopy(manifest);
      expect(equality(result, manifest)).toMatchObject({
        verdict: Verdict.Pass,
        details: ["1 table, 1 sequence, 1 of them ahead as after a crash, 1 large object"],
      });
    });

    it("compares what a transaction that was rolled back left behind, and nothing that was committed", async () => {
      const manifest = await backup();
      await source.psql("BEGIN; INSERT INTO orders (note) VALUES ('gone'); ROLLBACK;", "shop");
      await source.shutDown();
      // Its nextval stays, one further than the recovery point has it.
      expect(equality(await drillOfCopy(manifest), manifest)).toMatchObject({ verdict: Verdict.Pass });
    });

    it("says of a copy in which anything was committed since that it is of another moment, be it equal or not", async () => {
      const manifest = await backup();
      await source.psql("CREATE TABLE later ()", "postgres");
      await source.shutDown();
      const result = await drillOfCopy(manifest);
      expect(equality(result, manifest)).toMatchObject({
        verdict: Verdict.CouldNotVerify,
        details: [expect.stringMatching(/^the copy is of another moment: transaction \d+ is committed in it/)],
      });
      expect(result.verdict).toBe(Verdict.CouldNotVerify);
    });

    it("says of a copy that was made before that it is older", async () => {
      await source.shutDown();
      const copy = await startOnCopy(source);
      try {
        await source.start();
        await source.psql("INSERT INTO orders (note) SELECT repeat('later', 100) FROM generate_series(1, 5000)", "shop");
        const manifest = await backup();
        expect(equality(await drillOf(copy, manifest), manifest)).toMatchObject({
          verdict: Verdict.CouldNotVerify,
          details: [expect.stringMatching(/^the copy is older: its log ends at/)],
        });
      } finally {
        await copy.stop();
      }
    });

    it("says of a copy of another cluster that it is of another", async () => {
      const manifest = await backup();
      const other = await startPostgres({ major });
      try {
        await other.psql("CREATE DATABASE shop");
        expect(equality(await drillOf(other, manifest), manifest)).toMatchObject({
          verdict: Verdict.CouldNotVerify,
          details: [expect.stringMatching(/^the copy is of another cluster: system identifier/)],
        });
      } finally {
        await other.stop();
      }
    });

    it("fails a copy of the same moment whose rows differ, though nothing else is wrong with it", async () => {
      const manifest = await backup();
      const path = (await source.psql("SELECT pg_relation_filepath('orders')", "shop")).trim();
      await source.shutDown();
      // The last byte of the first row, which reads "note 1": a value like any other.
      const result = await drillOfCopy(manifest, { damage: (folder) => overwriteLastValue(join(folder, path)) });
      expect(result.verdict).toBe(Verdict.Fail);
      if (major < 18) {
        expect(equality(result, manifest)).toMatchObject({
          verdict: Verdict.Fail,
          details: ["table public.orders: contents differ although both have 2000 rows"],
        });
      } else {
        expect(equality(result, manifest)?.verdict).toBe(Verdict.CouldNotVerify);
      }
    });

    it("compares a standby that stands still at the moment of the recovery point", async () => {
      const standby = await startStandby(source, { settings: { autovacuum: "off" } });
      try {
        const manifest = await backup();
        await caughtUp(source, standby);
        const result = await drillOf(standby, manifest);
        expect(equality(result, manifest)).toMatchObject({ verdict: Verdict.Pass });
        expect(result.copy.inRecovery).toBe(true);
        // amcheck is not in the database, and a standby cannot be given it.
        expect(result.verdict).toBe(Verdict.CouldNotVerify);
      } finally {
        await standby.stop();
      }
    });
  });
});

async function caughtUp(source: TestServer, standby: TestServer): Promise<void> {
  const lsn = (await source.psql("CHECKPOINT; SELECT pg_current_wal_flush_lsn()")).trim();
  for (let tries = 0; tries < 200; tries += 1) {
    if ((await standby.psql(`SELECT pg_last_wal_replay_lsn() >= '${lsn}'`)).trim() === "t") return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("the standby did not catch up");
}

/** The first row that was inserted ends where the page ends. */
function overwriteLastValue(path: string): void {
  const file = openSync(path, "r+");
  try {
    // id 8 bytes, a header of one byte, "note 1", 24 bytes of tuple header, padded to 40: the text ends 1 byte before the page does.
    writeSync(file, "9", 8192 - 2);
  } finally {
    closeSync(file);
  }
}
