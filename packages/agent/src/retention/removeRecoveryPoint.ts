import { ExitCode, ProblemError } from "@pgkeep/core";
import { beginRemoval, giveUpRemoval, refuseRemoval, removeRecords } from "../records/tombstones.js";
import type { Removal } from "../store/Store.js";
import type { RemovalTools } from "./RemovalTools.js";
import type { HeldByStore } from "./RetentionResult.js";
import { type KeysRemoval, later, removeBelow, removeKeys } from "./removeKeys.js";
import { secondLook } from "./secondLook.js";

/** A recovery point that is to go. */
export interface DoomedRecoveryPoint {
  id: string;
  /** The attempts that its manifest names. */
  attempts: readonly string[];
  /** It goes because nobody accepted it. */
  suspicious: boolean;
}

export type RecoveryPointRemoval =
  | { kind: "removed"; objects: number }
  | { kind: "held"; held: HeldByStore; objects: number }
  | { kind: "given-up"; reason: string };

/**
 * Removes one recovery point. In this order, so that a run which dies at any moment leaves nothing that looks whole: it is told that the removal
 * begins; pins, acceptances and uses are looked at once more; the manifest goes, and with it the recovery point; then its objects, its records, and
 * last what told of the removal. The next run ends what this one does not.
 */
export async function removeRecoveryPoint(tools: RemovalTools, point: DoomedRecoveryPoint): Promise<RecoveryPointRemoval> {
  const { store, layout, by, signal } = tools;
  const { id } = point;
  signal?.throwIfAborted();
  const mark = await beginRemoval(store, layout, id, { by, attempts: [...point.attempts] });
  const reason = await secondLook(tools, id, point.suspicious);
  if (reason !== undefined) {
    await giveUpRemoval(store, layout, id, mark);
    return { kind: "given-up", reason };
  }
  const manifest = await removeManifest(tools, id, mark);
  if (manifest.kind === "kept") {
    const until = manifest.until ?? null;
    await refuseRemoval(store, layout, id, until, manifest.reason);
    return { kind: "held", held: { id, until, reason: manifest.reason, whole: true }, objects: 0 };
  }
  return await removeRemains(tools, id, point.attempts);
}

/** Removes the manifest. Where these credentials may not, the removal is taken back: a recovery point that nobody may rely on would be a loss. */
async function removeManifest({ store, layout }: RemovalTools, id: string, mark: string): Promise<Removal> {
  try {
    return await store.remove(layout.manifest(id));
  } catch (error) {
    if (error instanceof ProblemError && error.exitCode === ExitCode.Permission) await giveUpRemoval(store, layout, id, mark);
    throw error;
  }
}

/**
 * Removes what is left of a recovery point whose manifest is gone: the objects of the given attempts, then its own records, which are about something
 * that is no more. Results of drills stay, for they are evidence of what was restored when, and so does the audit trail. While the store holds on
 * to any of it, what told of the removal stays too, so that a later run goes on.
 */
export async function removeRemains(tools: RemovalTools, id: string, attempts: readonly string[]): Promise<RecoveryPointRemoval> {
  const { store, layout } = tools;
  const removals: KeysRemoval[] = [];
  for (const attempt of attempts) removals.push(await removeBelow(tools, layout.attempt(id, attempt)));
  const objects = removals.reduce((sum, removal) => sum + removal.objects, 0);
  const held = removals.flatMap((removal) => (removal.held ? [removal.held] : [])).reduce(later, undefined);
  if (held) return { kind: "held", held: { id, ...held, whole: false }, objects };

  const records = [
    await removeKeys(tools, [layout.suspicion(id), layout.acceptance(id)]),
    await removeBelow(tools, `${layout.pins}${id}/`),
    await removeBelow(tools, layout.inUseOf(id)),
  ];
  if (records.every((removal) => removal.held === undefined)) await removeRecords(store, layout, id);
  return { kind: "removed", objects };
}
