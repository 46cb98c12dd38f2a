import { generateKeyPairSync } from "node:crypto";
import { Readable } from "node:stream";
import { type AgentConfig, ExitCode, ProblemError, parseAgentConfig, parseRetentionPolicy, Verdict } from "@pgkeep/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { copyInto } from "../../packages/agent/src/copy/runCopy.js";
import { readRecoveryPoints } from "../../packages/agent/src/manifest/history.js";
import { publicKeyText } from "../../packages/agent/src/manifest/seal.js";
import { acceptRecoveryPoint } from "../../packages/agent/src/records/acceptance.js";
import { readAudit } from "../../packages/agent/src/records/audit.js";
import { writePin, writeUnpin } from "../../packages/agent/src/records/pins.js";
import { markSuspicious } from "../../packages/agent/src/records/suspicion.js";
import { beginRemoval } from "../../packages/agent/src/records/tombstones.js";
import { readUses } from "../../packages/agent/src/records/useRecoveryPoint.js";
import { silentReporter } from "../../packages/agent/src/reporter.js";
import { applyRetention } from "../../packages/agent/src/retention/applyRetention.js";
import type { Store } from "../../packages/agent/src/store/Store.js";
import { dyingStore, meddledStore } from "../retention/meddledStore.js";
import { keysOf } from "../store/reading.js";
import { type FolderUnderTest, folderUnderTest } from "../store/storeUnderTest.js";
import { problemOf } from "../support/problemOf.js";
import { contentOf, layout, storeSealedPoint } from "./sealedPoint.js";

const configWith = (changes: object = {}, retention?: object): AgentConfig =>
  parseAgentConfig({
    version: 1,
    cluster: "shop",
    databases: ["shop"],
    store: { url: "file:///primary" },
    copies: [{ name: "offsite", store: { url: "file:///offsite" }, ...(retention ? { retention } : {}) }],
    ...changes,
  });

let here: FolderUnderTest;
let there: FolderUnderTest;
beforeEach(async () => {
  [here, there] = [await folderUnderTest(), await folderUnderTest()];
});
afterEach(async () => {
  await here.close();
  await there.close();
});

const copy = (
  which: string,
  { target = there.store, config = configWith(), source = here.store, signal = undefined as AbortSignal | undefined } = {},
) =>
  copyInto(target, {
    config,
    source,
    to: "offsite",
    which,
    environment: { PGKEEP_BY: "tester" },
    reporter: silentReporter,
    ...(signal ? { signal } : {}),
  });
const idsOf = async (store: Store) => (await readRecoveryPoints(store, layout)).map(({ id }) => id);

