import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { HeadObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { ObjectExistsError } from "./Store.js";
import { isUnclear, s3Problem, statusOf } from "./s3Problem.js";

const CONFLICT_TRIES = 6;
const LOOK_MILLISECONDS = 15_000;

/** Metadata that says which write made an object. */
const WRITE_NAME = "pgkeep-write";

/** The part of a bucket that a store is in, and how an object comes to be in it. */
export class S3Bucket {
  constructor(
    readonly client: S3Client,
    readonly name: string,
    /** Empty, or ending in a slash. */
    readonly prefix: string,
    readonly maximumParts: number,
    /** Whether parts carry Content-MD5, the integrity check of servers that know no newer one. */
    readonly sendsMd5: boolean,
  ) {}

  /** What every request about an object begins with. */
  object(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.name, Key: `${this.prefix}${key}` };
  }

  url(key: string): string {
    return `s3://${this.name}/${this.prefix}${key}`;
  }

  /** A mark for one write, to be sent with it. */
  newMark(): Record<string, string> {
    return { [WRITE_NAME]: randomUUID() };
  }

  /**
   * Sends the create-only request that makes an object appear. An answer may be lost after the request took effect, and the next try is
   * then refused: so whatever does not say for sure that nothing was written is looked at, and an object with our own mark and size is success.
   */
  async appear(key: string, mark: Record<string, string>, bytes: number, send: () => Promise<unknown>): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await send();
        return;
      } catch (error) {
        const isConflict = statusOf(error) === 409 && (error as Error).name === "ConditionalRequestConflict";
        const isTaken = statusOf(error) === 412;
        if ((isConflict || isTaken || isUnclear(error)) && (await this.#isOurs(key, mark, bytes))) return;
        if (isTaken) throw new ObjectExistsError(key);
        if (!isConflict || attempt === CONFLICT_TRIES) throw s3Problem(error, this.url(key));
        await sleep(100 * 2 ** attempt);
      }
    }
  }

  async #isOurs(key: string, mark: Record<string, string>, bytes: number): Promise<boolean> {
    try {
      const found = await this.client.send(new HeadObjectCommand(this.object(key)), {
        abortSignal: AbortSignal.timeout(LOOK_MILLISECONDS),
      });
      return found.ContentLength === bytes && found.Metadata?.[WRITE_NAME] === mark[WRITE_NAME];
    } catch {
      // Not there, not allowed to look, or away: then the first error stands.
      return false;
    }
  }
}
