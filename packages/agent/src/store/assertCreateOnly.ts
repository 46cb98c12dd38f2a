import { ExitCode, ProblemError } from "@pgkeep/core";
import { ObjectExistsError, type Store } from "./Store.js";

const PROBE = `${JSON.stringify({ purpose: "pgkeep writes this twice to see that the store refuses to overwrite" })}\n`;

/**
 * Proves that the store refuses to overwrite, which every other promise stands on: some S3 servers ignore `If-None-Match`. The document
 * under the key is written again with the very same bytes, so that even a server which overwrites does no harm; where there is none, a
 * probe is written first. Nothing is deleted, for a writer may not.
 */
export async function assertCreateOnly(store: Store, key: string): Promise<void> {
  let text = await store.readDocument(key);
  if (text === undefined) {
    text = PROBE;
    await store.putDocument(key, text).catch((error: unknown) => {
      // Another run wrote the same probe in this moment.
      if (!(error instanceof ObjectExistsError)) throw error;
    });
  }
  try {
    await store.putDocument(key, text);
  } catch (error) {
    if (error instanceof ObjectExistsError) return;
    throw error;
  }
  throw new ProblemError(ExitCode.Configuration, {
    where: store.description,
    reason:
      "this store overwrites: a create-only write (If-None-Match: *) to a name that was taken succeeded, so two runs could destroy each other's work",
    received: `${key} was written twice (the same bytes, so nothing was lost)`,
    next: "use a server that honours If-None-Match on PutObject: AWS S3, MinIO, Cloudflare R2 and others; ask its maker",
  });
}
