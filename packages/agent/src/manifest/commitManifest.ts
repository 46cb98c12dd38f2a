import { ExitCode, type Manifest, ProblemError, type StoreLayout } from "@pgkeep/core";
import { ObjectExistsError, type Store } from "../store/Store.js";

/**
 * Writes the manifest, the act that makes a recovery point exist. Create-only: a refusal is read back, and our own bytes mean that an
 * earlier answer was lost and the commit had succeeded.
 */
export async function commitManifest(store: Store, layout: StoreLayout, manifest: Manifest): Promise<void> {
  const key = layout.manifest(manifest.id);
  const text = `${JSON.stringify(manifest, null, 1)}\n`;
  try {
    await store.putDocument(key, text);
  } catch (error) {
    if (!(error instanceof ObjectExistsError)) throw error;
    if ((await store.readDocument(key)) === text) return;
    throw new ProblemError(ExitCode.TryAgain, {
      where: `${store.description} ${key}`,
      reason: "another attempt at the same recovery point committed first; what this one wrote is a leftover and harmless",
      next: "nothing: the recovery point exists. If two schedulers run the same slot on purpose, give each its own PGKEEP_RUN_ID",
    });
  }
}
