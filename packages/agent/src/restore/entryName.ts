import type { ArchiveEntry } from "../archive/ArchiveEntry.js";
import { shownName } from "../postgresql/objectName.js";

/** Kinds whose tag is more than a name: `orders orders_pkey`, `FUNCTION f(integer)`. */
const PLAIN_TAGS = new Set([
  "TABLE",
  "TABLE DATA",
  "VIEW",
  "MATERIALIZED VIEW",
  "SEQUENCE",
  "FOREIGN TABLE",
  "INDEX",
  "TYPE",
  "DOMAIN",
  "SCHEMA",
]);

/** What an entry is, for people: `TABLE public.orders`. */
export function entryName({ description, namespace, tag }: ArchiveEntry): string {
  const name = PLAIN_TAGS.has(description) ? shownName(tag) : tag;
  return `${description} ${namespace === "" ? name : `${shownName(namespace)}.${name}`}`;
}