describe("a recovery point", () => {
  it("is copied byte for byte, manifest last, with what was recorded about it, and told in both audit trails", async () => {
    const id = await storeSealedPoint(here.store, "2026-11-20T02:00:00Z", { bytes: 3_000_000 });
    await storeSealedPoint(here.store, "2026-11-19T02:00:00Z");
    await markSuspicious(here.store, layout, id, "20261119T020000Z-sealed00", []);
    await acceptRecoveryPoint(here.store, layout, { id, reason: "a purge", by: "tester" });
    await writePin(here.store, layout, { id, until: null, reason: "before the upgrade", by: "tester" });
    await here.store.putDocument(layout.drill(id, new Date("2026-11-20T04:00:00Z"), Verdict.Pass), "{}");
    const written: string[] = [];
    const target = meddledStore(there.store, { after: ({ key }) => void written.push(key) });

    const result = await copy("latest", { target });
    expect(result.recoveryPoints).toEqual([{ id, outcome: "copied", objects: 3, takenOver: 0, bytes: 3_000_200 }]);
    expect(written.filter((key) => !key.includes("/audit/")).at(-1)).toBe(layout.manifest(id));
    const expected = Object.entries(await contentOf(here.store)).filter(([key]) => key.includes(id));
    expect(await contentOf(there.store)).toEqual(Object.fromEntries(expected));
    expect(await readRecoveryPoints(there.store, layout)).toMatchObject([
      { id, state: "proven", good: true, accepted: true, pinned: { until: null } },
    ]);
    for (const { store } of [here, there]) {
      const { entries } = await readAudit(store, layout);
      expect(entries).toMatchObject([{ action: "copy", id, result: "done", who: "tester" }]);
      expect((await readUses(store, layout)).size).toBe(0);
    }
    expect((await keysOf(here.store, layout.inUseOf(id))).at(-1)).toMatch(/-until-|-ended/);

    expect((await copy(id)).recoveryPoints).toMatchObject([{ id, outcome: "there" }]);
    expect((await readAudit(there.store, layout)).entries).toHaveLength(1);
  });

  it("is whole there or not there, wherever the copy dies, and the next one ends it", async () => {
    const id = await storeSealedPoint(here.store, "2026-11-20T02:00:00Z", { bytes: 100_000 });
    await here.store.putDocument(layout.drill(id, new Date("2026-11-20T04:00:00Z"), Verdict.Pass), "{}");
    const expected = await contentOf(here.store);
    let died = true;
    for (let at = 0; died; at += 1) {
      for (const moment of ["before", "after"] as const) {
        const place = await folderUnderTest();
        const dying = dyingStore(place.store, at, moment);
        await copy(id, { target: dying.store }).catch(() => undefined);
        died = dying.died();
        const committed = (await idsOf(place.store)).length > 0;
        if (committed) expect(await contentOf(place.store)).toEqual(expected);
        const [again] = (await copy(id, { target: place.store })).recoveryPoints;
        expect(again?.outcome).toBe(committed ? "there" : "copied");
        expect(await contentOf(place.store)).toEqual(expected);
        await place.close();
      }
    }
  });

  it("that was copied half is taken over where it is the same, and refused where it is not", async () => {
    const id = await storeSealedPoint(here.store, "2026-11-20T02:00:00Z", { bytes: 100_000 });
    const key = `${layout.attempt(id, "attempt1")}shop.dump.zst`;
    const original = await here.raw(key);
    await there.store.put(key, Readable.from([original]));
    expect((await copy(id)).recoveryPoints).toMatchObject([{ outcome: "copied", takenOver: 1 }]);
    for (const other of [Buffer.alloc(100_000, "x"), Buffer.from("shorter")]) {
      const place = await folderUnderTest();
      await place.store.put(key, Readable.from([other]));
      const problem = await problemOf(copy(id, { target: place.store }));
      expect(problem.exitCode).toBe(ExitCode.DataWrong);
      expect(problem.message).toMatch(/shop\.dump\.zst.*another object lies there/s);
      expect(await idsOf(place.store)).toEqual([]);
      expect((await place.raw(key)).equals(other)).toBe(true);
      await place.close();
    }
  });

  it("that is damaged here never appears there, and one that is damaged there does not count", async () => {
    const id = await storeSealedPoint(here.store, "2026-11-20T02:00:00Z", { bytes: 100_000 });
    const key = `${layout.attempt(id, "attempt1")}shop.dump.zst`;
    const rotten: Store = new Proxy(there.store, {
      get: (target, name) => {
        if (name === "read")
          return async (key: string) => (key.endsWith(".dump.zst") ? Readable.from([Buffer.alloc(100_000)]) : await target.read(key));
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      },
    });
    const readBack = await problemOf(copy(id, { target: rotten }));
    expect(readBack.exitCode).toBe(ExitCode.InputOutput);
    expect(readBack.message).toMatch(/read back at the far end it is not what was sent/);
    expect(await idsOf(there.store)).toEqual([]);

    await here.replace(key, Buffer.alloc(100_000, "x"));
    const place = await folderUnderTest();
    const problem = await problemOf(copy(id, { target: place.store }));
    expect(problem.exitCode).toBe(ExitCode.DataWrong);
    expect(problem.message).toMatch(/shop\.dump\.zst.*not what its manifest says/s);
    expect(await keysOf(place.store, layout.points)).not.toContain(key);
    expect((await readAudit(place.store, layout)).entries).toMatchObject([{ result: "failed" }]);
    await place.close();
  });

  it("is refused where its manifest is edited, unsigned, or another one lies there", async () => {
    const { privateKey } = generateKeyPairSync("ed25519");
    const signing = { signing: { publicKeys: [publicKeyText(privateKey)] } };
    const id = await storeSealedPoint(here.store, "2026-11-20T02:00:00Z");
    expect((await problemOf(copy(id, { config: configWith(signing) }))).exitCode).toBe(ExitCode.DataWrong);
    const signed = await storeSealedPoint(here.store, "2026-11-21T02:00:00Z", { key: privateKey });
    expect((await copy(signed, { config: configWith(signing) })).recoveryPoints).toMatchObject([{ outcome: "copied" }]);
    await there.store.putDocument(layout.manifest(id), "{}");
    expect((await problemOf(copy(id))).message).toMatch(/another manifest lies there/);
    await here.replace(
      layout.manifest(id),
      Buffer.from((await here.raw(layout.manifest(id))).toString().replace("2026-11-21", "2026-11-22")),
    );
    await there.store.remove(layout.manifest(id));
    expect((await problemOf(copy(id))).exitCode).toBe(ExitCode.DataWrong);
  });

  it("waits for nobody: one that is being removed, at either end, is worth another try", async () => {
    const id = await storeSealedPoint(here.store, "2026-11-20T02:00:00Z");
    await beginRemoval(there.store, layout, id, { attempts: ["attempt1"], by: "tester" });
    expect((await problemOf(copy(id))).exitCode).toBe(ExitCode.TryAgain);
    await beginRemoval(here.store, layout, id, { attempts: ["attempt1"], by: "tester" });
    const place = await folderUnderTest();
    expect((await problemOf(copy(id, { target: place.store }))).exitCode).toBe(ExitCode.TryAgain);
    expect(await keysOf(place.store, layout.points)).toEqual([]);
    await place.close();
  });

  it("is not said to be there while it is being removed there", async () => {
    const id = await storeSealedPoint(here.store, "2026-11-20T02:00:00Z");
    await copy(id);
    await beginRemoval(there.store, layout, id, { attempts: ["attempt1"], by: "tester" });
    expect((await problemOf(copy(id))).exitCode).toBe(ExitCode.TryAgain);
  });

  it("is not committed there when retention removes what an earlier copy left in that moment", async () => {
    const id = await storeSealedPoint(here.store, "2026-11-20T02:00:00Z");
    const prefix = layout.attempt(id, "attempt1");
    await there.store.putDocument(`${prefix}begin.json`, JSON.stringify({ expiresAt: new Date(0) }));
    const removing = meddledStore(there.store, {
      after: async ({ key }) => {
        if (key === `${prefix}alive-1.json`) await there.store.remove(`${prefix}begin.json`);
      },
    });
    expect((await problemOf(copy(id, { target: removing }))).exitCode).toBe(ExitCode.TryAgain);
    expect(await idsOf(there.store)).toEqual([]);
    // What is left of it now is being removed.
    expect((await problemOf(copy(id))).message).toMatch(/retention at the far end is removing/);
  });

  it.each([
    ["before the commit is noticed, and nothing is committed", "drills/", 0],
    ["in the moment of the commit is told", "manifests/", 1],
  ])("of which an object goes there %s", async (_when, moment, committed) => {
    const id = await storeSealedPoint(here.store, "2026-11-20T02:00:00Z");
    await here.store.putDocument(layout.drill(id, new Date("2026-11-20T04:00:00Z"), Verdict.Pass), "{}");
    const target = meddledStore(there.store, {
      before: async ({ method, key }) => {
        if (method === "putDocument" && key.startsWith(`shop/${moment}`))
          await there.store.remove(`${layout.attempt(id, "attempt1")}shop.dump.zst`);
      },
    });
    const problem = await problemOf(copy(id, { target }));
    expect(problem.exitCode).toBe(ExitCode.DataWrong);
    expect(problem.message).toMatch(/shop\.dump\.zst.*gone/s);
    expect(await idsOf(there.store)).toHaveLength(committed);
  });

  it("is not copied to a store that overwrites, and not on after an interruption", async () => {
    const id = await storeSealedPoint(here.store, "2026-11-20T02:00:00Z", { bytes: 5_000_000 });
    const overwriting: Store = new Proxy(there.store, {
      get: (target, name) => {
        if (name === "putDocument") return (key: string, text: string) => target.putDocument(key, text).catch(() => undefined);
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      },
    });
    expect((await problemOf(copy(id, { target: overwriting }))).message).toMatch(/this store overwrites/);
    const controller = new AbortController();
    const stopping = meddledStore(there.store, {
      before: ({ method }) => void (method === "put" && controller.abort(new Error("Ctrl-C"))),
    });
    await expect(copy(id, { target: stopping, signal: controller.signal })).rejects.toThrow("Ctrl-C");
    expect(await idsOf(there.store)).toEqual([]);
  });
});

