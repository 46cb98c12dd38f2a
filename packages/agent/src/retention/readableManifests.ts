import { ExitCode, ProblemError, type RetentionClass, type StoreLayout } from "@pgkeep/core";
import { inParallel } from "../backup/inParallel.js";
import { readManifest } from "../manifest/readManifest.js";
import type { Store } from "../store/Store.js";

/** Manifests are read this many at a time. */
const READERS = 8;

/** What retention needs of a manifest: the attempts whose objects are the recovery point's, and its class where S3 enforces retention; or why it cannot be read. */
export type ManifestReading = { attempts: string[]; retentionClass: RetentionClass | null } | { problem: string };

/**
 * Reads the manifests of all recovery points. A listing only tells that there are documents of their names: nothing is counted, and so nothing else
 * removed, on the strength of one that is damaged, forged, or of a newer pgkeep.
 */
export async function readManifests(
  store: Store,
  layout: StoreLayout,
  ids: readonly string[],
  publicKeys: readonly string[],
): Promise<Map<string, ManifestReading>> {
  const read = async (id: string): Promise<[string, ManifestReading]> => {
    try {
      const { databases, globals, files, retentionClass = null } = await readManifest(store, layout, id, publicKeys);
      const keys = [...databases.map(({ object }) => object.key), globals.object.key, ...(files ? [files.object.key] : [])];
      const prefix = `${layout.points}${id}/`;
      const attempts = keys.flatMap((key) => (key.startsWith(prefix) ? [key.slice(prefix.length).split("/")[0] ?? ""] : []));
      return [id, { attempts: [...new Set(attempts)], retentionClass }];
    } catch (error) {
      if (!(error instanceof ProblemError) || !UNREADABLE.includes(error.exitCode)) throw error;
      return [id, { problem: error.problems[0]?.reason ?? error.message }];
    }
  };
  return new Map(await inParallel(ids, READERS, read, () => undefined));
}

/** Damaged, of a newer pgkeep, or gone since it was listed. Whatever else fails says nothing about the recovery point. */
const UNREADABLE: readonly ExitCode[] = [ExitCode.DataWrong, ExitCode.Configuration, ExitCode.NoSuchRecoveryPoint];
