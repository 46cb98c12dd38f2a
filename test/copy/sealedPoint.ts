import { createHash, type KeyObject } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { formatRecoveryPointId, type StoredObjectRecord, storeLayout } from "@pgkeep/core";
import { sealManifest } from "../../packages/agent/src/manifest/seal.js";
import type { Store } from "../../packages/agent/src/store/Store.js";
import { manifest as anyManifest, database } from "../../packages/core/src/manifest.fixture.js";
import { fingerprintOf, someBytes } from "../store/streams.js";

export const layout = storeLayout("shop");

/** Stores a recovery point whose manifest tells the truth about its objects: a dump of so many bytes, roles and files. */
export async function storeSealedPoint(
  store: Store,
  slot: string,
  { bytes = 1_000, key }: { bytes?: number; key?: KeyObject } = {},
): Promise<string> {
  const id = formatRecoveryPointId({ slot: new Date(slot), run: "sealed00" });
  const prefix = layout.attempt(id, "attempt1");
  await store.putDocument(`${prefix}begin.json`, JSON.stringify({ expiresAt: new Date(0) }));
  const stored = async (name: string, size: number): Promise<StoredObjectRecord> => {
    const seed = `${id} ${name}`;
    await store.put(`${prefix}${name}`, someBytes(size, seed));
    return { ...database.object, key: `${prefix}${name}`, ...(await fingerprintOf(someBytes(size, seed))) };
  };
  const { checksum: _checksum, signature: _signature, ...draft } = anyManifest;
  const manifest = sealManifest(
    {
      ...draft,
      id,
      attempt: "attempt1",
      cluster: "shop",
      databases: [{ ...database, name: "shop", object: await stored("shop.dump.zst", bytes) }],
      globals: { ...anyManifest.globals, object: await stored("globals.sql.zst", 200) },
      files: { object: await stored("files.tar.zst", 0), entries: [] },
    },
    key,
  );
  await store.putDocument(layout.manifest(id), `${JSON.stringify(manifest, null, 1)}\n`);
  return id;
}

/** Everything below a prefix with its sha256, but for what speaks of one store alone: signs of life, marks of use, the audit trail. */
export async function contentOf(store: Store, prefix = "shop/"): Promise<Record<string, string>> {
  const content: Record<string, string> = {};
  for await (const { key } of store.list(prefix)) {
    if (/\/(begin|alive-\d+)\.json$|\/(in-use|audit|tombstones)\//.test(key)) continue;
    const body = await store.read(key);
    if (body)
      content[key] = createHash("sha256")
        .update(await buffer(body))
        .digest("hex");
  }
  return content;
}
