import { ExitCode, ProblemError } from "@pgkeep/core";
import type { RemovalTools } from "./RemovalTools.js";

/** What became of objects that were to be removed. */
export interface KeysRemoval {
  objects: number;
  /** Why the store holds on to some, and until when it holds on to the last; undefined where it lets all go. */
  held: Hold | undefined;
}

export interface Hold {
  /** Null where the store does not say. */
  until: Date | null;
  reason: string;
}

/** Removes objects one after the other; what the store holds on to is left for a later run. */
export async function removeKeys({ store, signal }: RemovalTools, keys: readonly string[]): Promise<KeysRemoval> {
  const removal: KeysRemoval = { objects: 0, held: undefined };
  for (const key of keys) {
    signal?.throwIfAborted();
    const outcome = await store.remove(key);
    if (outcome.kind === "removed") removal.objects += 1;
    if (outcome.kind === "kept") removal.held = later(removal.held, { until: outcome.until ?? null, reason: outcome.reason });
  }
  return removal;
}

/** Removes everything below a prefix, in sight or hidden behind a delete marker. */
export async function removeBelow(tools: RemovalTools, prefix: string): Promise<KeysRemoval> {
  const keys: string[] = [];
  for await (const { key } of tools.store.list(prefix)) keys.push(key);
  try {
    for await (const { key } of tools.store.listHidden(prefix)) keys.push(key);
  } catch (error) {
    // Who may not see what is hidden cannot remove it either; a plain listing is all there is.
    if (!(error instanceof ProblemError) || error.exitCode !== ExitCode.Permission) throw error;
  }
  return await removeKeys(tools, keys);
}

/** The hold that ends later; one without a known end is later than any. */
export function later(one: Hold | undefined, other: Hold): Hold {
  if (!one || (one.until !== null && (other.until === null || other.until > one.until))) return other;
  return one;
}
