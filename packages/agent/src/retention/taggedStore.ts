import { type RetentionClass, RetentionPart, retentionTags, type StoreLayout } from "@pgkeep/core";
import type { Store } from "../store/Store.js";

/**
 * The same store, in which everything that a run writes of its recovery point bears its class: whatever lies below its own prefix, signs of life
 * included, for an object without a tag would stay for ever, and the manifest, marked as such because it must go first. Records beside it, such as
 * a suspicion or the audit trail, bear none.
 */
export function taggedStore(store: Store, layout: StoreLayout, id: string, retentionClass: RetentionClass): Store {
  const tagsOf = (key: string): Record<string, string> | undefined => {
    if (key === layout.manifest(id)) return retentionTags(retentionClass, RetentionPart.Manifest);
    return key.startsWith(`${layout.points}${id}/`) ? retentionTags(retentionClass, RetentionPart.Data) : undefined;
  };
  const tagging: Pick<Store, "put" | "putDocument"> = {
    put: (key, body, options) => store.put(key, body, { ...options, tags: tagsOf(key) }),
    putDocument: (key, text, options) => store.putDocument(key, text, { ...options, tags: tagsOf(key) }),
  };
  return new Proxy(store, {
    get(target, name) {
      if (name in tagging) return Reflect.get(tagging, name) as unknown;
      const value: unknown = Reflect.get(target, name);
      // What a store keeps to itself is bound to the store, not to what stands before it.
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
