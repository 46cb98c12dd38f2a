import { formatRecoveryPointId, type Manifest, type RetentionClass, storeLayout, Verdict } from "@pgkeep/core";
import { sealManifest } from "../../packages/agent/src/manifest/seal.js";
import type { Store } from "../../packages/agent/src/store/Store.js";
import { manifest as anyManifest, database } from "../../packages/core/src/manifest.fixture.js";

export const layout = storeLayout("shop");

/** The id of a recovery point of a moment. */
export const idOf = (slot: Date | string) => formatRecoveryPointId({ slot: new Date(slot), run: "stored00" });

/** What a run writes while it lives: its first sign of life, expired or not, and one object. */
export async function storeAttempt(store: Store, id: string, attempt: string, expiresAt: Date): Promise<void> {
  const prefix = layout.attempt(id, attempt);
  await store.putDocument(`${prefix}begin.json`, JSON.stringify({ at: expiresAt, expiresAt }));
  await store.putDocument(`${prefix}shop.dump.zst`, `dump of ${id}`);
}

/** Stores a recovery point as a run would: a real manifest, sealed, and small objects under the names that it tells. */
export async function storePoint(
  store: Store,
  slot: Date | string,
  { rows = 1, retentionClass }: { rows?: number; retentionClass?: RetentionClass } = {},
): Promise<string> {
  const id = idOf(slot);
  await storeAttempt(store, id, "attempt1", new Date(0));
  const prefix = layout.attempt(id, "attempt1");
  await store.putDocument(`${prefix}globals.sql.zst`, "globals");
  await store.putDocument(layout.manifest(id), JSON.stringify(manifestOf(id, rows, retentionClass)));
  return id;
}

function manifestOf(id: string, rows: number, retentionClass: RetentionClass | undefined): Manifest {
  const prefix = layout.attempt(id, "attempt1");
  const object = { ...database.object, key: `${prefix}shop.dump.zst` };
  const table = { schema: "public", name: "orders", columns: ["id"], digest: { rows, bytes: rows, hash: "0".repeat(32) } };
  const { checksum: _checksum, signature: _signature, ...draft } = anyManifest;
  return sealManifest({
    ...draft,
    id,
    attempt: "attempt1",
    cluster: "shop",
    databases: [{ ...database, name: "shop", object, tables: [table] }],
    ...(retentionClass ? { retentionClass } : {}),
    globals: { ...anyManifest.globals, object: { ...object, key: `${prefix}globals.sql.zst` } },
  });
}

export async function storeDrill(store: Store, id: string, at: Date, verdict = Verdict.Pass): Promise<void> {
  await store.putDocument(layout.drill(id, at, verdict), "{}");
}

/** Recovery points that exist and are not whole: an object that the manifest names is not there. Must always be none. */
export async function brokenPoints(store: Store): Promise<string[]> {
  const broken: string[] = [];
  for await (const { key } of store.list(layout.manifests)) {
    const { databases, globals } = JSON.parse((await store.readDocument(key)) ?? "") as Manifest;
    for (const { object } of [...databases, globals]) if ((await store.readDocument(object.key)) === undefined) broken.push(object.key);
  }
  return broken;
}

export async function keysBelow(store: Store, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys;
}
