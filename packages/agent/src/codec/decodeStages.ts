import type { Duplex } from "node:stream";
import { createZstdDecompress } from "node:zlib";
import { AgeDecryption } from "./AgeDecryption.js";
import { ZstdFrames } from "./ZstdFrames.js";

/** The way back: undoes the transformations named, the last one first. Reads files of the `zstd` and `age` programs as well. */
export function decodeStages(codec: readonly ("zstd" | "age")[], identities: readonly string[] = []): Duplex[] {
  return codec.toReversed().flatMap((step) => (step === "age" ? [new AgeDecryption(identities)] : decompression()));
}

function decompression(): Duplex[] {
  return [new ZstdFrames(), createZstdDecompress({ chunkSize: 256 * 1024 })];
}