describe("all recovery points", () => {
  const slots = ["2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20"].map((day) => `${day}T02:00:00Z`);
  let ids: string[];
  beforeEach(async () => {
    ids = [];
    for (const slot of slots) ids.push(await storeSealedPoint(here.store, slot));
  });

  it("are copied newest first; one that fails keeps none of the others back; the next run has nothing to do", async () => {
    const broken = ids[2] ?? "";
    await here.replace(`${layout.attempt(broken, "attempt1")}globals.sql.zst`, Buffer.from("damaged"));
    const { recoveryPoints, failed } = await copy("all");
    expect(recoveryPoints.map(({ id }) => id)).toEqual([ids[3], ids[1], ids[0]]);
    expect(failed).toMatchObject([{ id: broken, exitCode: ExitCode.DataWrong }]);
    expect((await copy("all")).recoveryPoints).toEqual([]);
  });

  it("keep up with what is recorded later: a drill, an unpinning, an acceptance", async () => {
    const [first = "", second = "", third = ""] = ids;
    await writePin(here.store, layout, { id: first, until: null, reason: "r", by: "b" });
    await markSuspicious(here.store, layout, second, first, []);
    await copy("all");
    await writeUnpin(here.store, layout, { id: first, reason: "r", by: "b" });
    await acceptRecoveryPoint(here.store, layout, { id: second, reason: "r", by: "b" });
    await here.store.putDocument(layout.drill(third, new Date("2026-11-20T04:00:00Z"), Verdict.Pass), "{}");
    expect((await copy("all")).newRecords).toBe(3);
    expect(await contentOf(there.store)).toEqual(await contentOf(here.store));
    expect((await copy("all")).newRecords).toBe(0);
  });

  it("leave out what the copy's own retention would remove at once, which lets go there what it does not keep", async () => {
    await copy("all");
    const newer = await storeSealedPoint(here.store, "2026-11-21T02:00:00Z");
    const config = configWith({}, { keepLast: 2, minimum: 1 });
    await copy("all", { config });
    const policy = parseRetentionPolicy({ keepLast: 2, minimum: 1 });
    await applyRetention({ config, policy, store: there.store, by: "tester", reporter: silentReporter });
    expect(await idsOf(there.store)).toEqual([ids[3], newer]);
    const { recoveryPoints, left } = await copy("all", { config });
    expect(recoveryPoints).toEqual([]);
    expect(left.map(({ id }) => id)).toEqual([ids[2], ids[1], ids[0]]);
    expect(left[0]?.reason).toMatch(/the copy's retention would let it go/);
  });

  it("stop at once where none could be copied", async () => {
    const full = meddledStore(there.store, {
      before: ({ method }) => {
        if (method === "put") throw new ProblemError(ExitCode.NoSpace, { where: "there", reason: "no space" });
      },
    });
    expect((await problemOf(copy("all", { target: full }))).exitCode).toBe(ExitCode.NoSpace);
    expect((await readAudit(here.store, layout)).entries).toHaveLength(1);
    expect(await idsOf(there.store)).toEqual([]);
  });
});

it("retention at the far end leaves a copy that is under way alone", async () => {
  const id = await storeSealedPoint(here.store, "2026-11-20T02:00:00Z");
  await storeSealedPoint(there.store, "2026-11-19T02:00:00Z");
  const policy = parseRetentionPolicy({ keepLast: 1, minimum: 1 });
  const target = meddledStore(there.store, {
    before: async ({ key }) => {
      if (key !== layout.manifest(id)) return;
      const result = await applyRetention({ config: configWith(), policy, store: there.store, by: "tester", reporter: silentReporter });
      expect(result.leftovers).toEqual([]);
    },
  });
  await copy(id, { target });
  expect(await contentOf(there.store, layout.points)).toMatchObject(await contentOf(here.store, layout.points));
});
