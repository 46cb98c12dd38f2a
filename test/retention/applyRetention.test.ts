import { utimesSync } from "node:fs";
import { join } from "node:path";
import { type AgentConfig, ExitCode, parseAgentConfig, parseRetentionPolicy, Verdict } from "@pgkeep/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readRecoveryPoints } from "../../packages/agent/src/manifest/history.js";
import { resolveId } from "../../packages/agent/src/manifest/resolveId.js";
import { acceptRecoveryPoint } from "../../packages/agent/src/records/acceptance.js";
import { readAudit } from "../../packages/agent/src/records/audit.js";
import { writePin, writeUnpin } from "../../packages/agent/src/records/pins.js";
import { markSuspicious } from "../../packages/agent/src/records/suspicion.js";
import { beginRemoval } from "../../packages/agent/src/records/tombstones.js";
import { useRecoveryPoint } from "../../packages/agent/src/records/useRecoveryPoint.js";
import { silentReporter } from "../../packages/agent/src/reporter.js";
import { applyRetention } from "../../packages/agent/src/retention/applyRetention.js";
import { surveyRetention } from "../../packages/agent/src/retention/surveyRetention.js";
import type { Store } from "../../packages/agent/src/store/Store.js";
import { type FolderUnderTest, folderUnderTest } from "../store/storeUnderTest.js";
import { problemOf } from "../support/problemOf.js";
import { meddledStore } from "./meddledStore.js";
import { brokenPoints, idOf, keysBelow, layout, storeAttempt, storeDrill, storePoint } from "./storedPoint.js";

const HOUR = 3_600_000;
const START = new Date("2026-11-21T12:00:00Z");
const config: AgentConfig = parseAgentConfig({
  version: 1,
  cluster: "shop",
  databases: ["shop"],
  store: { url: "file:///not-used" },
  schedule: { timeZone: "Europe/Berlin", backup: "0 2 * * *" },
});
let under: FolderUnderTest;
let store: Store;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: START });
  under = await folderUnderTest();
  store = meddledStore(under.store, { clock: () => new Date() });
});
afterEach(async () => {
  vi.useRealTimers();
  await under.close();
});

const options = (policy: object, changes: Partial<Parameters<typeof applyRetention>[0]> = {}) => ({
  config,
  policy: parseRetentionPolicy(policy),
  store,
  by: "tester@here",
  reporter: silentReporter,
  ...changes,
});
const apply = (policy: object, changes: Partial<Parameters<typeof applyRetention>[0]> = {}) => applyRetention(options(policy, changes));
const day = (daysAgo: number, hour = 2) => new Date(Date.UTC(2026, 10, 21 - daysAgo, hour));
const storeDays = async (count: number) => {
  for (let daysAgo = count - 1; daysAgo >= 0; daysAgo -= 1) await storePoint(under.store, day(daysAgo));
};
const existing = async () => (await readRecoveryPoints(store, layout)).map(({ id }) => id);
const days = (...daysAgo: number[]) => daysAgo.map((each) => idOf(day(each)));

