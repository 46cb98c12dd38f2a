import { randomUUID } from "node:crypto";
import type { AgentConfig, StoreLayout } from "@pgkeep/core";
import type { Environment } from "../configuration/Environment.js";
import type { MetricsSource } from "../metrics/MetricsSource.js";
import type { Reporter } from "../reporter.js";
import { assertCreateOnly } from "../store/assertCreateOnly.js";
import type { Store } from "../store/Store.js";
import { assessHealth, type Health } from "./assessHealth.js";
import { forJob } from "./forJob.js";
import { type HealthServer, startHealthServer } from "./healthServer.js";
import { JobLoop } from "./JobLoop.js";
import type { ScheduleClock } from "./ScheduleClock.js";
import type { ScheduledTask } from "./ScheduledTask.js";
import type { SchedulePace } from "./SchedulePace.js";

export interface ScheduleOptions {
  config: Pick<AgentConfig, "schedule" | "cluster" | "notify">;
  tasks: readonly ScheduledTask[];
  store: Store;
  layout: StoreLayout;
  clock: ScheduleClock;
  pace: SchedulePace;
  environment: Environment;
  reporter: Reporter;
  /** Ends the scheduler: what is under way is aborted, and nothing new begins. */
  signal: AbortSignal;
  /** Told beside health, where the configuration wants it. */
  metrics?: MetricsSource;
  /** Called once all loops run. */
  started?: () => void;
}

/**
 * Runs jobs by their schedules until the signal aborts, each by a loop of its own, so that two of one minute run beside each other. Returns once nothing is
 * under way any more; throws only at the start, or for a defect.
 */
export async function runSchedule(options: ScheduleOptions): Promise<void> {
  const { config, tasks, store, layout, clock, reporter, signal } = options;
  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  const holder = randomUUID();
  let health: (() => Health) | undefined;
  const server = await startHealth(options, () => health?.());
  try {
    // Locks stand on it.
    await assertCreateOnly(store, `${layout.schedule}probe.json`);
    const loops = tasks.map((task) => ({
      task,
      loop: new JobLoop(task, { ...options, holder, reporter: forJob(reporter, task.job), ...retry(config) }),
    }));
    for (const { loop } of loops) await loop.begin();
    health = () =>
      assessHealth(
        loops.map(({ task, loop }) => ({ task, state: loop.state })),
        clock.now(),
      );
    options.started?.();
    const running = loops.map(({ loop }) =>
      loop.run(either).catch((error: unknown) => {
        failure.abort(error);
        throw error;
      }),
    );
    const ended = await Promise.allSettled(running);
    for (const result of ended) if (result.status === "rejected") throw result.reason;
  } finally {
    await server?.close();
  }
}

function retry({ schedule }: Pick<AgentConfig, "schedule">): { retryFor: number } {
  return { retryFor: schedule?.retryFor ?? 0 };
}

async function startHealth(
  { config: { schedule }, metrics, reporter }: Pick<ScheduleOptions, "config" | "metrics" | "reporter">,
  health: () => Health | undefined,
): Promise<HealthServer | undefined> {
  if (!schedule?.health) return undefined;
  const server = await startHealthServer(schedule.health, health, schedule.health.metrics ? metrics : undefined);
  reporter.info(`health is told at ${server.url}/healthz and ${server.url}/readyz`);
  return server;
}
