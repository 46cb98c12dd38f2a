import { hostname } from "node:os";
import type { StoreLayout } from "@pgkeep/core";
import type { Reporter } from "../reporter.js";
import type { Store } from "../store/Store.js";

/** How often a run says that it lives. */
const INTERVAL_MILLISECONDS = 60_000;
/** A run that was silent for this long is dead, by the store's clock: its leftovers may go. Many missed signs, since a network may be away. */
const LIFETIME_MILLISECONDS = 30 * 60_000;

export interface Heartbeat {
  /** Stops the signs of life. */
  stop(): Promise<void>;
}

/**
 * Marks an attempt as begun, with a create-only `begin.json`, and then writes numbered signs of life until it is stopped.
 * Nothing is overwritten: each sign is an object of its own.
 */
export async function beginAttempt(store: Store, layout: StoreLayout, id: string, attempt: string, reporter: Reporter): Promise<Heartbeat> {
  const prefix = layout.attempt(id, attempt);
  await store.putDocument(`${prefix}begin.json`, signOfLife());
  let number = 0;
  let writing: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    number += 1;
    writing = store.putDocument(`${prefix}alive-${number}.json`, signOfLife()).catch((error: Error) => {
      // Not fatal by itself: if the store stays away, the upload fails and says so better.
      reporter.warning(`a sign of life could not be written: ${error.message}`);
    });
  }, INTERVAL_MILLISECONDS);
  timer.unref();
  return {
    stop() {
      clearInterval(timer);
      return writing;
    },
  };
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
