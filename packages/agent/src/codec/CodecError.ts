/** What was read is not what the codec wrote: damaged, cut, foreign, or encrypted to somebody else. */
export class CodecError extends Error {
  override readonly name = "CodecError";
  /** The transformation that refused, as a manifest names it. */
  readonly codec: "zstd" | "age";

  constructor(codec: "zstd" | "age", message: string, options?: { cause?: unknown }) {
    super(`${codec}: ${message}`, options);
    this.codec = codec;
  }
}
