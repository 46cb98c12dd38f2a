import { AnomalyKind, agentConfigSchema, type Manifest, storeLayout } from "@pgkeep/core";
import { beforeEach, expect, it } from "vitest";
import { database, manifest } from "../../../core/src/manifest.fixture.js";
import { temporaryFolder } from "../configuration/temporaryFolder.fixture.js";
import { commitManifest } from "../manifest/commitManifest.js";
import { sealManifest } from "../manifest/seal.js";
import { acceptRecoveryPoint } from "../records/acceptance.js";
import { markSuspicious } from "../records/suspicion.js";
import { silentReporter } from "../reporter.js";
import { openStore } from "../store/openStore.js";
import type { Store } from "../store/Store.js";
import { anomalyVerdictOf, passAnomalyGate } from "./anomalyGate.js";

const layout = storeLayout("c");
const config = agentConfigSchema.parse({ version: 1, cluster: "c", databases: ["app"], store: { url: "file:///unused" } });
const idOf = (day: number) => `202611${String(day).padStart(2, "0")}T020000Z-aaaaaaaa`;
let warnings: string[];
const reporter = { ...silentReporter, warning: (text: string) => warnings.push(text) };
let store: Store;

beforeEach(async () => {
  warnings = [];
  store = await openStore({ url: `file://${await temporaryFolder()}`, forcePathStyle: false, checksums: "when_supported" }, {});
});

/** A recovery point of one table. */
function pointOf(day: number, rows: number): Manifest {
  const table = { schema: "public", name: "job", columns: ["id"], digest: { rows, bytes: rows * 10, hash: "0".repeat(32) } };
  const { checksum: _checksum, signature: _signature, ...draft } = manifest;
  return sealManifest({ ...draft, id: idOf(day), databases: [{ ...database, tables: [table] }] });
}

/** What a backup does at its end. */
async function commit(day: number, rows: number) {
  const point = pointOf(day, rows);
  const verdict = await passAnomalyGate(store, layout, config, point, reporter);
  await commitManifest(store, layout, point);
  return verdict;
}

it("compares with the last good one: the first has none, a suspicious one is passed over until it is accepted", async () => {
  expect(await commit(1, 5000)).toEqual({ base: null, findings: [] });
  expect(await commit(2, 5100)).toEqual({ base: idOf(1), findings: [] });
  const emptied = await commit(3, 0);
  expect(emptied).toMatchObject({
    base: idOf(2),
    findings: expect.arrayContaining([expect.objectContaining({ kind: AnomalyKind.EmptiedTable })]),
  });
  // The table is still empty, and still not as it was in the last good one.
  expect((await commit(4, 0)).base).toBe(idOf(2));
  expect(await anomalyVerdictOf(store, layout, idOf(4))).toMatchObject({ base: idOf(2), findings: [{}, {}] });
  await acceptRecoveryPoint(store, layout, { id: idOf(4), reason: "a new season", by: "ann" });
  expect((await anomalyVerdictOf(store, layout, idOf(4))).findings).toEqual([]);
  expect(await commit(5, 0)).toEqual({ base: idOf(4), findings: [] });
  expect(warnings).toEqual([]);
});

it("marks before the manifest is there, and goes by the mark of an earlier attempt of the same run", async () => {
  await commit(1, 5000);
  await passAnomalyGate(store, layout, config, pointOf(2, 0), reporter);
  expect(await store.readDocument(layout.suspicion(idOf(2)))).toContain("emptied-table");
  expect(await store.readDocument(layout.manifest(idOf(2)))).toBeUndefined();
  // The second attempt finds the table full again; whoever lists sees the mark of the first all the same.
  expect((await commit(2, 5000)).findings.length).toBeGreaterThan(0);
});

it("says which manifest it cannot compare with, and compares with the one before", async () => {
  await commit(1, 5000);
  await store.putDocument(layout.manifest(idOf(2)), "{ damaged");
  await store.putDocument(layout.manifest(idOf(3)), JSON.stringify({ formatVersion: 99, agent: { version: "9.0.0" } }));
  expect(await commit(4, 0)).toMatchObject({ base: idOf(1) });
  expect(warnings).toEqual([
    expect.stringMatching(/20261103T020000Z-aaaaaaaa cannot be compared with: .*newer pgkeep/),
    expect.stringMatching(/20261102T020000Z-aaaaaaaa cannot be compared with: .*not JSON/),
  ]);
});

it("says that it compared with none where none can be read", async () => {
  for (const day of [1, 2]) await store.putDocument(layout.manifest(idOf(day)), "{ damaged");
  expect(await commit(3, 5000)).toEqual({ base: null, findings: [] });
  expect(warnings.at(-1)).toContain("compared with none");
});

it("passes over a recovery point that is being removed, and one that is suspicious", async () => {
  await commit(1, 5000);
  await commit(2, 10);
  await markSuspicious(store, layout, idOf(2), idOf(1), []);
  await store.putDocument(layout.removalBegan(idOf(1), new Date()), "{}");
  expect(await commit(3, 10)).toEqual({ base: null, findings: [] });
});
