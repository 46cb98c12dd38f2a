import type { Readable } from "node:stream";
import { ResumedBytes } from "../ResumedBytes.js";
import { StoredBytes } from "../StoredBytes.js";
import type { AzureContainer } from "./AzureContainer.js";
import { errorCodeOf, statusOf } from "./azureErrors.js";
import { azureProblem } from "./azureProblem.js";

/** Opens an object; undefined when there is none. */
export async function downloadFromAzure(container: AzureContainer, key: string): Promise<StoredBytes | undefined> {
  const explain = (error: unknown) => azureProblem(error, container.url(key));
  const blob = container.blob(key);
  try {
    const first = await blob.download(0);
    const { etag } = first;
    return new StoredBytes(
      new ResumedBytes({
        where: container.url(key),
        bytes: first.contentLength ?? 0,
        body: first.readableStreamBody as Readable,
        explain,
        reopen: async (offset, abortSignal) => {
          try {
            const rest = await blob.download(offset, undefined, { abortSignal, ...(etag ? { conditions: { ifMatch: etag } } : {}) });
            return rest.readableStreamBody as Readable;
          } catch (error) {
            if ([404, 412, 416].includes(statusOf(error) ?? 0)) return undefined;
            throw error;
          }
        },
      }),
    );
  } catch (error) {
    if (errorCodeOf(error) === "BlobNotFound") return undefined;
    throw explain(error);
  }
}
