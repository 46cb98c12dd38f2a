import { ExitCode, ProblemError, storeLayout } from "@pgkeep/core";
import { beforeEach, expect, it } from "vitest";
import { temporaryFolder } from "../configuration/temporaryFolder.fixture.js";
import { silentReporter } from "../reporter.js";
import { openStore } from "../store/openStore.js";
import type { Store } from "../store/Store.js";
import { beginRemoval, giveUpRemoval } from "./tombstones.js";
import { readUses, useRecoveryPoint, usingRecoveryPoint } from "./useRecoveryPoint.js";

const layout = storeLayout("shop");
const id = "20261121T020000Z-aaaaaaaa";
let store: Store;

beforeEach(async () => {
  store = await openStore({ url: `file://${await temporaryFolder()}`, forcePathStyle: false, checksums: "when_supported" }, {});
  await store.putDocument(layout.manifest(id), "{}");
});

it("is told while it lasts, for half an hour without a further sign, and ends", async () => {
  const began = Date.now();
  const use = await useRecoveryPoint(store, layout, id, "restore", silentReporter);
  const second = await useRecoveryPoint(store, layout, id, "drill", silentReporter);
  const until = (await readUses(store, layout)).get(id)?.getTime() ?? 0;
  expect(until - began).toBeGreaterThanOrEqual(30 * 60_000);
  expect(await readUses(store, layout, new Date(until))).toEqual(new Map());
  await use.stop();
  expect((await readUses(store, layout)).has(id)).toBe(true);
  await second.stop();
  await second.stop();
  expect(await readUses(store, layout)).toEqual(new Map());
});

it("is refused where a removal has begun, leaves no mark in force, and is possible again when that was given up", async () => {
  await beginRemoval(store, layout, id, { by: "pruner", attempts: [] });
  let ran = false;
  const use = () =>
    usingRecoveryPoint(store, layout, id, "restore", silentReporter, () => {
      ran = true;
      return Promise.resolve("done");
    });
  await expect(use()).rejects.toMatchObject({
    exitCode: ExitCode.TryAgain,
    message: expect.stringContaining("removal by retention has begun"),
  });
  expect(ran).toBe(false);
  expect(await readUses(store, layout)).toEqual(new Map());
  await giveUpRemoval(store, layout, id);
  expect(await use()).toBe("done");
});

it("is refused for a recovery point that was removed since it was chosen", async () => {
  await store.remove(layout.manifest(id));
  const use = useRecoveryPoint(store, layout, id, "drill", silentReporter);
  await expect(use).rejects.toMatchObject({ exitCode: ExitCode.NoSuchRecoveryPoint });
  expect(await readUses(store, layout)).toEqual(new Map());
});

it("is told by the store's clock: one of a machine whose clock is far behind counts all the same", async () => {
  const ahead = 3 * 3_600_000;
  const away: Store = { ...bound(store), clock: () => Promise.resolve(new Date(Date.now() + ahead)) };
  const use = await useRecoveryPoint(away, layout, id, "restore", silentReporter);
  expect((await readUses(store, layout, new Date(Date.now() + ahead))).has(id)).toBe(true);
  await use.stop();
});

it("ends the mark when the work fails", async () => {
  const failing = usingRecoveryPoint(store, layout, id, "copy", silentReporter, () => Promise.reject(new Error("lost")));
  await expect(failing).rejects.toThrow("lost");
  expect(await readUses(store, layout)).toEqual(new Map());
});

it("goes on with a warning where the store may only be read, and does not where it is away", async () => {
  const warnings: string[] = [];
  const reporter = { ...silentReporter, warning: (text: string) => warnings.push(text) };
  const refusing = (exitCode: ExitCode): Store => ({
    ...bound(store),
    putDocument: (key) => Promise.reject(new ProblemError(exitCode, { where: key, reason: "refused" })),
  });
  const use = await useRecoveryPoint(refusing(ExitCode.Permission), layout, id, "restore", reporter);
  await use.stop();
  expect(warnings).toEqual([expect.stringMatching(/may only read the store.*could remove 20261121T020000Z-aaaaaaaa meanwhile.*pin it/)]);
  await expect(useRecoveryPoint(refusing(ExitCode.Unavailable), layout, id, "restore", reporter)).rejects.toMatchObject({
    exitCode: ExitCode.Unavailable,
  });
});

/** The methods of a store as an object that can be spread. */
function bound(real: Store): Store {
  return {
    description: real.description,
    put: real.put.bind(real),
    putDocument: real.putDocument.bind(real),
    read: real.read.bind(real),
    readDocument: real.readDocument.bind(real),
    list: real.list.bind(real),
    remove: real.remove.bind(real),
    listHidden: real.listHidden.bind(real),
    unhide: real.unhide.bind(real),
    removeUnfinished: real.removeUnfinished.bind(real),
    clock: real.clock.bind(real),
    close: real.close.bind(real),
  };
}
