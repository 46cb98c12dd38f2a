import type { Before, StoreLayout } from "@pgkeep/core";
import { writePinAhead } from "../records/pins.js";
import type { Store } from "../store/Store.js";

/** A recovery point that is taken before something that may go wrong. */
export interface BeforeRequest {
  what: Before;
  /** How long retention leaves it alone, from the commit on. */
  pinForMilliseconds: number;
  /** Who pins it. */
  by: string;
}

/**
 * Pins a recovery point right before its manifest is written. After it, a retention that runs elsewhere could see the point without the pin, and
 * a run that dies in between would leave it so for good; a pin of a run that dies before its manifest belongs to nothing and expires.
 */
export async function pinAhead(
  store: Store,
  layout: StoreLayout,
  id: string,
  { what, pinForMilliseconds, by }: BeforeRequest,
): Promise<void> {
  const until = new Date(Date.now() + pinForMilliseconds);
  await writePinAhead(store, layout, { id, until, reason: `taken before ${what === "upgrade" ? "an" : "a"} ${what}`, by });
}
