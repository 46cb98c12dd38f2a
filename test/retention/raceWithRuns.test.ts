import { type AgentConfig, parseAgentConfig, parseRetentionPolicy } from "@pgkeep/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { beginAttempt } from "../../packages/agent/src/backup/heartbeat.js";
import { readRecoveryPoints } from "../../packages/agent/src/manifest/history.js";
import { acceptRecoveryPoint } from "../../packages/agent/src/records/acceptance.js";
import { writePinAhead } from "../../packages/agent/src/records/pins.js";
import { markSuspicious } from "../../packages/agent/src/records/suspicion.js";
import { beginRemoval } from "../../packages/agent/src/records/tombstones.js";
import { silentReporter } from "../../packages/agent/src/reporter.js";
import { applyRetention } from "../../packages/agent/src/retention/applyRetention.js";
import type { HiddenObject, Store } from "../../packages/agent/src/store/Store.js";
import { type FolderUnderTest, folderUnderTest } from "../store/storeUnderTest.js";
import { meddledStore } from "./meddledStore.js";
import { brokenPoints, idOf, keysBelow, layout, storeAttempt, storePoint } from "./storedPoint.js";

const config: AgentConfig = parseAgentConfig({ version: 1, cluster: "shop", databases: ["shop"], store: { url: "file:///not-used" } });
const [SLEPT, OLD, NEW] = ["2024-11-01T02:00:00Z", "2024-11-02T02:00:00Z", "2024-11-03T02:00:00Z"];
let under: FolderUnderTest;
beforeEach(async () => {
  under = await folderUnderTest();
});
afterEach(() => under.close());
const apply = (store: Store = under.store) =>
  applyRetention({
    config,
    policy: parseRetentionPolicy({ keepLast: 1, minimum: 1 }),
    store,
    by: "tester@here",
    reporter: silentReporter,
  });
const existing = async () => (await readRecoveryPoints(under.store, layout)).map(({ id }) => id);

/** A dead attempt at a recovery point, whose manifest lies ready: what a run that sleeps would commit when it wakes. */
async function storeSleeper(): Promise<{ id: string; manifest: string }> {
  const id = await storePoint(under.store, SLEPT);
  const manifest = (await under.store.readDocument(layout.manifest(id))) ?? "";
  await under.store.remove(layout.manifest(id));
  return { id, manifest };
}

describe("a run that was taken for dead", () => {
  // It looked for its begin.json, saw it, committed and was told that all is well: whatever it wrote must stay.
  it.each([
    ["while other recovery points go", (key: string) => key === layout.manifest(idOf(OLD))],
    [
      "in the moment in which its leftovers begin to go",
      (key: string) => key.endsWith("/attempt1/begin.json") && key.includes(idOf(SLEPT)),
    ],
  ])("and commits %s keeps all it wrote", async (_when, isMoment) => {
    const { id, manifest } = await storeSleeper();
    await storePoint(under.store, OLD);
    await storePoint(under.store, NEW);
    let committed = false;
    const store = meddledStore(under.store, {
      before: async ({ method, key }) => {
        if (committed || method !== "remove" || !isMoment(key)) return;
        committed = true;
        await under.store.putDocument(layout.manifest(id), manifest);
      },
    });
    const { leftovers } = await apply(store);
    expect(committed).toBe(true);
    expect(leftovers).toEqual([]);
    expect(await existing()).toEqual([id, idOf(NEW)]);
    expect(await brokenPoints(under.store)).toEqual([]);
  });

  it("and gives a sign of life again is alive", async () => {
    const { id } = await storeSleeper();
    await storePoint(under.store, OLD);
    await storePoint(under.store, NEW);
    const store = meddledStore(under.store, {
      before: async ({ method, key }) => {
        if (method !== "remove" || key !== layout.manifest(idOf(OLD))) return;
        const taken = await beginAttempt(under.store, layout, id, "attempt1", silentReporter, 1);
        await taken.stop();
      },
    });
    expect((await apply(store)).leftovers).toEqual([]);
    expect(await keysBelow(under.store, layout.attempt(id, "attempt1"))).toHaveLength(4);
  });
});

it("leftovers stay whose manifest is hidden by the time that they would go", async () => {
  const { id } = await storeSleeper();
  await storePoint(under.store, NEW);
  let asked = 0;
  // Hidden by a plain DELETE right after what is hidden was asked for first.
  const hidden = (prefix: string): AsyncIterable<HiddenObject> =>
    (async function* () {
      asked += 1;
      await Promise.resolve();
      const key = layout.manifest(id);
      if (asked > 1 && key.startsWith(prefix)) yield { key, bytes: 1, modifiedAt: new Date(), hiddenAt: new Date(), version: "1" };
    })();
  const store = new Proxy(under.store, {
    get: (target, name) => {
      if (name === "listHidden") return hidden;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
  expect((await apply(store)).leftovers).toEqual([]);
  expect(await keysBelow(under.store, layout.attempt(id, "attempt1"))).toHaveLength(3);
});

it("leftovers stay while no recovery point is in sight: they may be all there is", async () => {
  await storeAttempt(under.store, idOf(OLD), "died", new Date(0));
  expect((await apply()).leftovers).toEqual([]);
  expect(await keysBelow(under.store, layout.points)).toHaveLength(2);
});

it("a record that a removal was given up removes nothing of what comes anew under that id", async () => {
  await storePoint(under.store, NEW);
  const id = idOf(OLD);
  await under.store.putDocument(layout.removalGivenUp(id, new Date(0)), "{}");
  await markSuspicious(under.store, layout, id, idOf(SLEPT), []);
  await apply();
  expect(await keysBelow(under.store, layout.suspicions)).toEqual([layout.suspicion(id)]);
  expect(await keysBelow(under.store, layout.tombstones)).toEqual([]);
});

it("what was accepted after whoever began its removal had died is not removed by the next", async () => {
  const id = await storePoint(under.store, "2024-01-01T02:00:00Z");
  await markSuspicious(under.store, layout, id, idOf(SLEPT), []);
  await storePoint(under.store, NEW);
  await beginRemoval(under.store, layout, id, { by: "somebody", attempts: ["attempt1"] });
  await under.store.putDocument(layout.acceptance(id), JSON.stringify({ at: new Date(), reason: "it is right", by: "me" }));
  expect((await apply()).givenUp).toEqual([{ id, reason: "it was accepted meanwhile" }]);
  expect(await existing()).toContain(id);
  await expect(acceptRecoveryPoint(under.store, layout, { id, reason: "again", by: "me" })).rejects.toThrow(/accepted already/);
});

it("of two that remove the same, one that gives up does not hide that the other goes on", async () => {
  const id = await storePoint(under.store, OLD);
  await storePoint(under.store, NEW);
  let other = "";
  // Another has begun, and looked for pins, right before somebody pins it and this one looks.
  const store = meddledStore(under.store, {
    after: async ({ method, key }) => {
      if (method !== "putDocument" || !key.startsWith(layout.tombstonesOf(id)) || other !== "") return;
      other = await beginRemoval(under.store, layout, id, { by: "another", attempts: ["attempt1"] });
      await writePinAhead(under.store, layout, { id, until: null, reason: "for the test", by: "me" });
    },
  });
  expect((await apply(store)).givenUp).toEqual([{ id, reason: "it was pinned meanwhile" }]);
  expect(await keysBelow(under.store, layout.tombstones)).toEqual([other]);
  expect((await readRecoveryPoints(under.store, layout))[0]).toMatchObject({ id, removing: true });
});
