import { ExitCode, type Manifest, ProblemError, parseManifest, parseRecoveryPointId, type StoreLayout } from "@pgkeep/core";
import type { Store } from "../store/Store.js";
import { assertSeal } from "./seal.js";

/** A table's record takes about 250 bytes, so this holds some hundred thousand tables; a larger document is not a manifest of ours. */
const MAXIMUM_BYTES = 256 * 1024 * 1024;

/** Reads and verifies a manifest: its form, its checksum, its signature where keys are configured, and that it lies under its own name. */
export async function readManifest(store: Store, layout: StoreLayout, id: string, publicKeys: readonly string[]): Promise<Manifest> {
  parseRecoveryPointId(id);
  const manifest = await readManifestIfAny(store, layout, id, publicKeys);
  if (manifest) return manifest;
  throw new ProblemError(ExitCode.NoSuchRecoveryPoint, {
    where: "recovery point",
    received: id,
    reason: `${store.description} holds no manifest ${layout.manifest(id)}, so this recovery point does not exist`,
    next: "run `pgkeep list` to see the recovery points that exist",
  });
}

/** As readManifest, but undefined where there is none. */
export async function readManifestIfAny(
  store: Store,
  layout: StoreLayout,
  id: string,
  publicKeys: readonly string[],
): Promise<Manifest | undefined> {
  const key = layout.manifest(id);
  const text = await store.readDocument(key, MAXIMUM_BYTES);
  if (text === undefined) return undefined;
  const where = `${store.description} ${key}`;
  const document = parseJson(text, where);
  const manifest = parseManifest(document, where);
  assertSeal(document, where, publicKeys);
  const cluster = layout.manifests.slice(0, -"/manifests/".length);
  if (manifest.id !== id || manifest.cluster !== cluster) {
    throw new ProblemError(ExitCode.DataWrong, {
      where,
      reason: "the manifest belongs to another recovery point: it was copied or moved under this name",
      received: `${manifest.cluster}/${manifest.id}`,
      allowed: `${cluster}/${id}`,
      next: "move it back to its own name",
    });
  }
  return manifest;
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ProblemError(
      ExitCode.DataWrong,
      {
        where,
        reason: `the manifest is not JSON (${(error as Error).message}): it was cut or damaged`,
        next: "use another recovery point",
      },
      { cause: error },
    );
  }
}
