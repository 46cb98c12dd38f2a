/** The last buffer of a stream, and how many of its bytes are the stream's. */
export interface LastBuffer {
  buffer: Buffer;
  used: number;
}

/**
 * Packs a stream into one buffer after the other. A full one goes through `next`, which returns the one to fill then, and only once more bytes have
 * come: the last is returned, full or not, since a store may have to know that it is the last.
 */
export async function fillBuffers(
  chunks: AsyncIterable<Buffer>,
  first: Buffer,
  next: (full: Buffer) => Promise<Buffer>,
): Promise<LastBuffer> {
  let buffer = first;
  let used = 0;
  for await (const chunk of chunks) {
    for (let offset = 0; offset < chunk.length; ) {
      if (used === buffer.length) {
        buffer = await next(buffer);
        used = 0;
      }
      const copied = chunk.copy(buffer, used, offset);
      used += copied;
      offset += copied;
    }
  }
  return { buffer, used };
}
