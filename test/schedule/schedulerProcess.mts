import { randomUUID } from "node:crypto";
import { ExitCode, formatTimeName, parseAgentConfig, parseCron, storeLayout } from "@pgkeep/core";
import { runSchedule } from "../../packages/agent/src/schedule/runSchedule.js";
import type { ScheduleClock } from "../../packages/agent/src/schedule/ScheduleClock.js";
import { openStore } from "../../packages/agent/src/store/openStore.js";

/** What a scheduler in a process of its own is asked to do. */
export interface SchedulerOrder {
  url: string;
  name: string;
  cron: string;
  /** The time that its clock begins with. */
  now: string;
  /** Its job stands still in this slot, until it is killed. */
  hangAt?: string;
  lockLifetime: number;
}

/** What it is told: the time, or that somebody wants to know how much it holds in memory. */
export type Told = { now: string } | { memory: true };
/** What it tells. */
export type Telling = { kind: "started" } | { kind: "hanging" } | { kind: "memory"; heapUsed: number };

// One scheduler: the agent's own loop, locks and records in a real store, under a clock that the parent turns. Its job writes one object per run.
const order: SchedulerOrder = JSON.parse(process.argv[2] ?? "");
const tell = (telling: Telling) => process.send?.(telling);

let now = new Date(order.now);
let turned = Promise.withResolvers<void>();
process.on("message", (told: Told) => {
  if ("memory" in told) {
    globalThis.gc?.();
    tell({ kind: "memory", heapUsed: process.memoryUsage().heapUsed });
    return;
  }
  now = new Date(told.now);
  turned.resolve();
  turned = Promise.withResolvers();
});

const clock: ScheduleClock = {
  now: () => now,
  async waitUntil(moment, signal) {
    const aborted = Promise.withResolvers<void>();
    const onAbort = () => aborted.resolve();
    signal.addEventListener("abort", onAbort);
    while (now < moment && !signal.aborted) await Promise.race([turned.promise, aborted.promise]);
    signal.removeEventListener("abort", onAbort);
    signal.throwIfAborted();
  },
};

const store = await openStore({ url: order.url, forcePathStyle: false, checksums: "when_supported" }, {});
const ending = new AbortController();
process.once("SIGTERM", () => ending.abort());
await runSchedule({
  config: parseAgentConfig({ version: 1, cluster: "shop", databases: ["shop"], store: { url: order.url } }),
  tasks: [
    {
      job: "backup",
      schedule: { cron: parseCron(order.cron), timeZone: "UTC" },
      async run({ slot }) {
        if (slot.toISOString() === order.hangAt) {
          tell({ kind: "hanging" });
          await new Promise(() => undefined);
        }
        await store.putDocument(`runs/${formatTimeName(slot)}/${order.name}-${randomUUID()}.json`, "{}\n");
        return { exitCode: ExitCode.Done, summary: order.name };
      },
    },
  ],
  store,
  layout: storeLayout("shop"),
  clock,
  pace: { lockLifetime: order.lockLifetime, lockRenewal: order.lockLifetime / 8, poll: 8, retry: 50 },
  environment: { PGKEEP_BY: order.name },
  reporter: { info() {}, warning: (message) => console.error(`${order.name}: ${message}`), progress() {} },
  signal: ending.signal,
  started: () => tell({ kind: "started" }),
});
await store.close();
process.disconnect();
