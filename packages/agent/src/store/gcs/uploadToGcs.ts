import { randomUUID } from "node:crypto";
import type { Readable } from "node:stream";
import { ProblemError } from "@pgkeep/core";
import { consumeBody } from "../consumeBody.js";
import { crc32c, crc32cText } from "../crc32c.js";
import { fillBuffers } from "../fillBuffers.js";
import { assertObjectKey } from "../objectKey.js";
import type { PutOptions } from "../Store.js";
import type { GcsBucket } from "./GcsBucket.js";
import { CHUNK_BYTES, GcsUpload } from "./GcsUpload.js";

/** Writes bytes as a new object in one request, which the server completes only when they have the checksum that it names. */
export async function putBytesToGcs(bucket: GcsBucket, key: string, bytes: Buffer): Promise<void> {
  const mark = bucket.newMark();
  const boundary = randomUUID();
  const description = bucket.description(key, mark, { crc32c: crc32cText(crc32c(bytes)) });
  const body = Buffer.concat([
    Buffer.from(`--${boundary}\r\ncontent-type: application/json; charset=UTF-8\r\n\r\n${description}\r\n`),
    Buffer.from(`--${boundary}\r\ncontent-type: application/octet-stream\r\n\r\n`),
    bytes,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
  const headers = { "content-type": `multipart/related; boundary=${boundary}` };
  await bucket.appear(key, mark, bytes.length, () =>
    bucket.client.send({ method: "POST", path: bucket.upload("multipart"), headers, body }),
  );
}

/** Writes a stream as a new object, in chunks when it is longer than one. When the stream fails, or the signal aborts, the upload is cancelled. */
export async function uploadToGcs(bucket: GcsBucket, key: string, body: Readable, { signal }: PutOptions): Promise<void> {
  // A chunk that fails ends the stream, and with it the wait for its next bytes.
  const upload = new GcsUpload(bucket, key, (error) => body.destroy(error));
  const write = async (chunks: AsyncIterable<Buffer>) => {
    assertObjectKey(key);
    const { buffer, used } = await fillBuffers(chunks, Buffer.allocUnsafeSlow(CHUNK_BYTES), (full) => upload.send(full));
    signal?.throwIfAborted();
    if (upload.hasBegun) await upload.complete(buffer.subarray(0, used));
    else await putBytesToGcs(bucket, key, buffer.subarray(0, used));
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
    reason: "the unfinished upload could not be cancelled either; it is invisible and costs nothing",
    next: "nothing: Google forgets it after a week",
  };
  return new ProblemError(error.exitCode, [...error.problems, leftover], { cause: error });
}
