import { isRecoveryPointId, parseTimeName, type StoreLayout } from "@pgkeep/core";
import type { Store } from "../store/Store.js";
import { recordText } from "./recordText.js";
import { assertNotRemoved } from "./removal.js";

/** A pin in force: retention does not remove the recovery point until then; null is for ever. */
export interface PinState {
  until: Date | null;
  /** When it was pinned. */
  at: Date;
}

export interface PinRequest {
  id: string;
  /** Null is for ever. */
  until: Date | null;
  reason: string;
  by: string;
}

/**
 * Keeps a recovery point from retention. The newest record decides, so a shorter pin replaces a longer one. Throws a ProblemError when the
 * recovery point is gone, or is being removed: the pin is written first and the removal looked for then, while a removal is told first and
 * looks for pins then, so one of the two always sees the other.
 */
export async function writePin(store: Store, layout: StoreLayout, request: PinRequest): Promise<void> {
  await writePinAhead(store, layout, request);
  await assertNotRemoved(store, layout, request.id);
}

/** Pins a recovery point that is not committed yet, so that there is no instant at which it exists without its pin. Alone the record means nothing. */
export async function writePinAhead(store: Store, layout: StoreLayout, { id, until, reason, by }: PinRequest): Promise<void> {
  const at = await nextTime(store, layout, id);
  await store.putDocument(layout.pin(id, at, until), recordText({ at, until, reason, by }));
}

/** Lets retention decide about a recovery point again. */
export async function writeUnpin(store: Store, layout: StoreLayout, { id, reason, by }: Omit<PinRequest, "until">): Promise<void> {
  const at = await nextTime(store, layout, id);
  await store.putDocument(layout.unpin(id, at), recordText({ at, reason, by }));
}

/** The pins in force at a time (default: now), by recovery point, from one listing. */
export async function readPins(store: Store, layout: StoreLayout, now = new Date()): Promise<Map<string, PinState>> {
  const pins = new Map<string, PinState>();
  for await (const { key } of store.list(layout.pins)) {
    const record = parseName(key.slice(layout.pins.length));
    if (!record) continue;
    const { id, at, until } = record;
    // Names come in the order of time: the last of a recovery point decides.
    if (until === undefined || (until !== null && until <= now)) pins.delete(id);
    else pins.set(id, { at, until });
  }
  return pins;
}

/** A time later than that of every record there is: one made on a machine whose clock is behind must decide all the same. */
async function nextTime(store: Store, layout: StoreLayout, id: string): Promise<Date> {
  let newest = 0;
  for await (const { key } of store.list(`${layout.pins}${id}/`)) newest = parseName(key.slice(layout.pins.length))?.at.getTime() ?? newest;
  return new Date(Math.max(Date.now(), newest + 1));
}

/** `until` is undefined for an unpinning. */
function parseName(name: string): { id: string; at: Date; until: Date | null | undefined } | undefined {
  const [, id = "", written = "", state = "", end = ""] = /^([^/]+)\/([^-]+)-(forever|unpinned|until-([^-]+))\.json$/.exec(name) ?? [];
  const at = parseTimeName(written);
  if (!isRecoveryPointId(id) || !at) return undefined;
  if (state === "forever") return { id, at, until: null };
  if (state === "unpinned") return { id, at, until: undefined };
  const until = parseTimeName(end);
  return until && { id, at, until };
}
