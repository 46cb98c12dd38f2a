import { AnomalyKind, ExitCode, type Suspicion, storeLayout } from "@pgkeep/core";
import { beforeEach, expect, it } from "vitest";
import { temporaryFolder } from "../configuration/temporaryFolder.fixture.js";
import { readRecoveryPoints } from "../manifest/history.js";
import { openStore } from "../store/openStore.js";
import type { Store } from "../store/Store.js";
import { acceptRecoveryPoint, readAcceptance } from "./acceptance.js";
import { markSuspicious, readSuspicion } from "./suspicion.js";

const layout = storeLayout("shop");
const [base, id] = ["20261120T020000Z-aaaaaaaa", "20261121T020000Z-bbbbbbbb"];
const words = { reason: "archived on purpose", by: "ann@office" };
const finding = (reason: string): Suspicion => ({
  kind: AnomalyKind.EmptiedTable,
  database: "shop",
  table: { schema: "public", name: "job" },
  before: 1000,
  now: 0,
  reason,
});
let store: Store;

beforeEach(async () => {
  store = await openStore({ url: `file://${await temporaryFolder()}`, forcePathStyle: false, checksums: "when_supported" }, {});
  for (const point of [base, id]) await store.putDocument(layout.manifest(point), "{}");
});

it("makes a suspicious recovery point good, once and for ever", async () => {
  await markSuspicious(store, layout, id, base, [finding("table job is empty")]);
  expect((await readRecoveryPoints(store, layout)).map(({ state, good, accepted }) => [state, good, accepted])).toEqual([
    ["checked", true, false],
    ["suspicious", false, false],
  ]);
  const accepted = await acceptRecoveryPoint(store, layout, { id, ...words });
  expect(accepted).toMatchObject({ base, findings: [{ reason: "table job is empty" }] });
  expect((await readRecoveryPoints(store, layout)).at(-1)).toMatchObject({ state: "checked", good: true, accepted: true });
  expect(await readAcceptance(store, layout, id)).toMatchObject(words);
  const again = acceptRecoveryPoint(store, layout, { id, reason: "once more", by: "bob@home" });
  await expect(again).rejects.toMatchObject({ exitCode: ExitCode.Usage, message: expect.stringContaining("by ann@office") });
});

it("is refused for what is not suspicious, and for what is not there", async () => {
  await expect(acceptRecoveryPoint(store, layout, { id, ...words })).rejects.toMatchObject({
    exitCode: ExitCode.Usage,
    message: expect.stringContaining("not suspicious"),
  });
  const none = acceptRecoveryPoint(store, layout, { id: "20261122T020000Z-cccccccc", ...words });
  await expect(none).rejects.toMatchObject({ exitCode: ExitCode.NoSuchRecoveryPoint });
  expect(await readAcceptance(store, layout, id)).toBeUndefined();
});

it("keeps the first finding of a run, and refuses a record that it does not know", async () => {
  await markSuspicious(store, layout, id, base, [finding("first")]);
  await markSuspicious(store, layout, id, base, [finding("second")]);
  expect((await readSuspicion(store, layout, id))?.findings.map(({ reason }) => reason)).toEqual(["first"]);
  await store.putDocument(layout.suspicion(base), "{}");
  await expect(readSuspicion(store, layout, base)).rejects.toMatchObject({ exitCode: ExitCode.DataWrong });
});

it("is refused by a store that overwrites", async () => {
  await markSuspicious(store, layout, id, base, [finding("table job is empty")]);
  const overwriting = new Proxy(store, {
    get(real, name) {
      const method = real[name as keyof Store];
      if (typeof method !== "function") return method;
      if (name !== "putDocument") return method.bind(real);
      return async (key: string, text: string) => {
        await real.remove(key);
        await real.putDocument(key, text);
      };
    },
  });
  await expect(acceptRecoveryPoint(overwriting, layout, { id, ...words })).rejects.toMatchObject({
    exitCode: ExitCode.Configuration,
    message: expect.stringContaining("this store overwrites"),
  });
});