describe("what a policy lets go", () => {
  it("goes with all that belongs to it, and everything else stays as it is", async () => {
    await storeDays(6);
    await storeDrill(under.store, idOf(day(4)), day(4, 5));
    await writePin(store, layout, { id: idOf(day(3)), until: null, reason: "before the move", by: "me" });
    await writePin(store, layout, { id: idOf(day(5)), until: new Date(START.getTime() + 1000), reason: "for a moment", by: "me" });
    vi.setSystemTime(START.getTime() + 2000);
    const kept = [0, 1, 3, 4].flatMap((daysAgo) => [
      layout.manifest(idOf(day(daysAgo))),
      `${layout.attempt(idOf(day(daysAgo)), "attempt1")}begin.json`,
    ]);

    const result = await apply({ keepLast: 2 });
    expect(result).toMatchObject({ heldByStore: [], givenUp: [], leftovers: [], finished: [], hidden: [], unfinishedWrites: 0 });
    expect(result.removed).toEqual(days(5, 2).map((id) => ({ id, objects: 3, bytes: expect.any(Number) })));
    expect(await existing()).toEqual(days(4, 3, 1, 0));
    const left = await keysBelow(store, "shop/");
    expect(left).toEqual(expect.arrayContaining(kept));
    // Nothing is left of those but what an auditor wants to see.
    for (const id of days(5, 2)) expect(left.filter((key) => key.includes(id))).toEqual([]);
    const { entries } = await readAudit(store, layout);
    // The clock of this test stands still, so both bear one time.
    expect(entries.map(({ action, id, result, who }) => [action, id, result, who]).toSorted()).toEqual(
      days(5, 2).map((id) => ["prune", id, "done", "tester@here"]),
    );
    expect(entries[0]?.details).toEqual(["not among the last 2", "3 objects removed"]);

    expect((await apply({ keepLast: 2 })).removed).toEqual([]);
  });

  it("keeps the results of drills, which are evidence", async () => {
    await storeDays(4);
    for (const daysAgo of [3, 1]) await storeDrill(under.store, idOf(day(daysAgo)), day(daysAgo, 5));
    await apply({ keepLast: 1, minimum: 1 });
    expect(await existing()).toEqual(days(1, 0));
    expect(await keysBelow(store, layout.drills)).toHaveLength(2);
  });

  it("and nothing beside what was agreed to", async () => {
    await storeDays(5);
    await apply({ keepLast: 1, minimum: 1 }, { agreed: new Set(days(4)) });
    expect(await existing()).toEqual(days(3, 2, 1, 0));
  });

  it("is the same over weeks as the plan for each day, and nothing half is ever there", async () => {
    const policy = { keepDaily: 3, keepWeekly: 2, minimum: 2 };
    // 28 days with a backup at 02:00 and 14:00 UTC; the change to winter time is among them.
    for (let daysAgo = 27; daysAgo >= 0; daysAgo -= 1) {
      vi.setSystemTime(day(daysAgo, 15));
      for (const hour of [2, 14]) await storePoint(under.store, day(daysAgo, hour));
      if (daysAgo === 22) await storeDrill(under.store, idOf(day(22, 2)), day(22, 5));
      const { plan } = await apply(policy);
      expect(await existing()).toEqual(plan.keep.map(({ id }) => id));
    }
    expect(await existing()).toEqual([day(22, 2), day(6, 14), day(2, 14), day(1, 14), day(0, 2), day(0, 14)].map(idOf));
    expect(await brokenPoints(store)).toEqual([]);
    expect(await keysBelow(store, layout.tombstones)).toEqual([]);
    expect((await keysBelow(store, layout.points)).length).toBe(6 * 3);
  });
});

describe("retention stops and removes nothing", () => {
  const stopped = async (policy: object = { keepLast: 1, minimum: 1 }, changes: Partial<Parameters<typeof applyRetention>[0]> = {}) => {
    const before = await keysBelow(store, "shop/");
    const { plan, removed } = await apply(policy, changes);
    expect(removed).toEqual([]);
    expect(await keysBelow(store, "shop/")).toEqual(before);
    return plan.stopped;
  };

  it("while the newest is suspicious; accepted, it is the newest good one", async () => {
    await storeDays(3);
    await markSuspicious(store, layout, idOf(day(0)), idOf(day(1)), []);
    expect(await stopped()).toMatch(/is suspicious/);
    await acceptRecoveryPoint(store, layout, { id: idOf(day(0)), reason: "we archived last year", by: "me" });
    await apply({ keepLast: 1, minimum: 1 });
    expect(await existing()).toEqual(days(0));
  });

  it("while the newest was written by a newer pgkeep, and keeps what it cannot read", async () => {
    await storeDays(3);
    await store.putDocument(layout.manifest(idOf(day(0, 5))), JSON.stringify({ formatVersion: 99, agent: { version: "9.1.0" } }));
    expect(await stopped()).toMatch(/cannot be read: the recovery point was written by a newer pgkeep/);
  });

  it("after a run that died, until one commits", async () => {
    await storeDays(3);
    await storeAttempt(under.store, idOf(day(0, 9)), "died", day(0, 10));
    expect(await stopped()).toMatch(/the last run, 20261121T090000Z-stored00, did not commit/);
    await storePoint(under.store, day(0, 11));
    const { leftovers } = await apply({ keepLast: 2 });
    expect(leftovers).toEqual([{ id: idOf(day(0, 9)), objects: 2, bytes: expect.any(Number) }]);
    expect(await existing()).toEqual([day(0), day(0, 11)].map(idOf));
  });

  it("after a drill that failed, until one passes", async () => {
    await storeDays(3);
    await storeDrill(under.store, idOf(day(1)), day(1, 5), Verdict.Fail);
    expect(await stopped()).toMatch(/the last drill, of .* failed/);
    await storeDrill(under.store, idOf(day(0)), day(0, 5));
    expect((await apply({ keepLast: 1, minimum: 1 })).plan.stopped).toBeNull();
  });

  it("where nothing was proven in time", async () => {
    await storeDays(3);
    const demanding = { config: { ...config, objectives: { provenWithin: 48 * HOUR } } };
    expect(await stopped(undefined, demanding)).toMatch(/no drill of a good recovery point passed within 2d/);
    await storeDrill(under.store, idOf(day(2)), day(1, 13));
    expect((await apply({ keepLast: 1, minimum: 1 }, demanding)).plan.stopped).toBeNull();
  });
});

