import type { Readable } from "node:stream";

/**
 * Gives a stream's chunks to a writer. Whatever goes wrong, in the stream, in the writer or by the signal, the stream is destroyed with
 * that very error: so whoever feeds it learns the cause and not its echo, and nobody waits for ever. The stream's own error is thrown as it
 * is, the writer's as `explain` puts it.
 */
export async function consumeBody(
  body: Readable,
  signal: AbortSignal | undefined,
  write: (chunks: AsyncIterable<Buffer>) => Promise<void>,
  explain: (error: unknown) => unknown,
): Promise<void> {
  // The error is thrown from here: it needs no listener elsewhere.
  body.on("error", () => {});
  const abort = () => body.destroy(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  try {
    signal?.throwIfAborted();
    // By itself the iterator would destroy the stream with an AbortError of its own.
    await write(body.iterator({ destroyOnReturn: false }));
  } catch (error) {
    const isBodys = body.errored === error;
    const cause = signal?.aborted ? signal.reason : isBodys ? error : explain(error);
    body.destroy(cause);
    throw cause;
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}
