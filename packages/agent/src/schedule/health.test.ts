import { ExitCode, parseCron } from "@pgkeep/core";
import { afterEach, describe, expect, it } from "vitest";
import { MetricsSource } from "../metrics/MetricsSource.js";
import { fullStatus } from "../metrics/status.fixture.js";
import { assessHealth, type Health } from "./assessHealth.js";
import { type HealthServer, startHealthServer } from "./healthServer.js";
import { type JobState, newJobState } from "./JobState.js";
import type { ScheduledTask } from "./ScheduledTask.js";

const task: ScheduledTask = {
  job: "backup",
  schedule: { cron: parseCron("0 * * * *"), timeZone: "UTC" },
  run: () => Promise.reject(new Error()),
};
const now = new Date("2026-11-21T11:10:00Z");
const state = (changes: Partial<JobState>): JobState => ({
  ...newJobState("backup", now),
  settled: new Date("2026-11-21T11:00:00Z"),
  ...changes,
});
const problem = (changes: Partial<JobState>) => assessHealth([{ task, state: state(changes) }], now).jobs[0]?.problem;

describe("a scheduler is well", () => {
  it.each<[string, Partial<JobState>]>([
    ["when it waits for the next slot", {}],
    ["while a run takes long", { settled: new Date("2026-11-20T11:00:00Z"), working: { slot: now, here: true }, lookedAt: new Date(0) }],
    ["while another scheduler runs the slot", { settled: new Date("2026-11-20T11:00:00Z"), working: { slot: now, here: false } }],
    ["when the last run failed", { last: { slot: now, exitCode: ExitCode.Permission, summary: "no" } }],
  ])("%s", (_name, changes) => {
    expect(problem(changes)).toBeNull();
  });
});

describe("a scheduler is not well", () => {
  it("when a slot is overdue, without a reason that strangers might read", () => {
    const changes = { settled: new Date("2026-11-21T10:00:00Z"), hindrance: "store: it is away" };
    expect(problem(changes)).toBe("the slot of 2026-11-21T11:00:00.000Z is overdue; the log says why");
  });
  it("when a loop has not gone on", () => {
    expect(problem({ lookedAt: new Date("2026-11-21T11:04:00Z") })).toBe("its loop has not gone on since 2026-11-21T11:04:00.000Z");
  });
  it("but for five minutes it may be late", () => {
    const late = { task, state: state({ settled: new Date("2026-11-21T10:00:00Z") }) };
    expect(assessHealth([late], new Date("2026-11-21T11:05:00Z")).healthy).toBe(true);
    expect(assessHealth([late], new Date("2026-11-21T11:05:01Z")).healthy).toBe(false);
  });
});

describe("the endpoint", () => {
  let server: HealthServer | undefined;
  afterEach(() => server?.close());

  it("is ready once the scheduler runs, and not well when it is not", async () => {
    let health: Health | undefined;
    server = await startHealthServer({ address: "127.0.0.1", port: 0 }, () => health);
    const ask = async (path: string, method = "GET") => (await fetch(`${server?.url}${path}`, { method })).status;
    expect([await ask("/healthz"), await ask("/readyz")]).toEqual([200, 503]);
    health = { healthy: true, jobs: [] };
    expect([await ask("/healthz"), await ask("/readyz?verbose"), await ask("/readyz", "HEAD")]).toEqual([200, 200, 200]);
    health = { healthy: false, jobs: [] };
    expect([await ask("/healthz"), await ask("/readyz")]).toEqual([503, 200]);
    expect([await ask("/"), await ask("/healthz", "POST")]).toEqual([404, 405]);
  });

  it("tells metrics only where it is to", async () => {
    const metrics = new MetricsSource({
      cluster: "shop",
      read: () => Promise.resolve(fullStatus),
      refresh: 60_000,
      failed: () => expect.fail(),
    });
    server = await startHealthServer({ address: "127.0.0.1", port: 0 }, () => undefined, metrics);
    expect(await (await fetch(`${server.url}/metrics`)).text()).toContain('pgkeep_up{postgres_cluster="shop"} 1');
    await server.close();
    server = await startHealthServer({ address: "127.0.0.1", port: 0 }, () => undefined);
    expect((await fetch(`${server.url}/metrics`)).status).toBe(404);
  });

  it("says what stands in its way", async () => {
    server = await startHealthServer({ address: "127.0.0.1", port: 0 }, () => undefined);
    const port = Number(new URL(server.url).port);
    await expect(startHealthServer({ address: "127.0.0.1", port }, () => undefined)).rejects.toThrow(
      /schedule\.health: the health endpoint cannot be opened: another program listens there already/,
    );
    await expect(startHealthServer({ address: "192.0.2.1", port: 0 }, () => undefined)).rejects.toThrow(/this machine has no such address/);
  });
});
