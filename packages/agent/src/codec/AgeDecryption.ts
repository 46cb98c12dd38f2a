import { createDecipheriv } from "node:crypto";
import { Transform, type TransformCallback } from "node:stream";
import { ExitCode, ProblemError } from "@pgkeep/core";
import { Decrypter } from "age-encryption";
import { CHUNK_BYTES, CIPHER, chunkNonce, PAYLOAD_NONCE_BYTES, payloadKey, TAG_BYTES } from "./agePayload.js";
import { CodecError } from "./CodecError.js";

const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES;
const VERSION_LINE = "age-encryption.org/v1\n";
/** A recipient takes about 100 bytes; a longer header is not one of an age file but something that would fill memory. */
const MAXIMUM_HEADER_BYTES = 1024 * 1024;

/** Decrypts an age file with any of the identities given. Fails with a CodecError on anything that is not, to the byte, what was encrypted. */
export class AgeDecryption extends Transform {
  readonly #decrypter = new Decrypter();
  #head: Buffer | undefined = Buffer.alloc(0);
  #key: Buffer | undefined;
  #counter = 0;
  readonly #chunk = Buffer.allocUnsafeSlow(SEALED_CHUNK_BYTES);
  #used = 0;

  /** Identities as text, each perhaps a whole key file with comments. Throws a ProblemError where there is none or one cannot be read. */
  constructor(identities: readonly string[]) {
    super({ readableHighWaterMark: 1024 * 1024 });
    const lines = identities
      .flatMap((text) => text.split("\n").map((line) => line.trim()))
      .filter((line) => line !== "" && !line.startsWith("#"));
    const problem = lines.length === 0 ? "the object is encrypted and no age identity was given" : this.#refusal(lines);
    if (problem === undefined) return;
    throw new ProblemError(ExitCode.Configuration, {
      where: "PGKEEP_IDENTITY",
      reason: problem,
      allowed: "lines that begin with AGE-SECRET-KEY-1, as `age-keygen` writes them",
      next: "give the identity of one of the recipients in PGKEEP_IDENTITY, PGKEEP_IDENTITY_FILE or encryption.identityFile",
    });
  }

  override _transform(input: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    this.#decrypt(input, callback);
  }

  override _flush(callback: TransformCallback): void {
    if (!this.#key) {
      callback(
        new CodecError(
          "age",
          `the data ends inside the header: ${this.#head?.length === 0 ? "it is empty" : "it was cut or is no age file"}`,
        ),
      );
      return;
    }
    try {
      const plain = this.#open(this.#key, this.#chunk.subarray(0, this.#used), true);
      // Only an empty file has an empty last chunk; elsewhere it would hide a cut.
      if (plain.length === 0 && this.#counter > 1) throw new CodecError("age", "the last chunk is empty: the data is damaged");
      callback(null, plain);
    } catch (error) {
      callback(error as Error);
    }
  }

  #refusal(lines: readonly string[]): string | undefined {
    for (const line of lines) {
      try {
        this.#decrypter.addIdentity(line);
      } catch {
        // Neither the line nor the library's message is shown: either may hold a secret.
        return "an age identity that was given cannot be read";
      }
    }
    return undefined;
  }

  #decrypt(input: Buffer, callback: TransformCallback): void {
    if (this.#key) this.#openAll(this.#key, input, callback);
    else this.#readHead(input).then((rest) => (this.#key ? this.#openAll(this.#key, rest, callback) : callback()), callback);
  }

  /** Collects header and payload nonce, then unwraps the key; what is left of the input belongs to the payload. */
  async #readHead(input: Buffer): Promise<Buffer> {
    const head = Buffer.concat([this.#head ?? Buffer.alloc(0), input]);
    this.#head = head;
    const beginning = head.toString("latin1", 0, VERSION_LINE.length);
    if (!VERSION_LINE.startsWith(beginning.slice(0, VERSION_LINE.length))) throw new CodecError("age", "this is not an age file");
    const footer = head.indexOf("\n--- ");
    const end = footer < 0 ? -1 : head.indexOf("\n", footer + 1);
    if (end < 0 && head.length > MAXIMUM_HEADER_BYTES) throw new CodecError("age", "the header does not end: this is not an age file");
    const payload = end + 1 + PAYLOAD_NONCE_BYTES;
    if (end < 0 || head.length < payload) return Buffer.alloc(0);
    const fileKey = await this.#unwrap(head.subarray(0, end + 1));
    this.#key = payloadKey(fileKey, head.subarray(end + 1, payload));
    this.#head = undefined;
    return head.subarray(payload);
  }

  async #unwrap(header: Buffer): Promise<Uint8Array> {
    try {
      return await this.#decrypter.decryptHeader(header);
    } catch (error) {
      const { message } = error as Error;
      throw new CodecError(
        "age",
        /no identity matched/.test(message)
          ? "none of the identities given opens it: it was encrypted to other recipients"
          : `the header is damaged (${message})`,
        { cause: error },
      );
    }
  }

  #openAll(key: Buffer, input: Buffer, callback: TransformCallback): void {
    try {
      for (let offset = 0; offset < input.length; ) {
        if (this.#used === SEALED_CHUNK_BYTES) {
          this.push(this.#open(key, this.#chunk, false));
          this.#used = 0;
        }
        const copied = input.copy(this.#chunk, this.#used, offset);
        this.#used += copied;
        offset += copied;
      }
      callback();
    } catch (error) {
      callback(error as Error);
    }
  }

  #open(key: Buffer, sealed: Buffer, isLast: boolean): Buffer {
    const chunk = this.#counter;
    this.#counter += 1;
    if (sealed.length < TAG_BYTES) throw new CodecError("age", `the data ends inside chunk ${chunk}: it was cut`);
    const decipher = createDecipheriv(CIPHER, key, chunkNonce(chunk, isLast), { authTagLength: TAG_BYTES });
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
    try {
      const plain = decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES));
      decipher.final(); // a stream cipher: it gives nothing more, but it throws when the tag is wrong
      return plain;
    } catch (error) {
      throw new CodecError("age", `chunk ${chunk} (64 KiB each) is not authentic: it was changed${isLast ? ", or the data was cut" : ""}`, {
        cause: error,
      });
    }
  }
}
