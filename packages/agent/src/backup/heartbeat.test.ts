import { ExitCode, storeLayout } from "@pgkeep/core";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { temporaryFolder } from "../configuration/temporaryFolder.fixture.js";
import { silentReporter } from "../reporter.js";
import { openStore } from "../store/openStore.js";
import type { Store } from "../store/Store.js";
import { beginAttempt } from "./heartbeat.js";

const layout = storeLayout("shop");
const id = "20261121T020000Z-aaaaaaaa";
const prefix = layout.attempt(id, "attempt1");
let store: Store;

beforeEach(async () => {
  store = await openStore({ url: `file://${await temporaryFolder()}`, forcePathStyle: false, checksums: "when_supported" }, {});
});
afterEach(() => vi.useRealTimers());

async function signs(): Promise<string[]> {
  const names: string[] = [];
  for await (const { key } of store.list(prefix)) names.push(key.slice(prefix.length));
  return names;
}

it("says that it lives, with no more words than needed, until it is stopped", async () => {
  const heartbeat = await beginAttempt(store, layout, id, "attempt1", silentReporter);
  await heartbeat.assertAlive(false);
  expect(await signs()).toEqual(["begin.json"]);
  await heartbeat.stop();
});

it("says it anew when it was silent for long, as after a sleep", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  const heartbeat = await beginAttempt(store, layout, id, "attempt1", silentReporter);
  vi.setSystemTime(Date.now() + 20 * 60_000);
  await heartbeat.assertAlive(false);
  expect(await signs()).toEqual(["alive-1.json", "begin.json"]);
  await heartbeat.stop();
});

it("refuses to commit where somebody took it for dead, and says so when that came too late", async () => {
  const heartbeat = await beginAttempt(store, layout, id, "attempt1", silentReporter);
  await store.remove(`${prefix}begin.json`);
  await expect(heartbeat.assertAlive(false)).rejects.toMatchObject({
    exitCode: ExitCode.TryAgain,
    message: expect.stringContaining("nothing was committed"),
  });
  await expect(heartbeat.assertAlive(true)).rejects.toMatchObject({ exitCode: ExitCode.DataWrong, message: expect.stringContaining(id) });
  await heartbeat.stop();
});
