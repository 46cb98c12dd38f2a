import { writeStored } from "../../packages/agent/src/codec/writeStored.js";
import { openStore } from "../../packages/agent/src/store/openStore.js";
import { randomStream } from "./streams.js";

/** What a child process is asked to write. */
export interface PutOrder {
  url: string;
  endpoint?: string;
  key: string;
  bytes: number;
  recipients: string[];
}

// Writes random bytes as a stored object and prints one line of JSON: by how much its resident memory grew at most, in MB. Garbage is
// collected all the while (--expose-gc): on a busy machine the collector lags behind by 70 MB and more, which says nothing about the code.
const order: PutOrder = JSON.parse(process.argv[2] ?? "");
const { url, endpoint, key, bytes, recipients } = order;
const config = { url, forcePathStyle: true, checksums: "when_supported" as const, ...(endpoint === undefined ? {} : { endpoint }) };
const store = await openStore(config, process.env);
for await (const _ of store.list("")) break; // loads what is loaded at first use
const source = randomStream(bytes);
const before = process.memoryUsage.rss();
let most = before;
const sampling = setInterval(() => {
  globalThis.gc?.();
  most = Math.max(most, process.memoryUsage.rss());
}, 100);
const record = await writeStored(store, key, source, { level: 3, recipients, expectedBytes: bytes });
clearInterval(sampling);
await store.close();
console.log(JSON.stringify({ grewByMegabytes: Math.round((most - before) / 1e6), beforeMegabytes: Math.round(before / 1e6), record }));
