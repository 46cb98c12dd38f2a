import { type Duplex, PassThrough, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { decodeStages } from "../codec/decodeStages.js";
import { encodeStages } from "../codec/encodeStages.js";

const SAMPLE = "pgkeep doctor\n";

/** Encrypts a sample as a backup would, and counts the identities that open it, each tried alone. */
export async function tryEncryption(recipients: readonly string[], identities: readonly string[]): Promise<number> {
  const encrypted = await through(Buffer.from(SAMPLE), encodeStages({ level: 1, recipients }));
  let opening = 0;
  for (const identity of identities) {
    const opened = await through(encrypted, decodeStages(["zstd", "age"], [identity])).catch(() => undefined);
    if (opened?.toString() === SAMPLE) opening += 1;
  }
  return opening;
}

async function through(bytes: Buffer, stages: readonly Duplex[]): Promise<Buffer> {
  const end = new PassThrough();
  const [result] = await Promise.all([buffer(end), pipeline([Readable.from([bytes]), ...stages, end])]);
  return result;
}
