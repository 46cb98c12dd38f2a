import type { Manifest } from "@pgkeep/core";

/** How much a recovery point holds. */
export interface ManifestAmounts {
  /** Bytes of its objects as they lie in the store, compressed and perhaps encrypted. */
  storedBytes: number;
  /** Bytes before any transformation. */
  plainBytes: number;
  rows: number;
}

export function manifestAmounts({ databases, globals, files }: Pick<Manifest, "databases" | "globals" | "files">): ManifestAmounts {
  const objects = [...databases.map(({ object }) => object), globals.object, ...(files ? [files.object] : [])];
  return {
    storedBytes: objects.reduce((sum, { bytes }) => sum + bytes, 0),
    plainBytes: objects.reduce((sum, { plainBytes }) => sum + plainBytes, 0),
    rows: databases.reduce((sum, { tables }) => sum + rowsOf(tables), 0),
  };
}

export function rowsOf(tables: Manifest["databases"][number]["tables"]): number {
  return tables.reduce((sum, { digest }) => sum + digest.rows, 0);
}
