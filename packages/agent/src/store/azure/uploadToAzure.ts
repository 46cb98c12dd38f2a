import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { consumeBody } from "../consumeBody.js";
import { fillBuffers } from "../fillBuffers.js";
import { assertObjectKey } from "../objectKey.js";
import { planParts } from "../partPlan.js";
import type { PutOptions } from "../Store.js";
import type { AzureContainer } from "./AzureContainer.js";
import { AzureUpload } from "./AzureUpload.js";

/** https://learn.microsoft.com/azure/storage/blobs/scalability-targets */
const MAXIMUM_BLOCKS = 50_000;

/** Writes bytes as a new object in one request. */
export async function putBytesToAzure(container: AzureContainer, key: string, bytes: Buffer): Promise<void> {
  const mark = container.newMark();
  await container.appear(key, mark, bytes.length, () =>
    container.blob(key).upload(bytes, bytes.length, {
      conditions: { ifNoneMatch: "*" },
      metadata: mark,
      // Azure holds what arrived against it, and keeps it.
      blobHTTPHeaders: { blobContentMD5: createHash("md5").update(bytes).digest(), blobContentType: "application/octet-stream" },
    }),
  );
}

/** Writes a stream as a new object, in blocks when it is longer than one. When the stream fails, or the signal aborts, nothing is committed. */
export async function uploadToAzure(
  container: AzureContainer,
  key: string,
  body: Readable,
  { expectedBytes, signal }: PutOptions,
  maximumBlocks: number = MAXIMUM_BLOCKS,
): Promise<void> {
  const plan = planParts(expectedBytes, maximumBlocks);
  // A block that fails ends the stream, and with it the wait for its next chunk.
  const upload = new AzureUpload(container, key, plan, (error) => body.destroy(error));
  const write = async (chunks: AsyncIterable<Buffer>) => {
    assertObjectKey(key);
    const { buffer, used } = await fillBuffers(chunks, upload.nextBuffer(), async (full) => {
      await upload.send(full, full.length);
      return upload.nextBuffer();
    });
    signal?.throwIfAborted();
    if (!upload.hasBegun) {
      await putBytesToAzure(container, key, buffer.subarray(0, used));
      return;
    }
    await upload.send(buffer, used);
    signal?.throwIfAborted();
    await upload.complete();
  };
  try {
    await consumeBody(body, signal, write, (error) => error);
  } catch (error) {
    await upload.abort();
    throw error;
  }
}
