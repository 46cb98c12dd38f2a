import { ExitCode, isRecoveryPointId, type Manifest, ProblemError, type StoreLayout } from "@pgkeep/core";
import { readManifest } from "../manifest/readManifest.js";
import type { HiddenObject, Store } from "../store/Store.js";
import { isBeingRemoved } from "./removal.js";

/** A recovery point of which something was deleted and is only hidden. */
export interface HiddenRecoveryPoint {
  id: string;
  /** Whether its manifest is hidden, so that no listing shows it; else only objects of it are, and it cannot be restored. */
  manifestHidden: boolean;
  /** Its hidden objects, records and the manifest among them. */
  objects: number;
  bytes: number;
  /** When the last of them was hidden. */
  hiddenAt: Date;
}

/** Recovery points that were deleted and are only hidden, oldest first. Empty where the store keeps nothing of what is deleted. */
export async function listHiddenPoints(store: Store, layout: StoreLayout): Promise<HiddenRecoveryPoint[]> {
  const points = new Map<string, HiddenRecoveryPoint>();
  for (const prefix of [layout.points, layout.manifests]) {
    for await (const { key, bytes, hiddenAt } of store.listHidden(prefix)) {
      const id =
        key
          .slice(prefix.length)
          .split("/")[0]
          ?.replace(/\.json$/, "") ?? "";
      if (!isRecoveryPointId(id)) continue;
      const known = points.get(id) ?? { id, manifestHidden: false, objects: 0, bytes: 0, hiddenAt };
      known.objects += 1;
      known.bytes += bytes;
      known.manifestHidden ||= prefix === layout.manifests;
      if (known.hiddenAt < hiddenAt) known.hiddenAt = hiddenAt;
      points.set(id, known);
    }
  }
  return [...points.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

export interface UndeletedPoint {
  manifest: Manifest;
  /** How many objects came back, the manifest and records among them. */
  objects: number;
}

/**
 * Brings a recovery point back that was deleted and is only hidden: its objects first, then what was recorded about it, the manifest last, so that
 * an interruption leaves nothing that looks whole. Throws a ProblemError where nothing of it is hidden, where it is being removed, and where an
 * object that its manifest names is gone for good.
 */
export async function undeleteRecoveryPoint(
  store: Store,
  layout: StoreLayout,
  id: string,
  publicKeys: readonly string[],
): Promise<UndeletedPoint> {
  const hidden: HiddenObject[] = [];
  for (const prefix of prefixesOf(layout, id)) for await (const object of store.listHidden(prefix)) hidden.push(object);
  if (hidden.length === 0) {
    throw new ProblemError(ExitCode.NoSuchRecoveryPoint, {
      where: "recovery point",
      received: id,
      reason: `${store.description} hides nothing of it: it is as it was, or is gone for good, or never existed`,
      next: "run `pgkeep list --deleted` to see what can come back, `pgkeep list` for what is there",
    });
  }
  if (await isBeingRemoved(store, layout, id)) {
    throw new ProblemError(ExitCode.TryAgain, {
      where: `recovery point ${id}`,
      reason: "its removal for good has begun and did not end, so what comes back now could go again",
      next: "let `pgkeep retention apply` end it, or remove its tombstone by hand if nobody prunes any more",
    });
  }
  for (const object of hidden) await store.unhide(object);
  const manifest = await readManifest(store, layout, id, publicKeys);
  await assertWhole(store, layout, manifest);
  return { manifest, objects: hidden.length };
}

/** In the order in which they come back. The mark of a suspicion comes before the manifest, as it was written. */
function prefixesOf(layout: StoreLayout, id: string): string[] {
  return [
    `${layout.points}${id}/`,
    layout.suspicion(id),
    layout.acceptance(id),
    `${layout.pins}${id}/`,
    layout.drillsOf(id),
    layout.manifest(id),
  ];
}

async function assertWhole(store: Store, layout: StoreLayout, { id, databases, globals, files }: Manifest): Promise<void> {
  const sizes = new Map<string, number>();
  for await (const { key, bytes } of store.list(`${layout.points}${id}/`)) sizes.set(key, bytes);
  const needed = [...databases.map(({ object }) => object), globals.object, ...(files ? [files.object] : [])];
  const missing = needed.filter(({ key, bytes }) => sizes.get(key) !== bytes);
  if (missing.length === 0) return;
  throw new ProblemError(
    ExitCode.DataWrong,
    missing.map(({ key }) => ({
      where: `${store.description} ${key}`,
      reason:
        "this object of the recovery point is gone for good, or is not what it was; what was hidden is back in sight, but cannot be restored whole",
      next: "use another recovery point; `pgkeep restore --database` may still restore a database whose object is there",
    })),
  );
}
