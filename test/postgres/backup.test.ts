import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, storeLayout } from "@pgkeep/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readHistory } from "../../packages/agent/src/manifest/history.js";
import { readManifest } from "../../packages/agent/src/manifest/readManifest.js";
import { openSession } from "../../packages/agent/src/postgresql/session.js";
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

  it("lets through who waits for a table without a bound, and holds another instant", async () => {
    await server.psql("CREATE TABLE queue AS SELECT generate_series(1, 1000) n", "second one");
    const truncater = await openSession(server.connection, "second one");
    let stopping = false;
    let truncated = 0;
    const truncating = (async () => {
      while (!stopping) {
        await truncater.queryLast("BEGIN; TRUNCATE public.queue; INSERT INTO public.queue SELECT generate_series(1, 1000); COMMIT");
        truncated += 1;
        await sleep(Math.random() * 2000);
      }
    })();
    try {
      for (let run = 0; run < 3; run += 1) {
        const { manifest } = await backUp({ connection: server.connection, store: target.store, databases: ["every", "second one"] });
        const queue = manifest.databases[1]?.tables.find(({ name }) => name === "queue");
        expect(queue?.digest.rows).toBe(1000);
      }
    } finally {
      stopping = true;
      await truncating;
      await truncater.end();
    }
    expect(truncated).toBeGreaterThan(0);
  });

  it("by a role that may read all data, but no superuser, is the same backup", async () => {
    await server.psql("CREATE TABLE plain AS SELECT generate_series(1, 500) n", "second one");
    await server.psql("CREATE ROLE dumper LOGIN PASSWORD 'dumper' BYPASSRLS IN ROLE pg_read_all_data");
    const connection = { ...server.connection, user: "dumper", password: "dumper" };
    const as = (who: Connection) => backUp({ connection: who, store: target.store, databases: ["second one"] });
    const [{ manifest: theirs }, { manifest: ours }] = [await as(connection), await as(server.connection)];
    expect(theirs.databases[0]?.tables).toEqual(ours.databases[0]?.tables);
    expect(theirs.globals.roles.map(({ hasPassword: _, ...role }) => role)).toEqual(
      ours.globals.roles.map(({ hasPassword: _, ...role }) => role),
    );
  });
});
