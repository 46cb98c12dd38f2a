import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { formatTimeName } from "@pgkeep/core";
import { afterEach, beforeEach, expect, it } from "vitest";
import { childArguments } from "../store/childArguments.js";
import type { SchedulerOrder, Telling, Told } from "./schedulerProcess.mjs";

const MINUTE = 60_000;
const SLOTS = 200;
/** Far from any moment at which it could be waited for on a loaded machine. */
const PATIENCE_MILLISECONDS = 60_000;

let folder: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pgkeep-schedulers-"));
});
afterEach(() => {
  for (const child of children.splice(0)) if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

interface Scheduler {
  child: ChildProcess;
  tell(told: Told): void;
  next(kind: Telling["kind"]): Promise<Telling>;
}

async function startScheduler(order: Omit<SchedulerOrder, "url" | "cron" | "lockLifetime">): Promise<Scheduler> {
  const whole: SchedulerOrder = { url: `file://${join(folder, "store")}`, cron: "* * * * *", lockLifetime: 8000, ...order };
  const child = spawn(process.execPath, childArguments("../schedule/schedulerProcess.mts", whole), {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  children.push(child);
  const next = async (kind: Telling["kind"]): Promise<Telling> => {
    for (;;) {
      const [telling] = (await once(child, "message", { signal: AbortSignal.timeout(PATIENCE_MILLISECONDS) })) as [Telling];
      if (telling.kind === kind) return telling;
    }
  };
  const scheduler = { child, next, tell: (told: Told) => child.connected && child.send(told) };
  await next("started");
  return scheduler;
}

const recordOf = (slot: Date) => join(folder, "store/shop/schedule/backup/slots", `${formatTimeName(slot)}.json`);
const runsOf = (slot: Date) => {
  const path = join(folder, "store/runs", formatTimeName(slot));
  return existsSync(path) ? readdirSync(path).filter((name) => name.endsWith(".json")) : [];
};

async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MILLISECONDS;
  while (!condition()) {
    if (Date.now() > deadline) expect.fail(`${what} did not come`);
    await sleep(2);
  }
}

it(`two schedulers on one store run each of ${SLOTS} slots once, and go on when one is killed in the middle of a run`, async () => {
  const begin = new Date("2026-11-21T02:00:30Z");
  const slots = Array.from({ length: SLOTS }, (_, index) => new Date(begin.getTime() + 30_000 + index * MINUTE));
  const killedAt = slots[149] ?? begin;
  const now = begin.toISOString();
  const [first, second] = await Promise.all([
    startScheduler({ name: "first", now, hangAt: killedAt.toISOString() }),
    startScheduler({ name: "second", now }),
  ]);
  const heaps: number[] = [];
  let alive = [first, second];
  for (const [index, slot] of slots.entries()) {
    const isKill = slot === killedAt;
    // The one that is to be killed must be the one that runs: the other hears of the slot only once it does.
    const hanging = isKill ? first.next("hanging") : undefined;
    if (isKill) {
      first.tell({ now: slot.toISOString() });
      await hanging;
      second.tell({ now: slot.toISOString() });
      await sleep(100);
      expect(runsOf(slot), "the other ran beside the one that holds the lock").toEqual([]);
      first.child.kill("SIGKILL");
      await once(first.child, "exit");
      alive = [second];
    } else {
      // Now the one, now the other hears of it first.
      for (const scheduler of index % 2 === 0 ? alive : alive.toReversed()) scheduler.tell({ now: slot.toISOString() });
    }
    await until(() => existsSync(recordOf(slot)), `the end of slot ${index + 1} of ${SLOTS}`);
    if (index === 49 || index === SLOTS - 1) {
      second.tell({ memory: true });
      const memory = await second.next("memory");
      if (memory.kind === "memory") heaps.push(memory.heapUsed);
    }
  }

  expect(slots.filter((slot) => runsOf(slot).length !== 1).map((slot) => [slot, runsOf(slot)])).toEqual([]);
  const records = slots.map((slot) => JSON.parse(readFileSync(recordOf(slot), "utf8")) as { by: string; fence: number; exitCode: number });
  expect(records.every(({ exitCode }) => exitCode === 0)).toBe(true);
  // Every later slot was run under a later token of the lock.
  expect(records.every(({ fence }, index) => index === 0 || fence > (records[index - 1]?.fence ?? 0))).toBe(true);
  const wins = (name: string) => records.filter(({ by }) => by === name).length;
  expect(wins("first") + wins("second")).toBe(SLOTS);
  expect(wins("first"), "slots won by the first").toBeGreaterThan(0);
  expect(wins("second"), "slots won by the second").toBeGreaterThan(SLOTS - 149);
  const [early = 0, late = 0] = heaps;
  expect(late - early, "growth of the heap over 150 slots, in bytes").toBeLessThan(3_000_000);

  second.child.kill("SIGTERM");
  const [exitCode, signal] = await once(second.child, "exit");
  expect([exitCode, signal]).toEqual([0, null]);
});
