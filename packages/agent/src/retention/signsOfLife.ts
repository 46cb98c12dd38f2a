import { z } from "zod";
import type { Store } from "../store/Store.js";
import type { StoredAttempt } from "./storedAttempts.js";

/** As far as the clocks of a run and of the store may differ. */
const TOLERANCE_MILLISECONDS = 5 * 60_000;
/** Of an attempt that left no sign of life: what a removal left that was interrupted, or the first moments of a run. */
const PATIENCE_MILLISECONDS = 24 * 3_600_000;

const signSchema = z.object({ expiresAt: z.coerce.date() });

/** Until when a run must be taken for alive: what its newest sign of life says, or a day after it wrote last where there is no sign. */
export async function aliveUntil(store: Store, attempt: StoredAttempt): Promise<Date> {
  const sign = newestSign(attempt.keys);
  const expiresAt = sign === undefined ? undefined : await readExpiry(store, sign);
  const until = expiresAt ? expiresAt.getTime() + TOLERANCE_MILLISECONDS : attempt.lastWrittenAt.getTime() + PATIENCE_MILLISECONDS;
  return new Date(until);
}

function newestSign(keys: readonly string[]): string | undefined {
  const newest = newestSignNumber(keys);
  return newest < 0 ? undefined : keys.find((key) => signNumber(key) === newest);
}

/** The number of the newest sign of life among the keys of an attempt; `begin.json` is 0, and -1 is told where there is none. */
export function newestSignNumber(keys: readonly string[]): number {
  return Math.max(-1, ...keys.map(signNumber));
}

/** `begin.json` is the first sign, -1 what is none. */
function signNumber(key: string): number {
  const name = key.slice(key.lastIndexOf("/") + 1);
  if (name === "begin.json") return 0;
  return Number(/^alive-(\d+)\.json$/.exec(name)?.[1] ?? -1);
}

async function readExpiry(store: Store, key: string): Promise<Date | undefined> {
  const text = await store.readDocument(key);
  if (text === undefined) return undefined;
  try {
    return signSchema.parse(JSON.parse(text)).expiresAt;
  } catch {
    return undefined;
  }
}
