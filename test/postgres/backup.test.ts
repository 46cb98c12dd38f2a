import { storeLayout } from "@pgkeep/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readHistory } from "../../packages/agent/src/manifest/history.js";
import { readManifest } from "../../packages/agent/src/manifest/readManifest.js";
import { backUp, newFolderStore, type TestStore } from "../support/backupRun.js";
import { createEveryObject } from "../support/fixtures/everyObject.js";
import { startPostgres, type TestServer, testedMajors } from "../support/postgresServer.js";

describe.each(testedMajors)("a backup of PostgreSQL %i", (major) => {
  let server: TestServer;
  let target: TestStore;

  beforeAll(async () => {
    server = await startPostgres({ major });
    target = await newFolderStore();
    await createEveryObject(server, "every");
    await server.psql('CREATE DATABASE "second one"');
    await server.psql("CREATE TABLE numbers AS SELECT generate_series(1, 100000) n", "second one");
  });
  afterAll(async () => {
    await server?.stop();
    await target?.remove();
  });

  it("is one recovery point of both databases at one instant", async () => {
    const { manifest } = await backUp({ connection: server.connection, store: target.store, databases: ["every", "second one"] });
    expect(manifest.databases.map(({ snapshot }) => snapshot)).toEqual([manifest.snapshot.text, manifest.snapshot.text]);
    expect(manifest.databases[1]?.tables).toMatchObject([{ schema: "public", name: "numbers", columns: ["n"], digest: { rows: 100_000 } }]);
    const layout = storeLayout("test");
    expect(await readManifest(target.store, layout, manifest.id, [])).toEqual(manifest);
    expect(await readHistory(target.store, layout)).toMatchObject({
      recoveryPoints: [{ id: manifest.id, state: "checked" }],
      leftovers: [],
    });
  });
});
