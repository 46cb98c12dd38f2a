import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storeLayout, Verdict } from "@pgkeep/core";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openStore } from "../store/openStore.js";
import type { Store } from "../store/Store.js";
import { readHistory } from "./history.js";

const layout = storeLayout("shop");
const [first, second] = ["20261120T020000Z-aaaaaaaa", "20261121T020000Z-bbbbbbbb"];
let folder: string;
let store: Store;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "pgkeep-history-"));
  store = await openStore({ url: `file://${folder}`, forcePathStyle: false, checksums: "when_supported" }, {});
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

it("tells recovery points, their drills and leftovers from names alone, and passes over foreign files", async () => {
  for (const id of [second, first]) await store.putDocument(layout.manifest(id), "{}");
  await store.putDocument(`${layout.attempt(first, "one")}shop.dump.zst`, "12345");
  await store.putDocument(`${layout.attempt("20261119T020000Z-cccccccc", "two")}begin.json`, "{}");
  const [failedAt, passedAt] = [new Date("2026-11-20T03:00:00.123Z"), new Date("2026-11-20T04:00:00.456Z")];
  await store.putDocument(layout.drill(first, passedAt, Verdict.Pass), "{}");
  await store.putDocument(layout.drill(first, failedAt, Verdict.Fail), "{}");
  await store.putDocument(`${layout.drillsOf(second)}notes.txt`, "mine");
  await store.putDocument(`${layout.manifests}README.json`, "mine");

  const { recoveryPoints, leftovers } = await readHistory(store, layout);
  expect(recoveryPoints.map(({ id, state, bytes }) => [id, state, bytes])).toEqual([
    [first, "proven", 5],
    [second, "checked", 0],
  ]);
  expect(recoveryPoints[0]?.drills.map(({ at, verdict }) => [at, verdict])).toEqual([
    [failedAt, Verdict.Fail],
    [passedAt, Verdict.Pass],
  ]);
  expect(leftovers).toMatchObject([{ id: "20261119T020000Z-cccccccc", attempt: "two", objects: 1, bytes: 2 }]);
});

it("does not call proven what a later drill found broken, until one passes again", async () => {
  await store.putDocument(layout.manifest(first), "{}");
  const state = async () => (await readHistory(store, layout)).recoveryPoints.map(({ state, proven }) => [state, proven]);
  const drilled = (hour: number, verdict: Verdict) =>
    store.putDocument(layout.drill(first, new Date(Date.UTC(2026, 10, 21, hour)), verdict), "{}");
  await drilled(1, Verdict.Pass);
  await drilled(2, Verdict.CouldNotVerify);
  expect(await state()).toEqual([["proven", true]]);
  await drilled(3, Verdict.Fail);
  expect(await state()).toEqual([["checked", false]]);
  await drilled(4, Verdict.Pass);
  expect(await state()).toEqual([["proven", true]]);
});

it("orders recovery points of one second by when they committed", async () => {
  const [later, earlier] = ["20261120T020000Z-aaaaaaaa", "20261120T020000Z-zzzzzzzz"];
  await store.putDocument(layout.manifest(earlier), "{}");
  await new Promise((resolve) => setTimeout(resolve, 20));
  await store.putDocument(layout.manifest(later), "{}");
  const { recoveryPoints } = await readHistory(store, layout);
  expect(recoveryPoints.map(({ id }) => id)).toEqual([earlier, later]);
});
