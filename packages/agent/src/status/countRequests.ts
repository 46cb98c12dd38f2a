import type { ListedObject, Store } from "../store/Store.js";

/** What was asked of a store. */
export interface StoreRequests {
  /** Prefixes that were listed. */
  listings: number;
  /** Answers that these took at 1,000 objects each, as S3 and Google Cloud Storage give them. */
  pages: number;
  /** Objects that were listed. */
  objects: number;
  /** Documents that were read. */
  reads: number;
}

const PAGE = 1000;

/** The same store, counting what it is asked to list and to read. */
export function countRequests(store: Store): { store: Store; requests: StoreRequests } {
  const requests: StoreRequests = { listings: 0, pages: 0, objects: 0, reads: 0 };
  const counting: Pick<Store, "list" | "read" | "readDocument"> = {
    list: (prefix) => countListing(store.list(prefix), requests),
    read: (key) => {
      requests.reads += 1;
      return store.read(key);
    },
    readDocument: (key, maxBytes) => {
      requests.reads += 1;
      return store.readDocument(key, maxBytes);
    },
  };
  const counted = new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(name in counting ? counting : target, name);
      // What a store keeps to itself is bound to the store, not to what stands before it.
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { store: counted, requests };
}

async function* countListing(objects: AsyncIterable<ListedObject>, requests: StoreRequests): AsyncGenerator<ListedObject> {
  requests.listings += 1;
  requests.pages += 1;
  let listed = 0;
  for await (const object of objects) {
    // A full page is followed by another only where there is more.
    if (listed > 0 && listed % PAGE === 0) requests.pages += 1;
    listed += 1;
    requests.objects += 1;
    yield object;
  }
}
