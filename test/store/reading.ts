import type { Readable } from "node:stream";
import type { ListedObject, Store } from "../../packages/agent/src/store/Store.js";

/** A listing in one piece. */
export async function listed(store: Store, prefix = ""): Promise<ListedObject[]> {
  const objects: ListedObject[] = [];
  for await (const object of store.list(prefix)) objects.push(object);
  return objects;
}

export const keysOf = async (store: Store, prefix = ""): Promise<string[]> => (await listed(store, prefix)).map(({ key }) => key);

/** An object that must be there. */
export async function opened(store: Store, key: string): Promise<Readable> {
  const body = await store.read(key);
  if (!body) throw new Error(`${key} is not there`);
  return body;
}

/** Keys of what a DELETE only hid. */
export async function hiddenKeysOf(store: Store, prefix = ""): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.listHidden(prefix)) keys.push(key);
  return keys;
}
