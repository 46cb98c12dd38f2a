import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { ProblemError } from "@pgkeep/core";
import { consumeBody } from "./consumeBody.js";
import { fillBuffers } from "./fillBuffers.js";
import { MultipartUpload } from "./MultipartUpload.js";
import { assertObjectKey } from "./objectKey.js";
import { planParts } from "./partPlan.js";
import type { S3Bucket } from "./S3Bucket.js";
import type { PutOptions } from "./Store.js";
import { tagging } from "./tagging.js";

/** Writes bytes as a new object in one request. */
export async function putBytes(bucket: S3Bucket, key: string, bytes: Buffer, tags: PutOptions["tags"]): Promise<void> {
  const mark = bucket.newMark();
  const command = new PutObjectCommand({
    ...bucket.object(key),
    Body: bytes,
    ContentLength: bytes.length,
    Metadata: mark,
    ...tagging(tags),
    IfNoneMatch: "*",
    ...(bucket.sendsMd5 ? { ContentMD5: createHash("md5").update(bytes).digest("base64") } : { ChecksumAlgorithm: "CRC32" }),
  });
  await bucket.appear(key, mark, bytes.length, () => bucket.client.send(command));
}

/** Writes a stream as a new object, in parts when it is longer than one. When the stream fails, or the signal aborts, the parts are removed. */
export async function uploadObject(
  bucket: S3Bucket,
  key: string,
  body: Readable,
  { expectedBytes, signal, tags }: PutOptions,
): Promise<void> {
  const plan = planParts(expectedBytes, bucket.maximumParts);
  // A part that fails ends the stream, and with it the wait for its next chunk.
  const upload = new MultipartUpload(bucket, key, plan, tags, (error) => body.destroy(error));
  const write = async (chunks: AsyncIterable<Buffer>) => {
    assertObjectKey(key);
    const { buffer, used } = await fillBuffers(chunks, upload.nextBuffer(), async (full) => {
      await upload.send(full, full.length);
      return upload.nextBuffer();
    });
    if (upload.hasBegun) {
      await upload.send(buffer, used);
      signal?.throwIfAborted();
      await upload.complete();
    } else {
      signal?.throwIfAborted();
      await putBytes(bucket, key, buffer.subarray(0, used), tags);
    }
  };
  try {
    await consumeBody(body, signal, write, (error) => error);
  } catch (error) {
    throw (await upload.abort()) ? error : withLeftover(error, bucket.url(key));
  }
}

function withLeftover(error: unknown, where: string): unknown {
  if (!(error instanceof ProblemError)) return error;
  const leftover = {
    where,
    reason: "the unfinished upload could not be removed either; it is invisible, disturbs nothing, and takes room until it is removed",
    next: "give the bucket a lifecycle rule AbortIncompleteMultipartUpload of 7 days, if it has none",
  };
  return new ProblemError(error.exitCode, [...error.problems, leftover], { cause: error });
}
