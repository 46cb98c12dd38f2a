import { type DrillResult, type Manifest, storeLayout, Verdict } from "@pgkeep/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareScratch } from "../../packages/agent/src/drill/compareScratch.js";
import { type DrillOptions, runDrill } from "../../packages/agent/src/drill/drill.js";
import { readHistory } from "../../packages/agent/src/manifest/history.js";
import { openSession } from "../../packages/agent/src/postgresql/session.js";
import { silentReporter } from "../../packages/agent/src/reporter.js";
import { backUp, newFolderStore, type TestStore, testConfig } from "../support/backupRun.js";
import { createEveryObject } from "../support/fixtures/everyObject.js";
import { mutationsFor } from "../support/fixtures/mutations.js";
import { startPostgres, type TestServer, testedMajors } from "../support/postgresServer.js";

describe.each(testedMajors)("a drill of a recovery point of PostgreSQL %i", (major) => {
  let server: TestServer;
  let target: TestStore;
  let manifest: Manifest;

  beforeAll(async () => {
    server = await startPostgres({ major });
    target = await newFolderStore();
    await createEveryObject(server, "every");
    ({ manifest } = await backUp({ connection: server.connection, store: target.store, databases: ["every"] }));
  });
  afterAll(async () => {
    await server?.stop();
    await target?.remove();
  });

  const drill = (changes: Partial<DrillOptions> = {}): Promise<DrillResult> =>
    runDrill({ config: testConfig(["every"]), store: target.store, manifest, identities: [], reporter: silentReporter, ...changes });

  const mutations = () => {
    const extensions = manifest.databases[0]?.extensions.map(({ name }) => name) ?? [];
    return mutationsFor(major, extensions);
  };

  it("passes with every kind of object, proves the recovery point and lists what the server respelled", async () => {
    const result = await drill();
    expect(result.checks.filter(({ verdict }) => verdict !== Verdict.Pass)).toEqual([]);
    expect(result.verdict).toBe(Verdict.Pass);
    expect(result.respelled.map(({ object }) => object)).toContain("DOMAIN app.currency");
    const { recoveryPoints } = await readHistory(target.store, storeLayout("test"));
    expect(recoveryPoints).toMatchObject([{ id: manifest.id, state: "proven", drills: [{ verdict: Verdict.Pass }] }]);
  });

  it("fails and names every object that was changed after the restore", async () => {
    const result = await drill({
      async beforeComparison(scratch, [restored]) {
        const session = await openSession(scratch.connection, restored?.database ?? "");
        for (const { kind, sql } of mutations()) {
          await session.queryLast(sql).catch((error: Error) => {
            throw new Error(`${kind}: ${error.message}`);
          });
        }
        await session.end();
      },
    });
    const details = result.checks.flatMap(({ verdict, details }) => (verdict === Verdict.Fail ? details : []));
    expect(result.verdict).toBe(Verdict.Fail);
    expect(
      mutations()
        .filter(({ names }) => !details.some((line) => names.test(line)))
        .map(({ kind }) => kind),
    ).toEqual([]);
  });

  // One change at a time takes seconds each: a sample of every theme. A subscription does not come along with a copy of its database.
  const sample = () =>
    mutations().filter(({ scope, kind }, index) => scope !== "cluster" && !/subscription/.test(kind) && index % 9 === major % 9);

  it("fails for each of a sample of those changes alone", async () => {
    const unnoticed: string[] = [];
    await drill({
      async beforeComparison(scratch, restored) {
        const [copy] = restored;
        if (!copy) throw new Error("nothing was restored");
        for (const { kind, sql, names, scope } of sample()) {
          const admin = await openSession(scratch.connection, "postgres");
          await admin.query("DROP DATABASE IF EXISTS mutated WITH (FORCE)");
          await admin.query(`CREATE DATABASE mutated TEMPLATE "${copy.database}"`);
          await admin.end();
          const session = await openSession(scratch.connection, "mutated");
          await session.queryLast(sql);
          await session.end();
          const { checks } = await compareScratch(manifest, [{ ...copy, database: "mutated" }], scratch, silentReporter);
          const details = checks.flatMap(({ verdict, details }) => (verdict === Verdict.Fail ? details : []));
          if (!details.some((line) => names.test(line))) unnoticed.push(`${kind} (${scope}): ${details.slice(0, 3).join("; ")}`);
        }
      },
    });
    expect(unnoticed).toEqual([]);
  }, 900_000);
});

describe("a recovery point of PostgreSQL 15 on PostgreSQL 18", () => {
  let server: TestServer;
  let newer: TestServer;
  let target: TestStore;
  beforeAll(async () => {
    [server, newer] = await Promise.all([startPostgres({ major: 15 }), startPostgres({ major: 18 })]);
    target = await newFolderStore();
    await createEveryObject(server, "every", { portable: true });
  });
  afterAll(async () => {
    await Promise.all([server?.stop(), newer?.stop(), target?.remove()]);
  });

  it("comes back with equal rows, sequences, owners and privileges; what the newer server spells differently is listed", async () => {
    const { manifest } = await backUp({ connection: server.connection, store: target.store, databases: ["every"] });
    const config = testConfig(["every"], { drill: { programs: newer.programFolder } });
    const result = await runDrill({ config, store: target.store, manifest, identities: [], reporter: silentReporter });
    expect(result.scratch.serverVersion).toMatch(/^18/);
    expect(result.checks.filter(({ verdict }) => verdict !== Verdict.Pass)).toEqual([]);
    expect(result.respelled.map(({ object }) => object)).toContain("VIEW app.active_customer");
  });
});
