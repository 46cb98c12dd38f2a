import type { Manifest } from "@pgkeep/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { archivedPairs } from "../support/archivedPairs.js";
import { backUp, newFolderStore, type TestStore } from "../support/backupRun.js";
import { type PairWriters, pairSchema, pairViolations, startPairWriters } from "../support/pairWriters.js";
import { startPostgres, type TestServer, testedMajors } from "../support/postgresServer.js";

/** Tables that every committed state shows with this many rows, whatever is done to them. */
const CONSTANT_TABLES = ["truncated", "rewritten", "swapped"];
const CONSTANT_ROWS = 1000;
const POINTS = 50;

describe.each(testedMajors)("recovery points of two databases under load on PostgreSQL %i", (major) => {
  const databases = ["core", "backend"];
  let server: TestServer;
  let target: TestStore;
  let writers: PairWriters;

  beforeAll(async () => {
    server = await startPostgres({ major, settings: { max_connections: 80, shared_buffers: "128MB" } });
    target = await newFolderStore();
    for (const database of databases) {
      await server.psql(`CREATE DATABASE ${database}`);
      await server.psql(pairSchema, database);
    }
    writers = await startPairWriters(server.connection, { databases, churn: true });
  });
  afterAll(async () => {
    await writers?.stop().catch(() => undefined);
    await server?.stop();
    await target?.remove();
  });

  it(`are each of one instant, ${POINTS} times, beside TRUNCATE, rewrites and new tables`, async () => {
    const wrong: string[] = [];
    const began = performance.now();
    const before = await writers.count();
    for (let point = 1; point <= POINTS; point += 1) {
      const { manifest } = await backUp({ connection: server.connection, store: target.store, databases });
      wrong.push(...(await violations(manifest, target, server)).map((violation) => `recovery point ${point}: ${violation}`));
      // Fresh tables keep every dump short, so that the load and not the size of the table is what is tested.
      if (point % 10 === 0) await restartWriters();
    }
    const after = await writers.count();
    const rate = (totalCommits + after.commits - before.commits) / ((performance.now() - began) / 1000);
    expect(wrong).toEqual([]);
    expect(totalChurn + after.churned).toBeGreaterThan(POINTS);
    // The load that the promise is made for, as an average over the campaign, dumps and all.
    console.info(
      `PostgreSQL ${major}: ${POINTS} recovery points at ${Math.round(rate)} commits/s, ${totalChurn + after.churned} statements of churn`,
    );
  }, 900_000);

  let totalCommits = 0;
  let totalChurn = 0;
  async function restartWriters(): Promise<void> {
    const { commits, churned } = await writers.stop();
    totalCommits += commits;
    totalChurn += churned;
    for (const database of databases) await server.psql("TRUNCATE pair", database);
    writers = await startPairWriters(server.connection, { databases, churn: true });
  }
});

/** All that is wrong with a recovery point: databases that are not of one instant, tables that came out with rows they never had. */
async function violations(manifest: Manifest, { store }: TestStore, server: TestServer): Promise<string[]> {
  const states = new Map(
    await Promise.all(
      manifest.databases.map(async (record) => [record.name, await archivedPairs(store, record, server.programFolder)] as const),
    ),
  );
  const constant = manifest.databases.flatMap(({ name, tables }) =>
    CONSTANT_TABLES.flatMap((table) => {
      const rows = tables.find((candidate) => candidate.name === table)?.digest.rows;
      return rows === CONSTANT_ROWS ? [] : [`${name}.${table} has ${rows} rows`];
    }),
  );
  return [...pairViolations(states), ...constant];
}
