import { hkdfSync } from "node:crypto";

/**
 * The payload of an age file: chunks of 64 KiB, each sealed with ChaCha20-Poly1305 under a counter, the last one marked
 * (https://age-encryption.org/v1, "Payload").
 */
export const CHUNK_BYTES = 64 * 1024;
export const TAG_BYTES = 16;
export const PAYLOAD_NONCE_BYTES = 16;
export const CIPHER = "chacha20-poly1305";

/** The key of a payload, from the key in the file's header and the payload's own nonce. */
export function payloadKey(fileKey: Uint8Array, nonce: Uint8Array): Buffer {
  return Buffer.from(hkdfSync("sha256", fileKey, nonce, "payload", 32));
}

/** The nonce of one chunk: eleven bytes of counter, then whether it is the last. Six bytes of counter reach beyond 10^19 bytes. */
export function chunkNonce(counter: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(counter, 5, 6);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}
