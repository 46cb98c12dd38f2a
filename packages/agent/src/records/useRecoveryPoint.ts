import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { ExitCode, isRecoveryPointId, ProblemError, parseTimeName, type StoreLayout } from "@pgkeep/core";
import type { Reporter } from "../reporter.js";
import type { Store } from "../store/Store.js";
import { recordText } from "./recordText.js";
import { assertExists, isBeingRemoved } from "./removal.js";

/** How often a use says that it goes on. */
const RENEW_MILLISECONDS = 5 * 60_000;
/** So long it counts without a further sign, by the clock of whoever asks: many missed signs, and clocks that differ by minutes. */
const LIFETIME_MILLISECONDS = 30 * 60_000;

/** A recovery point in use, which retention therefore leaves alone. */
export interface RecoveryPointUse {
  /** Ends the use. Never throws: a mark that cannot be ended expires. */
  stop(): Promise<void>;
}

/** What a use is for, for example `restore`. */
export type UsePurpose = "restore" | "drill" | "copy";

/**
 * Marks a recovery point as in use, and renews the mark while the use lives. The mark is written first and a removal looked for then, while
 * a removal is told first and looks for marks then, so one of the two always sees the other: throws a ProblemError (TryAgain) where a removal has
 * begun. Where these credentials may only read, no mark can be written: a warning says what that means, and the use goes on.
 */
export async function useRecoveryPoint(
  store: Store,
  layout: StoreLayout,
  id: string,
  purpose: UsePurpose,
  reporter: Reporter,
): Promise<RecoveryPointUse> {
  const use = randomBytes(4).toString("hex");
  const marked = await mark(store, layout, id, use, purpose, reporter);
  const stop = startRenewing(marked, () => renew(store, layout, id, use, purpose), reporter);
  const ended = async () => {
    await stop();
    if (marked) await store.putDocument(layout.inUseEnded(id, use), recordText({ at: new Date() })).catch(() => undefined);
  };
  try {
    if (await isBeingRemoved(store, layout, id)) throw beingRemoved(id, purpose);
    // A removal may have ended since the manifest was read.
    await assertExists(store, layout, id);
  } catch (error) {
    await ended();
    throw error;
  }
  return { stop: ended };
}

/** Does something with a recovery point that is marked as in use meanwhile. */
export async function usingRecoveryPoint<Result>(
  store: Store,
  layout: StoreLayout,
  id: string,
  purpose: UsePurpose,
  reporter: Reporter,
  work: () => Promise<Result>,
): Promise<Result> {
  const use = await useRecoveryPoint(store, layout, id, purpose, reporter);
  try {
    return await work();
  } finally {
    await use.stop();
  }
}

/** Recovery points in use at a time (default: now), and until when at least, from one listing. */
export async function readUses(store: Store, layout: StoreLayout, now = new Date()): Promise<Map<string, Date>> {
  const lives = new Map<string, { id: string; until: Date }>();
  const ended = new Set<string>();
  for await (const { key } of store.list(layout.inUse)) {
    const match = /^([^/]+)\/([a-z0-9]{8})-(ended|until-([^-]+))\.json$/.exec(key.slice(layout.inUse.length));
    const [, id = "", use = "", state, end = ""] = match ?? [];
    if (!match || !isRecoveryPointId(id)) continue;
    const until = parseTimeName(end);
    // Names come in the order of time: the last of a use is its longest.
    if (state === "ended") ended.add(`${id}/${use}`);
    else if (until) lives.set(`${id}/${use}`, { id, until });
  }
  const uses = new Map<string, Date>();
  for (const [name, { id, until }] of lives) {
    if (ended.has(name) || until <= now) continue;
    const known = uses.get(id);
    if (!known || known < until) uses.set(id, until);
  }
  return uses;
}

async function renew(store: Store, layout: StoreLayout, id: string, use: string, purpose: UsePurpose): Promise<void> {
  // By the store's clock, as retention reads it: nobody refuses a restore because this machine's clock is wrong.
  const at = await store.clock(layout.inUse);
  const until = new Date(at.getTime() + LIFETIME_MILLISECONDS);
  await store.putDocument(layout.inUseUntil(id, use, until), recordText({ at, until, purpose, host: hostname(), processId: process.pid }));
}

async function mark(store: Store, layout: StoreLayout, id: string, use: string, purpose: UsePurpose, reporter: Reporter): Promise<boolean> {
  try {
    await renew(store, layout, id, use, purpose);
    return true;
  } catch (error) {
    if (!(error instanceof ProblemError) || error.exitCode !== ExitCode.Permission) throw error;
    reporter.warning(
      `these credentials may only read the store, so this ${purpose} leaves no mark there: retention does not know of it and could remove ${id} meanwhile; to be safe, pin it with credentials that may write, or run no retention now`,
    );
    return false;
  }
}

function startRenewing(marked: boolean, write: () => Promise<void>, reporter: Reporter): () => Promise<void> {
  if (!marked) return () => Promise.resolve();
  let writing: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    writing = write().catch((error: Error) =>
      reporter.warning(`the mark that a recovery point is in use was not renewed: ${error.message}`),
    );
  }, RENEW_MILLISECONDS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await writing;
  };
}

function beingRemoved(id: string, purpose: UsePurpose): ProblemError {
  return new ProblemError(ExitCode.TryAgain, {
    where: `recovery point ${id}`,
    reason: `its removal by retention has begun, so a ${purpose} of it could end in the middle`,
    next: "use another recovery point; where the one who removes it died, the next `pgkeep retention apply` ends the removal",
  });
}
