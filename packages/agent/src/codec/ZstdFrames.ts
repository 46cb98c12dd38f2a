import { Transform, type TransformCallback } from "node:stream";
import { CodecError } from "./CodecError.js";

const MAGIC = 0xfd2fb528;
/** Skippable frames, which pzstd and others write: 0x184d2a50 to 0x184d2a5f. */
const SKIPPABLE_MAGIC = 0x184d2a50;
const BLOCK_RLE = 1;
const BLOCK_RESERVED = 3;

/** What the next bytes are, after RFC 8878, section 3. */
type Part = "magic" | "skippable-size" | "descriptor" | "block-header" | "content";

/**
 * Cuts a .zst stream at the borders of its frames, for Node's decompressor: given two frames in one chunk it stops after the first and
 * ends well, silently without the rest (seen on Node 24.21). It also refuses what Node lets pass: cut input and bytes after the last frame.
 */
export class ZstdFrames extends Transform {
  #part: Part = "magic";
  /** A field that may lie across chunks, little-endian; it is complete at `#wanted` bytes. */
  readonly #field = Buffer.alloc(4);
  #collected = 0;
  #wanted = 4;
  /** Bytes of content still to pass, and what follows them. */
  #contentLeft = 0;
  #afterContent: Part = "magic";
  #checksumBytes = 0;
  #frames = 0;
  #offset = 0;

  constructor() {
    // Objects, because buffers of a byte stream may be joined again on their way to the next stage.
    super({ readableObjectMode: true, readableHighWaterMark: 4 });
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    try {
      this.#cut(chunk);
      callback();
    } catch (error) {
      callback(error as Error);
    }
  }

  override _flush(callback: TransformCallback): void {
    if (this.#part === "magic" && this.#collected === 0 && this.#frames > 0) callback();
    else callback(new CodecError("zstd", `the data ends inside a frame, after ${this.#offset} bytes: it was cut`));
  }

  #cut(chunk: Buffer): void {
    let start = 0;
    let position = 0;
    while (position < chunk.length) {
      if (this.#part === "content") {
        const taken = Math.min(this.#contentLeft, chunk.length - position);
        this.#contentLeft -= taken;
        position += taken;
        if (this.#contentLeft > 0) break;
        this.#expect(this.#afterContent);
      } else {
        this.#field[this.#collected] = chunk[position] ?? 0;
        this.#collected += 1;
        position += 1;
        if (this.#collected < this.#wanted) continue;
        this.#next(this.#field.readUIntLE(0, this.#wanted), this.#offset + position);
      }
      if (this.#part === "magic") {
        this.push(chunk.subarray(start, position));
        start = position;
        this.#frames += 1;
      }
    }
    if (start < chunk.length) this.push(chunk.subarray(start));
    this.#offset += chunk.length;
  }

  #next(value: number, offset: number): void {
    if (this.#part === "magic") {
      if (value === MAGIC) this.#expect("descriptor");
      // `>>> 0`: JavaScript's bitwise operators give signed numbers.
      else if ((value & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) this.#expect("skippable-size");
      else
        throw new CodecError(
          "zstd",
          `no frame begins at byte ${offset - 4}: ${this.#frames === 0 ? "this is not zstd" : "foreign bytes follow"}`,
        );
    } else if (this.#part === "skippable-size") {
      this.#pass(value, "magic");
    } else if (this.#part === "descriptor") {
      this.#checksumBytes = value & 0b100 ? 4 : 0;
      this.#pass(headerBytes(value), "block-header");
    } else {
      const type = (value >> 1) & 0b11;
      if (type === BLOCK_RESERVED) throw new CodecError("zstd", `a block of an unknown type before byte ${offset}: the data is damaged`);
      const isLast = (value & 1) === 1;
      const bytes = type === BLOCK_RLE ? 1 : value >> 3;
      this.#pass(bytes + (isLast ? this.#checksumBytes : 0), isLast ? "magic" : "block-header");
    }
  }

  #pass(bytes: number, then: Part): void {
    if (bytes === 0) {
      this.#expect(then);
      return;
    }
    this.#part = "content";
    this.#contentLeft = bytes;
    this.#afterContent = then;
  }

  #expect(part: Part): void {
    this.#part = part;
    this.#collected = 0;
    this.#wanted = part === "descriptor" ? 1 : part === "block-header" ? 3 : 4;
  }
}

/** Bytes of a frame header after its descriptor: window, dictionary id, content size. */
function headerBytes(descriptor: number): number {
  const isSingleSegment = (descriptor & 0b10_0000) !== 0;
  const contentSize = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  const dictionaryId = [0, 1, 2, 4][descriptor & 0b11] ?? 0;
  return (isSingleSegment ? 0 : 1) + dictionaryId + contentSize;
}
