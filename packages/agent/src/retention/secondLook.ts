import { readPins } from "../records/pins.js";
import { readRemoval } from "../records/tombstones.js";
import { readUses } from "../records/useRecoveryPoint.js";
import type { RemovalTools } from "./RemovalTools.js";

/**
 * Looks again, once the removal is told, whether anybody pinned, accepted or uses the recovery point meanwhile. Undefined: nobody did, and whoever does
 * from now on sees the removal. Whoever writes such a record looks for a removal after it, so one of the two always sees the other.
 */
export async function secondLook({ store, layout, now }: RemovalTools, id: string, wasSuspicious: boolean): Promise<string | undefined> {
  const [pins, uses, accepted, removal] = await Promise.all([
    readPins(store, layout, now),
    readUses(store, layout, now),
    wasSuspicious ? store.readDocument(layout.acceptance(id)) : undefined,
    readRemoval(store, layout, id),
  ]);
  if (pins.has(id)) return "it was pinned meanwhile";
  if (uses.has(id)) return "it is in use";
  if (accepted !== undefined) return "it was accepted meanwhile";
  if (removal?.kind !== "began") return "somebody else gave its removal up";
  return undefined;
}
