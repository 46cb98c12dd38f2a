import { hostname } from "node:os";
import { ExitCode, ProblemError, type StoreLayout } from "@pgkeep/core";
import type { Reporter } from "../reporter.js";
import type { Store } from "../store/Store.js";

/** How often a run says that it lives. */
const INTERVAL_MILLISECONDS = 60_000;
/** A run that was silent for this long is dead, by the store's clock: its leftovers may go. Many missed signs, since a network may be away. */
const LIFETIME_MILLISECONDS = 30 * 60_000;

export interface Heartbeat {
  /**
   * Refuses to go on where somebody took this run for dead and removed its leftovers: it was silent for too long, as a process is that was stopped, or a
   * machine that slept. Says first that it lives. Asked before the commit and again right after it (`committed`), since a removal may begin between.
   */
  assertAlive(committed: boolean): Promise<void>;
  /** Stops the signs of life. */
  stop(): Promise<void>;
}

/**
 * Marks an attempt as begun, with a create-only `begin.json`, and then writes numbered signs of life until it is stopped.
 * Nothing is overwritten: each sign is an object of its own. Of an attempt that is taken up again, as a copy is, `signs` stand there already.
 */
export async function beginAttempt(
  store: Store,
  layout: StoreLayout,
  id: string,
  attempt: string,
  reporter: Reporter,
  signs = 0,
): Promise<Heartbeat> {
  const prefix = layout.attempt(id, attempt);
  await store.putDocument(`${prefix}${signs === 0 ? "begin" : `alive-${signs}`}.json`, signOfLife());
  let number = signs;
  let lastSignAt = Date.now();
  let writing: Promise<void> = Promise.resolve();
  const writeSign = async () => {
    number += 1;
    const at = Date.now();
    await store.putDocument(`${prefix}alive-${number}.json`, signOfLife());
    lastSignAt = at;
  };
  const timer = setInterval(() => {
    writing = writeSign().catch((error: Error) => {
      // Not fatal by itself: if the store stays away, the upload fails and says so better.
      reporter.warning(`a sign of life could not be written: ${error.message}`);
    });
  }, INTERVAL_MILLISECONDS);
  timer.unref();
  return {
    async assertAlive(committed) {
      await writing;
      if (Date.now() - lastSignAt > LIFETIME_MILLISECONDS / 2) await writeSign();
      // Whoever removes leftovers removes this one first.
      if ((await store.readDocument(`${prefix}begin.json`)) === undefined)
        throw takenForDead(`${store.description} ${prefix}`, id, committed);
    },
    stop() {
      clearInterval(timer);
      return writing;
    },
  };
}

function takenForDead(where: string, id: string, committed: boolean): ProblemError {
  const silence = `this run gave no sign of life for ${LIFETIME_MILLISECONDS / 60_000} minutes, so retention took it for dead and removes what it wrote`;
  const cause = "find out what stops the process, or cuts it off from the store, for so long";
  return committed
    ? new ProblemError(ExitCode.DataWrong, {
        where,
        reason: `${silence}, in the very moment in which it committed: recovery point ${id} cannot be restored`,
        next: `run the backup again under another PGKEEP_RUN_ID, do not use ${id}, and ${cause}`,
      })
    : new ProblemError(ExitCode.TryAgain, {
        where,
        reason: `${silence}; nothing was committed`,
        next: `run the backup again; if it repeats, ${cause}`,
      });
}

function signOfLife(): string {
  const now = Date.now();
  const document = {
    at: new Date(now).toISOString(),
    expiresAt: new Date(now + LIFETIME_MILLISECONDS).toISOString(),
    host: hostname(),
    processId: process.pid,
  };
  return `${JSON.stringify(document)}\n`;
}