describe("what arrives between the plan and the removal wins", () => {
  /** Does something right after the removal was told, before anybody looks again. */
  const meanwhile = (work: () => Promise<unknown>) =>
    meddledStore(store, {
      after: async ({ method, key }) => {
        if (method === "putDocument" && key.endsWith("-began.json")) await work();
      },
    });
  const givesUp = async (work: () => Promise<unknown>, policy: object = { keepLast: 2 }) => {
    const { givenUp, removed } = await apply(policy, { store: meanwhile(work) });
    expect(removed).toEqual([]);
    expect(await existing()).toEqual(days(2, 1, 0));
    expect(await brokenPoints(store)).toEqual([]);
    expect((await readRecoveryPoints(store, layout)).map(({ removing }) => removing)).toEqual([false, false, false]);
    return givenUp;
  };

  it("a pin", async () => {
    await storeDays(3);
    const id = idOf(day(2));
    const pin = () => store.putDocument(layout.pin(id, new Date(), null), "{}");
    expect(await givesUp(pin)).toEqual([{ id, reason: "it was pinned meanwhile" }]);
    await writeUnpin(store, layout, { id, reason: "enough", by: "me" });
    expect((await apply({ keepLast: 2 })).removed).toHaveLength(1);
  });

  it("a restore, a drill or a copy, until it ends", async () => {
    await storeDays(3);
    const id = idOf(day(2));
    const mark = () => store.putDocument(layout.inUseUntil(id, "restore0", new Date(START.getTime() + HOUR)), "{}");
    expect(await givesUp(mark)).toEqual([{ id, reason: "it is in use" }]);
    const use = await useRecoveryPoint(store, layout, id, "drill", silentReporter);
    vi.setSystemTime(START.getTime() + 2 * HOUR - 1000);
    await use.stop();
    expect((await apply({ keepLast: 2 })).removed).toHaveLength(1);
    expect(await keysBelow(store, layout.inUse)).toEqual([]);
  });

  it("that somebody accepted a suspicious one", async () => {
    await storeDays(3);
    const id = idOf(day(2));
    await markSuspicious(store, layout, id, idOf(day(1)), []);
    const accept = () => store.putDocument(layout.acceptance(id), "{}");
    expect(await givesUp(accept, { keepLast: 2, keepSuspicious: "1h" })).toEqual([{ id, reason: "it was accepted meanwhile" }]);
  });

  it("and a use that comes later is refused", async () => {
    await storeDays(3);
    const refusals: ExitCode[] = [];
    const use = async () => {
      const problem = await problemOf(useRecoveryPoint(store, layout, idOf(day(2)), "restore", silentReporter));
      refusals.push(problem.exitCode);
    };
    const late = meddledStore(store, {
      before: async ({ method, key }) => {
        if (method === "remove" && key.startsWith(layout.manifests)) await use();
      },
    });
    expect((await apply({ keepLast: 2 }, { store: late })).removed).toHaveLength(1);
    expect(refusals).toEqual([ExitCode.TryAgain]);
  });
});

