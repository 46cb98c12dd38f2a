import { parseTimeName } from "@pgkeep/core";
import type { RemovalTools } from "./RemovalTools.js";
import { removeKeys } from "./removeKeys.js";

/** So long a mark stays that says nothing any more. */
const PATIENCE_MILLISECONDS = 24 * 3_600_000;

/** Removes the marks of uses that expired more than a day ago: each restore, drill and copy leaves some. */
export async function removeOldUses(tools: RemovalTools): Promise<void> {
  const { store, layout, now } = tools;
  const uses = new Map<string, { keys: string[]; until: number }>();
  for await (const { key } of store.list(layout.inUse)) {
    const [, use, state = ""] = /^([^/]+\/[a-z0-9]{8})-(.+)\.json$/.exec(key.slice(layout.inUse.length)) ?? [];
    if (use === undefined) continue;
    const known = uses.get(use) ?? { keys: [], until: 0 };
    uses.set(use, known);
    // What ends a use sorts first and goes last, so that on the way nothing comes back to life.
    if (state === "ended") known.keys.push(key);
    else known.keys.unshift(key);
    known.until = Math.max(known.until, parseTimeName(state.replace(/^until-/, ""))?.getTime() ?? 0);
  }
  for (const { keys, until } of uses.values()) {
    if (until + PATIENCE_MILLISECONDS < now.getTime()) await removeKeys(tools, keys);
  }
}
