import type { Duplex } from "node:stream";
import { AgeEncryption } from "./AgeEncryption.js";
import { ZstdCompression } from "./ZstdCompression.js";

export interface EncodeOptions {
  /** zstd level. */
  level: number;
  /** age public keys; none leaves the object unencrypted. */
  recipients?: readonly string[];
}

/** The transformations of an object on its way into the store: zstd, then age where there are recipients. */
export function encodeStages({ level, recipients = [] }: EncodeOptions): Duplex[] {
  return [new ZstdCompression(level), ...(recipients.length > 0 ? [new AgeEncryption(recipients)] : [])];
}