describe("leftovers", () => {
  it("go once their last sign of life has expired, by the store's clock, and not before", async () => {
    await storeDays(2);
    const id = idOf(day(5));
    await storeAttempt(under.store, id, "died", new Date(START.getTime() - HOUR));
    await storeAttempt(under.store, id, "lives", new Date(START.getTime() - HOUR));
    await store.putDocument(`${layout.attempt(id, "lives")}alive-9.json`, JSON.stringify({ expiresAt: new Date(0) }));
    await store.putDocument(
      `${layout.attempt(id, "lives")}alive-10.json`,
      JSON.stringify({ expiresAt: new Date(START.getTime() - HOUR / 60) }),
    );
    // Of an attempt that left no sign nobody knows.
    const nameless = `${layout.attempt(id, "nameless")}shop.dump.zst`;
    await store.putDocument(nameless, "x");
    utimesSync(join(under.folder, "store", nameless), START, START);
    // An attempt at a recovery point that another attempt committed.
    await storeAttempt(under.store, idOf(day(1)), "attempt0", day(1, 3));
    await store.putDocument(`${layout.points}notes.txt`, "mine");

    const { leftovers } = await apply({ keepLast: 2 });
    expect(leftovers.map(({ id, objects }) => [id, objects])).toEqual(
      [
        [idOf(day(1)), 2],
        [id, 2],
      ].toSorted(),
    );
    const left = await keysBelow(store, layout.points);
    expect(left.filter((key) => key.includes("/died/") || key.includes("/attempt0/"))).toEqual([]);
    expect(left.filter((key) => key.includes("/lives/"))).toHaveLength(4);
    expect(left.filter((key) => key.includes("/nameless/") || key.endsWith("notes.txt"))).toHaveLength(2);
    expect(await brokenPoints(store)).toEqual([]);

    vi.setSystemTime(START.getTime() + HOUR / 10);
    expect((await apply({ keepLast: 2 })).leftovers.map(({ objects }) => objects)).toEqual([4]);
  });

  it("begin with what a run looks for before it commits", async () => {
    await storeDays(2);
    await storeAttempt(under.store, idOf(day(5)), "died", new Date(0));
    const removals: string[] = [];
    await apply(
      { keepLast: 2 },
      { store: meddledStore(store, { before: ({ method, key }) => void (method === "remove" && removals.push(key)) }) },
    );
    expect(removals[0]).toMatch(/died\/begin\.json$/);
  });
});

describe("removals that began and did not end", () => {
  it("are taken back where the recovery point stays, once whoever began is surely dead", async () => {
    await storeDays(3);
    await beginRemoval(store, layout, idOf(day(0)), { by: "somebody", attempts: ["attempt1"] });
    await writePin(under.store, layout, { id: idOf(day(1)), until: null, reason: "for the test", by: "me" });
    // Nobody relies on it meanwhile.
    expect(await resolveId(store, layout, "latest")).toBe(idOf(day(1)));
    await store.putDocument(layout.pin(idOf(day(0)), new Date(), null), "{}");
    await apply({ keepLast: 3 });
    expect(await keysBelow(store, layout.tombstones)).toHaveLength(1);
    vi.setSystemTime(START.getTime() + 2 * HOUR);
    await apply({ keepLast: 3 });
    expect(await keysBelow(store, layout.tombstones)).toEqual([]);
    expect(await resolveId(store, layout, "latest")).toBe(idOf(day(0)));
  });
});

it("refuses clocks that disagree, before anything is read or removed", async () => {
  await storeDays(3);
  const ahead = meddledStore(under.store, { clock: () => new Date(START.getTime() + 6 * 60_000) });
  const problem = await problemOf(apply({ keepLast: 1 }, { store: ahead }));
  expect(problem.exitCode).toBe(ExitCode.Configuration);
  expect(problem.message).toMatch(/ids and retention rest on time/);
  expect(await existing()).toHaveLength(3);
});

it("a plan changes nothing, and tells what would go", async () => {
  await storeDays(3);
  await storeAttempt(under.store, idOf(day(5)), "died", new Date(0));
  const before = await keysBelow(store, "");
  const { plan, leftovers, bytes } = await surveyRetention({ ...options({ keepLast: 1, minimum: 1 }), layout, now: new Date() });
  expect(plan.remove.map(({ id }) => id)).toEqual(days(2, 1));
  expect(plan.timeZone).toBe("Europe/Berlin");
  expect(leftovers.map(({ attempt }) => attempt)).toEqual(["died"]);
  expect(bytes.get(idOf(day(0)))).toBeGreaterThan(0);
  expect(await keysBelow(store, "")).toEqual(before);
});
