import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ExitCode, ProblemError, storeLayout } from "@pgkeep/core";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { silentReporter } from "../reporter.js";
import { FolderStore } from "../store/FolderStore.js";
import { JobLock } from "./JobLock.js";
import { scheduleKeys } from "./scheduleKeys.js";

const keys = scheduleKeys(storeLayout("shop"), "backup");
const LONG = { lockLifetime: 600_000, lockRenewal: 300_000 };
let folder: string;
let store: FolderStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pgkeep-lock-"));
  store = new FolderStore(folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const lockOf = (holder: string, pace = LONG) => new JobLock(store, keys, holder, pace, silentReporter);

async function tokens(): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of store.list(keys.lock)) {
    const { holder, state } = JSON.parse((await store.readDocument(key)) ?? "") as { holder: string; state: string };
    found.push(`${Number(key.slice(-15, -5))} ${holder} ${state}`);
  }
  return found;
}

it("is held by one at a time, under numbers that only grow, and nothing is ever removed", async () => {
  const [one, other] = [lockOf("one"), lockOf("other")];
  const held = await one.tryAcquire("first");
  expect(held?.fence).toBe(1);
  expect(await other.tryAcquire("second")).toBeUndefined();
  await held?.release();
  const next = await other.tryAcquire("second");
  expect(next?.fence).toBe(3);
  expect(await one.tryAcquire("third")).toBeUndefined();
  await next?.release();
  expect(await tokens()).toEqual(["1 one held", "2 one released", "3 other held", "4 other released"]);
  expect(held?.lost.aborted || next?.lost.aborted).toBe(false);
});

it("goes to one of many that try at once", async () => {
  for (let round = 0; round < 10; round += 1) {
    const tries = await Promise.all(["a", "b", "c", "d"].map((name) => lockOf(`${name}${round}`).tryAcquire("race")));
    const held = tries.filter((lock) => lock !== undefined);
    expect(held).toHaveLength(1);
    await held[0]?.release();
  }
});

it("is free once its holder has been silent for its lifetime, by the store's clock, and the old holder learns it", async () => {
  const short = { lockLifetime: 60_000, lockRenewal: 40 };
  const clock = vi.spyOn(store, "clock");
  const begin = new Date("2026-11-21T02:00:00Z");
  clock.mockResolvedValue(begin);
  const dead = await lockOf("dead", short).tryAcquire("first");
  clock.mockResolvedValue(new Date(begin.getTime() + 59_999));
  expect(await lockOf("heir").tryAcquire("second")).toBeUndefined();
  clock.mockResolvedValue(new Date(begin.getTime() + 60_000 + 600_000));
  const heir = await lockOf("heir").tryAcquire("second");
  expect(heir?.fence).toBeGreaterThan(dead?.fence ?? 0);
  await vi.waitFor(() => expect(dead?.lost.aborted).toBe(true), { timeout: 10_000 });
  expect(String(dead?.lost.reason)).toContain("another scheduler took it");
  // It lets go of nothing that is another's.
  await dead?.release();
  expect((await tokens()).at(-1)).toMatch(/heir held$/);
  await heir?.release();
});

it("is renewed for as long as it is held", async () => {
  const held = await lockOf("one", { lockLifetime: 600_000, lockRenewal: 5 }).tryAcquire("long");
  await vi.waitFor(async () => expect((await tokens()).length).toBeGreaterThan(3), { timeout: 10_000 });
  expect(held?.lost.aborted).toBe(false);
  await held?.release();
  const after = await tokens();
  expect(after.at(-1)).toMatch(/one released$/);
  await sleep(30);
  expect(await tokens()).toEqual(after);
});

it("takes its own token for its own where only the answer was lost", async () => {
  const put = store.putDocument.bind(store);
  const held = await lockOf("one", { lockLifetime: 600_000, lockRenewal: 60 }).tryAcquire("first");
  vi.spyOn(store, "putDocument").mockImplementationOnce(async (key, text) => {
    await put(key, text);
    throw new ProblemError(ExitCode.Unavailable, { where: "store", reason: "the connection was lost" });
  });
  await vi.waitFor(async () => expect((await tokens()).length).toBeGreaterThan(2), { timeout: 10_000 });
  expect(held?.lost.aborted).toBe(false);
  await held?.release();
});

it("is lost when it could not be renewed before others may take it", async () => {
  const held = await lockOf("one", { lockLifetime: 300, lockRenewal: 40 }).tryAcquire("first");
  vi.spyOn(store, "putDocument").mockRejectedValue(new ProblemError(ExitCode.Unavailable, { where: "store", reason: "it is away" }));
  await vi.waitFor(() => expect(held?.lost.aborted).toBe(true), { timeout: 10_000 });
  expect(String(held?.lost.reason)).toContain("could not be renewed before it expired");
  await held?.release();
});

it("stops at a token that cannot be read", async () => {
  await store.putDocument(keys.token(1), "not JSON");
  await expect(lockOf("one").tryAcquire("first")).rejects.toThrow(/0000000001\.json: this token of a lock cannot be read/);
});
