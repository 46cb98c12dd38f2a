import { crc32c, crc32cText } from "../crc32c.js";
import { ResumedBytes } from "../ResumedBytes.js";
import { StoredBytes } from "../StoredBytes.js";
import type { GcsBucket } from "./GcsBucket.js";
import { GcsRefusal, statusOf } from "./GcsRefusal.js";
import { gcsProblem } from "./gcsProblem.js";

/** Opens an object; undefined when there is none. Read to its end, its bytes have the checksum that the bucket keeps of it. */
export async function downloadFromGcs(bucket: GcsBucket, key: string): Promise<StoredBytes | undefined> {
  const where = bucket.url(key);
  const explain = (error: unknown) => gcsProblem(error, where);
  try {
    const first = await bucket.client.open({ method: "GET", path: bucket.object(key, { alt: "media" }) });
    const generation = String(first.headers["x-goog-generation"] ?? "");
    const kept = /crc32c=([^,]+)/.exec(String(first.headers["x-goog-hash"] ?? ""))?.[1];
    let checksum = 0;
    return new StoredBytes(
      new ResumedBytes({
        where,
        bytes: Number(first.headers["content-length"]),
        body: first,
        explain,
        reopen: async (offset, signal) => {
          try {
            const path = bucket.object(key, { alt: "media", ...(generation === "" ? {} : { generation }) });
            const rest = await bucket.client.open({ method: "GET", path, headers: { range: `bytes=${offset}-` }, signal });
            if (rest.statusCode === 206 && String(rest.headers["x-goog-generation"] ?? "") === generation) return rest;
            rest.destroy();
            return undefined;
          } catch (error) {
            if (statusOf(error) === 404 || statusOf(error) === 416) return undefined;
            throw error;
          }
        },
        onBytes: (chunk) => {
          checksum = crc32c(chunk, checksum);
        },
        difference: () => {
          if (kept === undefined || kept === crc32cText(checksum)) return undefined;
          return `its CRC32C is ${crc32cText(checksum)} where the bucket keeps ${kept}`;
        },
      }),
    );
  } catch (error) {
    if (statusOf(error) === 404 && !(await isBucketMissing(bucket, error))) return undefined;
    throw explain(error);
  }
}

/** An answer of 404 may speak of the object or of the bucket; where its words do not tell, a listing does. */
async function isBucketMissing(bucket: GcsBucket, error: unknown): Promise<boolean> {
  if (error instanceof GcsRefusal && /^No such object/.test(error.message)) return false;
  if (error instanceof GcsRefusal && /bucket does not exist/.test(error.message)) return true;
  try {
    for await (const _ of bucket.list("", "name", { maxResults: "1" })) break;
    return false;
  } catch (listing) {
    return statusOf(listing) === 404;
  }
}
