import { ExitCode, storeLayout } from "@pgkeep/core";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { temporaryFolder } from "../configuration/temporaryFolder.fixture.js";
import { openStore } from "../store/openStore.js";
import type { Store } from "../store/Store.js";
import { readPins, writePin, writeUnpin } from "./pins.js";
import { whoAmI } from "./whoAmI.js";

const layout = storeLayout("shop");
const [id, other] = ["20261121T020000Z-aaaaaaaa", "20261122T020000Z-bbbbbbbb"];
const words = { reason: "year-end", by: "ann@office" };
let store: Store;

beforeEach(async () => {
  store = await openStore({ url: `file://${await temporaryFolder()}`, forcePathStyle: false, checksums: "when_supported" }, {});
  for (const point of [id, other]) await store.putDocument(layout.manifest(point), "{}");
});
afterEach(() => vi.useRealTimers());

it("is in force until its time, and the newest word counts", async () => {
  expect(await readPins(store, layout)).toEqual(new Map());
  const until = new Date(Date.now() + 3_600_000);
  await writePin(store, layout, { id, until, ...words });
  await writePin(store, layout, { id: other, until: null, ...words });
  const pins = await readPins(store, layout);
  expect([pins.get(id)?.until, pins.get(other)?.until]).toEqual([until, null]);
  expect((await readPins(store, layout, new Date(until.getTime() - 1))).has(id)).toBe(true);
  expect((await readPins(store, layout, until)).has(id)).toBe(false);

  await writeUnpin(store, layout, { id: other, ...words });
  expect([...(await readPins(store, layout)).keys()]).toEqual([id]);
  await writePin(store, layout, { id: other, until, ...words });
  expect((await readPins(store, layout)).get(other)?.until).toEqual(until);
});

it("counts as the newest word although the machine's clock is behind that of the one before", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  await writePin(store, layout, { id, until: null, ...words });
  vi.setSystemTime(Date.now() - 120_000);
  await writeUnpin(store, layout, { id, ...words });
  expect(await readPins(store, layout)).toEqual(new Map());
  await writePin(store, layout, { id, until: null, ...words });
  expect([...(await readPins(store, layout)).keys()]).toEqual([id]);
});

it("passes over files of others, and says who pinned why", async () => {
  await writePin(store, layout, { id, until: null, ...words });
  for (const name of [
    "notes.txt",
    `${id}/notes.json`,
    `${id}/99999999T000000.000Z-forever.json`,
    "nobody/20261121T020000.000Z-forever.json",
  ]) {
    await store.putDocument(`${layout.pins}${name}`, "mine");
  }
  const pins = await readPins(store, layout);
  expect([...pins.keys()]).toEqual([id]);
  const at = pins.get(id)?.at ?? new Date(0);
  expect(JSON.parse((await store.readDocument(layout.pin(id, at, null))) ?? "")).toEqual({ at: at.toISOString(), until: null, ...words });
});

it("is refused for a recovery point that is not there", async () => {
  await store.remove(layout.manifest(id));
  await expect(writePin(store, layout, { id, until: null, ...words })).rejects.toMatchObject({ exitCode: ExitCode.NoSuchRecoveryPoint });
});

it("names who it is", () => {
  expect(whoAmI({ PGKEEP_BY: " nightly job 42 " })).toBe("nightly job 42");
  expect(whoAmI({ PGKEEP_BY: "  " })).toMatch(/^[^@]+@[^@]+$/);
  expect(whoAmI({})).toMatch(/^[^@]+@[^@]+$/);
});
