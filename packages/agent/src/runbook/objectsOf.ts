import type { Manifest, StoredObjectRecord } from "@pgkeep/core";

/** Every object of a recovery point, in the order in which a restore needs them. */
export function objectsOf(manifest: Manifest): StoredObjectRecord[] {
  return [
    manifest.globals.object,
    ...manifest.databases.map(({ object }) => object),
    ...(manifest.files === null ? [] : [manifest.files.object]),
  ];
}

/** The last part of its key, under which the runbook's reader has it at hand. */
export function fileNameOf({ key }: StoredObjectRecord): string {
  return key.slice(key.lastIndexOf("/") + 1);
}
