import { type Manifest, storeLayout, Verdict } from "@pgkeep/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runDrill } from "../../packages/agent/src/drill/drill.js";
import { readHistory } from "../../packages/agent/src/manifest/history.js";
import { silentReporter } from "../../packages/agent/src/reporter.js";
import { backUp, newFolderStore, type TestStore, testConfig } from "../support/backupRun.js";
import { createEveryObject } from "../support/fixtures/everyObject.js";
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

  it("passes with every kind of object, and proves the recovery point", async () => {
    const result = await runDrill({
      config: testConfig(["every"]),
      store: target.store,
      manifest,
      identities: [],
      reporter: silentReporter,
    });
    expect(result.checks.filter(({ verdict }) => verdict !== Verdict.Pass)).toEqual([]);
    expect(result.verdict).toBe(Verdict.Pass);
    const { recoveryPoints } = await readHistory(target.store, storeLayout("test"));
    expect(recoveryPoints).toMatchObject([{ id: manifest.id, state: "proven", drills: [{ verdict: Verdict.Pass }] }]);
  });
});
