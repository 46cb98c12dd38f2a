import { setTimeout as sleep } from "node:timers/promises";
import { ExitCode, storeLayout } from "@pgkeep/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writePin } from "../../packages/agent/src/records/pins.js";
import { useRecoveryPoint } from "../../packages/agent/src/records/useRecoveryPoint.js";
import { silentReporter } from "../../packages/agent/src/reporter.js";
import { removeRecoveryPoint } from "../../packages/agent/src/retention/removeRecoveryPoint.js";
import type { Store } from "../../packages/agent/src/store/Store.js";
import { newFolderStore, type TestStore } from "../support/backupRun.js";
import { problemOf } from "../support/problemOf.js";

const layout = storeLayout("test");
const id = "20261121T020000Z-aaaaaaaa";
const pinned = { id, until: null, reason: "mine", by: "ann" };
let target: TestStore;

beforeEach(async () => {
  target = await newFolderStore();
  await target.store.putDocument(`${layout.attempt(id, "attempt1")}app.dump.zst`, "x");
  await target.store.putDocument(layout.manifest(id), "{}");
});
afterEach(() => target.remove());

type Step = (method: string, key: string) => Promise<void> | void;

/** The store, with something done right before each request for a key. */
function stepping(step: Step): Store {
  return new Proxy(target.store, {
    get: (real, name) => {
      const method = real[name as keyof Store];
      if (typeof method !== "function") return method;
      if (name === "list" || name === "listHidden") {
        return async function* (prefix: string) {
          await step(String(name), prefix);
          yield* real[name](prefix);
        };
      }
      return async (...args: unknown[]) => {
        await step(String(name), String(args[0]));
        return await (method as (...given: unknown[]) => unknown).apply(real, args);
      };
    },
  });
}

const remove = (store: Store) =>
  removeRecoveryPoint(
    { store, layout, now: new Date(), by: "pruner", reporter: silentReporter, signal: undefined },
    { id, attempts: ["attempt1"], suspicious: false },
  );
const exists = async () => (await target.store.readDocument(layout.manifest(id))) !== undefined;

/** Something that happens once, at a given request. */
function once(when: (method: string, key: string) => boolean, what: () => Promise<unknown>): { step: Step; happened(): boolean } {
  let happened = false;
  return {
    step: async (method, key) => {
      if (happened || !when(method, key)) return;
      happened = true;
      await what();
    },
    happened: () => happened,
  };
}

describe("a removal and a pin", () => {
  it("a pin that is written before the removal looks is seen by it", async () => {
    const between = once(
      (method, key) => method === "list" && key === layout.pins,
      () => target.store.putDocument(layout.pin(id, new Date(), null), "{}"),
    );
    expect(await remove(stepping(between.step))).toMatchObject({ kind: "given-up", reason: "it was pinned meanwhile" });
    expect(between.happened()).toBe(true);
    expect(await exists()).toBe(true);
  });

  it("a pin that comes after the removal looked sees the removal, waits for it and says that the recovery point is gone", async () => {
    let pinning: Promise<unknown> | undefined;
    const between = once(
      (method, key) => method === "remove" && key === layout.manifest(id),
      async () => {
        pinning = problemOf(writePin(target.store, layout, pinned));
        // Long enough for the pin to be written and to find the removal.
        await sleep(200);
      },
    );
    expect(await remove(stepping(between.step))).toMatchObject({ kind: "removed" });
    expect(await pinning).toMatchObject({ exitCode: ExitCode.NoSuchRecoveryPoint });
  });
});

describe("a removal and a use", () => {
  it("a use that is marked before the removal looks is seen by it", async () => {
    const use = await useRecoveryPoint(target.store, layout, id, "restore", silentReporter);
    expect(await remove(target.store)).toMatchObject({ kind: "given-up", reason: "it is in use" });
    await use.stop();
    expect(await remove(target.store)).toMatchObject({ kind: "removed" });
  });

  it("a use that comes after the removal was told is refused", async () => {
    let refused: Promise<unknown> | undefined;
    const between = once(
      (method, key) => method === "remove" && key === layout.manifest(id),
      async () => {
        refused = problemOf(useRecoveryPoint(target.store, layout, id, "restore", silentReporter));
        await refused;
      },
    );
    expect(await remove(stepping(between.step))).toMatchObject({ kind: "removed" });
    expect(await refused).toMatchObject({ exitCode: ExitCode.TryAgain });
  });
});

it("never lets both win, whatever the order of their requests", async () => {
  const outcomes = new Set<string>();
  let seed = 7;
  /** Deterministic pauses of 0 to 3 ms. */
  const pause = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return sleep((seed >> 16) % 4);
  };
  for (let trial = 0; trial < 24; trial += 1) {
    const fresh = await newFolderStore();
    target.remove();
    target = fresh;
    await target.store.putDocument(layout.manifest(id), "{}");
    const store = stepping(pause);
    const user =
      trial % 2 === 0 ? () => writePin(store, layout, pinned) : () => useRecoveryPoint(store, layout, id, "drill", silentReporter);
    await sleep(trial % 3);
    const [used, removal] = await Promise.allSettled([user(), remove(store)]);
    if (removal.status === "rejected") throw removal.reason;
    const removed = removal.value.kind === "removed";
    expect(await exists()).toBe(!removed);
    expect(used.status === "fulfilled" && removed, `trial ${trial}`).toBe(false);
    outcomes.add(`${used.status} ${removal.value.kind}`);
    if (used.status === "fulfilled" && used.value) await used.value.stop();
  }
  // Both of them won at times, so the trials were a race.
  expect([...outcomes]).toContain("fulfilled given-up");
});
