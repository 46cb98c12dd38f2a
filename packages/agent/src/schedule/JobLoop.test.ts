import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ExitCode, ProblemError, parseAgentConfig, parseCron, storeLayout } from "@pgkeep/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { silentReporter } from "../reporter.js";
import { FolderStore } from "../store/FolderStore.js";
import { JobLoop } from "./JobLoop.js";
import type { ScheduleClock } from "./ScheduleClock.js";
import type { ScheduledTask } from "./ScheduledTask.js";
import { scheduleKeys } from "./scheduleKeys.js";

const layout = storeLayout("shop");
const keys = scheduleKeys(layout, "drill");
const PACE = { lockLifetime: 600_000, lockRenewal: 300_000, poll: 2, retry: 30_000 };
const MINUTE = 60_000;

let folder: string;
let store: FolderStore;
let ending: AbortController;
let clock: TurnedClock;

/** A clock that a test turns. Whoever waits for a retry is let through at once, which turns it. */
class TurnedClock implements ScheduleClock {
  #now: number;
  #turned = Promise.withResolvers<void>();
  constructor(text: string) {
    this.#now = Date.parse(text);
  }
  now = () => new Date(this.#now);
  turnTo(text: string) {
    this.#now = Date.parse(text);
    this.#turned.resolve();
    this.#turned = Promise.withResolvers();
  }
  async waitUntil(moment: Date, signal: AbortSignal) {
    if (moment.getSeconds() !== 0) this.#now = moment.getTime();
    while (this.#now < moment.getTime()) {
      await Promise.race([this.#turned.promise, new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }))]);
      signal.throwIfAborted();
    }
  }
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pgkeep-loop-"));
  store = new FolderStore(folder);
  ending = new AbortController();
  clock = new TurnedClock("2026-11-21T10:00:30Z");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const config = parseAgentConfig({ version: 1, cluster: "shop", databases: ["shop"], store: { url: "file:///x" } });

async function loopOf(run: ScheduledTask["run"], cron = "0 * * * *", retryFor = 15 * MINUTE) {
  const task: ScheduledTask = { job: "drill", schedule: { cron: parseCron(cron), timeZone: "UTC" }, run };
  const options = { store, layout, holder: Math.random().toString(), clock, pace: PACE, retryFor, config, environment: {} };
  const loop = new JobLoop(task, { ...options, reporter: silentReporter });
  await loop.begin();
  const ended = loop.run(ending.signal);
  const settled = (slot: string) => vi.waitFor(() => expect(loop.state.settled).toEqual(new Date(slot)), { timeout: 10_000, interval: 2 });
  const end = async () => {
    ending.abort(new ProblemError(ExitCode.TryAgain, { where: "interrupted by SIGTERM", reason: "it ends" }));
    await ended;
  };
  return { loop, settled, end };
}

const done = { exitCode: ExitCode.Done, summary: "done" };
const recordAt = async (slot: string) => JSON.parse((await store.readDocument(keys.slot(new Date(slot)))) ?? "null");

describe("a slot", () => {
  it("before the schedule was first seen is not owed; the next one runs", async () => {
    const run = vi.fn<ScheduledTask["run"]>().mockResolvedValue(done);
    const { settled, end } = await loopOf(run);
    await settled("2026-11-21T10:00:00Z");
    expect(run).not.toHaveBeenCalled();
    clock.turnTo("2026-11-21T11:00:00Z");
    await settled("2026-11-21T11:00:00Z");
    expect(run.mock.calls.map(([{ slot }]) => slot)).toEqual([new Date("2026-11-21T11:00:00Z")]);
    expect(await recordAt("2026-11-21T11:00:00Z")).toMatchObject({ exitCode: 0, summary: "done", attempts: 1 });
    await end();
  });

  it("that was missed while no scheduler lived runs at the start: the newest of them, once", async () => {
    const before = await loopOf(() => Promise.resolve(done));
    await before.end();
    ending = new AbortController();
    clock.turnTo("2026-11-21T15:20:00Z");
    const run = vi.fn<ScheduledTask["run"]>().mockResolvedValue(done);
    const { settled, end } = await loopOf(run);
    await settled("2026-11-21T15:00:00Z");
    expect(run.mock.calls.map(([{ slot }]) => slot)).toEqual([new Date("2026-11-21T15:00:00Z")]);
    await end();
    // And not once more.
    ending = new AbortController();
    const again = await loopOf(run);
    await again.settled("2026-11-21T15:00:00Z");
    expect(run).toHaveBeenCalledTimes(1);
    await again.end();
  });

  it("runs although a clock was years ahead when the schedule was first seen", async () => {
    clock.turnTo("2036-01-01T10:00:30Z");
    await (await loopOf(() => Promise.resolve(done))).end();
    ending = new AbortController();
    clock.turnTo("2026-11-21T10:00:30Z");
    const run = vi.fn<ScheduledTask["run"]>().mockResolvedValue(done);
    const { settled, end } = await loopOf(run);
    await settled("2026-11-21T10:00:00Z");
    clock.turnTo("2026-11-21T11:00:00Z");
    await settled("2026-11-21T11:00:00Z");
    expect(run.mock.calls.map(([{ slot }]) => slot)).toEqual([new Date("2026-11-21T11:00:00Z")]);
    await end();
  });

  it("of a schedule that was changed is not owed from before the change", async () => {
    await (await loopOf(() => Promise.resolve(done))).end();
    ending = new AbortController();
    const run = vi.fn<ScheduledTask["run"]>().mockResolvedValue(done);
    const { settled, end } = await loopOf(run, "30 9 * * *");
    await settled("2026-11-21T09:30:00Z");
    expect(run).not.toHaveBeenCalled();
    await end();
  });

  it("that comes due while a run takes longer runs behind it, the newest alone", async () => {
    const first = Promise.withResolvers<void>();
    const slots: string[] = [];
    const { settled, end } = await loopOf(async ({ slot }) => {
      slots.push(slot.toISOString().slice(11, 16));
      if (slots.length === 1) await first.promise;
      return done;
    });
    clock.turnTo("2026-11-21T11:00:00Z");
    await vi.waitFor(() => expect(slots).toEqual(["11:00"]), { timeout: 10_000 });
    clock.turnTo("2026-11-21T14:10:00Z");
    first.resolve();
    await settled("2026-11-21T14:00:00Z");
    expect(slots).toEqual(["11:00", "14:00"]);
    await end();
  });
});

describe("a run that fails", () => {
  const failing = (exitCode: ExitCode) => () => Promise.reject(new ProblemError(exitCode, { where: "server", reason: "it is away" }));

  it.each([ExitCode.TryAgain, ExitCode.Unavailable])("with exit code %d is tried again, for as long as configured", async (exitCode) => {
    const run = vi.fn<ScheduledTask["run"]>(failing(exitCode));
    const { settled, end } = await loopOf(run, "0 * * * *", 5 * MINUTE);
    clock.turnTo("2026-11-21T11:00:00Z");
    await settled("2026-11-21T11:00:00Z");
    // At 0, 30, 90 and 210 seconds; the next would come behind five minutes.
    expect(run).toHaveBeenCalledTimes(4);
    expect(await recordAt("2026-11-21T11:00:00Z")).toMatchObject({ exitCode, attempts: 4, summary: "server: it is away" });
    await end();
  });

  it("is done once a try succeeds", async () => {
    const run = vi
      .fn<ScheduledTask["run"]>(failing(ExitCode.TryAgain))
      .mockImplementationOnce(failing(ExitCode.Unavailable))
      .mockResolvedValue(done);
    const { settled, end } = await loopOf(run);
    clock.turnTo("2026-11-21T11:00:00Z");
    await settled("2026-11-21T11:00:00Z");
    expect(await recordAt("2026-11-21T11:00:00Z")).toMatchObject({ exitCode: 0, attempts: 2 });
    await end();
  });

  it.each([ExitCode.Configuration, ExitCode.Permission, ExitCode.DataWrong])(
    "with exit code %d is tried once, and the next slot runs",
    async (exitCode) => {
      const run = vi.fn<ScheduledTask["run"]>(failing(exitCode));
      const { settled, end } = await loopOf(run);
      clock.turnTo("2026-11-21T11:00:00Z");
      await settled("2026-11-21T11:00:00Z");
      expect(await recordAt("2026-11-21T11:00:00Z")).toMatchObject({ exitCode, attempts: 1 });
      run.mockResolvedValue(done);
      clock.turnTo("2026-11-21T12:00:00Z");
      await settled("2026-11-21T12:00:00Z");
      expect(run).toHaveBeenCalledTimes(2);
      await end();
    },
  );

  it("by a defect of ours is recorded, and the next slot runs", async () => {
    const run = vi.fn<ScheduledTask["run"]>().mockRejectedValueOnce(new TypeError("x is not a function")).mockResolvedValue(done);
    const { settled, end } = await loopOf(run);
    clock.turnTo("2026-11-21T11:00:00Z");
    await settled("2026-11-21T11:00:00Z");
    expect(await recordAt("2026-11-21T11:00:00Z")).toMatchObject({ exitCode: ExitCode.Defect });
    clock.turnTo("2026-11-21T12:00:00Z");
    await settled("2026-11-21T12:00:00Z");
    await end();
  });
});

describe("an end in the middle of a run", () => {
  it("aborts it, lets go of the lock, and leaves the slot to whoever starts next", async () => {
    const aborted = Promise.withResolvers<string>();
    const { loop, end } = await loopOf(
      ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => {
            aborted.resolve(String(signal.reason));
            reject(signal.reason as Error);
          });
        }),
    );
    clock.turnTo("2026-11-21T11:00:00Z");
    await vi.waitFor(() => expect(loop.state.working).toEqual({ slot: new Date("2026-11-21T11:00:00Z"), here: true }), { timeout: 10_000 });
    await end();
    expect(await aborted.promise).toContain("interrupted by SIGTERM");
    expect(await recordAt("2026-11-21T11:00:00Z")).toBeNull();

    ending = new AbortController();
    const run = vi.fn<ScheduledTask["run"]>().mockResolvedValue(done);
    const next = await loopOf(run);
    await next.settled("2026-11-21T11:00:00Z");
    expect(run).toHaveBeenCalledTimes(1);
    await next.end();
  });

  it("records what was done in spite of it", async () => {
    const { loop, end } = await loopOf(async ({ signal }) => {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      return done;
    });
    clock.turnTo("2026-11-21T11:00:00Z");
    await vi.waitFor(() => expect(loop.state.working).toBeDefined(), { timeout: 10_000 });
    await end();
    expect(await recordAt("2026-11-21T11:00:00Z")).toMatchObject({ exitCode: 0 });
  });
});

it("waits where the store is away, says so, and runs the slot once it is back", async () => {
  const run = vi.fn<ScheduledTask["run"]>().mockResolvedValue(done);
  const { loop, settled, end } = await loopOf(run);
  await settled("2026-11-21T10:00:00Z");
  const away = vi
    .spyOn(store, "readDocument")
    .mockRejectedValue(new ProblemError(ExitCode.Unavailable, { where: "store", reason: "it is away" }));
  clock.turnTo("2026-11-21T11:00:00Z");
  await vi.waitFor(() => expect(loop.state.hindrance).toBe("store: it is away"), { timeout: 10_000 });
  expect(run).not.toHaveBeenCalled();
  away.mockRestore();
  await settled("2026-11-21T11:00:00Z");
  expect(loop.state.hindrance).toBeUndefined();
  expect(run).toHaveBeenCalledTimes(1);
  await end();
});
