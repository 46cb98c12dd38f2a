import { createCipheriv, randomBytes } from "node:crypto";
import { Transform, type TransformCallback } from "node:stream";
import { ExitCode, ProblemError } from "@pgkeep/core";
import { Encrypter } from "age-encryption";
import { CHUNK_BYTES, CIPHER, chunkNonce, PAYLOAD_NONCE_BYTES, payloadKey, TAG_BYTES } from "./agePayload.js";

/**
 * Encrypts to age recipients; the `age` program opens the result with the identity of any of them.
 *
 * The header, where the keys are, is age-encryption's. Its payload is sealed here with Node's own cipher: age-encryption's in JavaScript
 * does 100 MB/s of the main thread, Node's 890 (measured for this project), and a dump must not wait for it.
 */
export class AgeEncryption extends Transform {
  readonly #encrypter = new Encrypter();
  #key: Buffer | undefined;
  #counter = 0;
  readonly #chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  #used = 0;

  /** Throws a ProblemError for a recipient that is none. */
  constructor(recipients: readonly string[]) {
    super({ readableHighWaterMark: 1024 * 1024 });
    const wrong = recipients.filter((recipient) => !this.#accepts(recipient));
    if (recipients.length > 0 && wrong.length === 0) return;
    throw new ProblemError(ExitCode.Configuration, {
      where: "encryption.recipients",
      reason: "objects cannot be encrypted to what is not an age public key",
      received: wrong.length > 0 ? wrong.join(", ") : "no recipient",
      allowed: "age public keys such as `age-keygen -y` prints; they begin with age1",
      next: "correct the key; a copied one may have lost its end",
    });
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    if (this.#key) this.#sealAll(this.#key, chunk, callback);
    else this.#begin().then((key) => this.#sealAll(key, chunk, callback), callback);
  }

  override _flush(callback: TransformCallback): void {
    const finish = (key: Buffer) => {
      this.#seal(key, this.#chunk.subarray(0, this.#used), true);
      callback();
    };
    if (this.#key) finish(this.#key);
    else this.#begin().then(finish, callback);
  }

  #accepts(recipient: string): boolean {
    try {
      this.#encrypter.addRecipient(recipient);
      return true;
    } catch {
      return false;
    }
  }

  /** Writes the header and the payload's nonce. */
  async #begin(): Promise<Buffer> {
    let fileKey: Uint8Array | undefined;
    // A recipient of our own that writes nothing into the header sees the file's key.
    this.#encrypter.addRecipient({
      wrapFileKey(key) {
        fileKey = key;
        return [];
      },
    });
    const empty = await this.#encrypter.encrypt(new Uint8Array());
    if (!fileKey) throw new Error("age-encryption asked no recipient to wrap the file key");
    const header = empty.subarray(0, empty.length - PAYLOAD_NONCE_BYTES - TAG_BYTES);
    // A nonce of its own: the one after the header has sealed the empty payload already.
    const nonce = randomBytes(PAYLOAD_NONCE_BYTES);
    this.#key = payloadKey(fileKey, nonce);
    this.push(Buffer.concat([header, nonce]));
    return this.#key;
  }

  #sealAll(key: Buffer, input: Buffer, callback: TransformCallback): void {
    // A full chunk is sealed only when more follows: only then it is known not to be the last.
    for (let offset = 0; offset < input.length; ) {
      if (this.#used === CHUNK_BYTES) {
        this.#seal(key, this.#chunk, false);
        this.#used = 0;
      }
      const copied = input.copy(this.#chunk, this.#used, offset);
      this.#used += copied;
      offset += copied;
    }
    callback();
  }

  #seal(key: Buffer, plain: Buffer, isLast: boolean): void {
    const cipher = createCipheriv(CIPHER, key, chunkNonce(this.#counter, isLast), { authTagLength: TAG_BYTES });
    this.#counter += 1;
    // Two pieces rather than one joined: a copy of everything would only keep the garbage collector busy.
    this.push(cipher.update(plain));
    cipher.final(); // a stream cipher: it gives nothing more
    this.push(cipher.getAuthTag());
  }
}
