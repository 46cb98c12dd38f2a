import { randomUUID } from "node:crypto";
import { ObjectExistsError } from "../Store.js";
import { type GcsClient, isPassing } from "./GcsClient.js";
import { isGone, statusOf } from "./GcsRefusal.js";
import { gcsProblem } from "./gcsProblem.js";

/** Metadata that says which write made an object. */
const WRITE_NAME = "pgkeep-write";
const LOOK_MILLISECONDS = 15_000;

/** What Google tells of one version of an object, as far as it is asked. Numbers of 64 bits are text. */
export interface GcsObject {
  name: string;
  size?: string;
  generation?: string;
  crc32c?: string;
  metadata?: Record<string, string>;
  timeCreated?: string;
  /** When it stopped being the version in sight. */
  timeDeleted?: string;
  softDeleteTime?: string;
  retentionExpirationTime?: string;
  temporaryHold?: boolean;
  eventBasedHold?: boolean;
  retention?: { mode?: string; retainUntilTime?: string };
}

interface ListAnswer {
  items?: GcsObject[];
  nextPageToken?: string;
}

/** The part of a bucket that a store is in, and how an object comes to be in it. */
export class GcsBucket {
  readonly #path: string;
  readonly #uploadPath: string;

  constructor(
    readonly client: GcsClient,
    readonly name: string,
    /** Empty, or ending in a slash. */
    readonly prefix: string,
  ) {
    this.#path = `/storage/v1/b/${encodeURIComponent(name)}/o`;
    this.#uploadPath = `/upload${this.#path}`;
  }

  url(key: string): string {
    return `gs://${this.name}/${this.prefix}${key}`;
  }

  nameOf(key: string): string {
    return `${this.prefix}${key}`;
  }

  /** The path of a request about an object. */
  object(key: string, query: Record<string, string> = {}): string {
    return `${this.#path}/${encodeURIComponent(this.nameOf(key))}${queryText(query)}`;
  }

  /** The path of a request that copies an object onto a name. */
  rewrite(key: string, query: Record<string, string>): string {
    const encoded = encodeURIComponent(this.nameOf(key));
    return `${this.#path}/${encoded}/rewriteTo/b/${encodeURIComponent(this.name)}/o/${encoded}${queryText(query)}`;
  }

  /** The path of a create-only upload. */
  upload(uploadType: "multipart" | "resumable"): string {
    return `${this.#uploadPath}${queryText({ uploadType, ifGenerationMatch: "0" })}`;
  }

  /** What an upload says of the object that it makes; the mark says which write it was. */
  description(key: string, mark: string, more: Partial<GcsObject> = {}): string {
    return JSON.stringify({
      name: this.nameOf(key),
      contentType: "application/octet-stream",
      metadata: { [WRITE_NAME]: mark },
      ...more,
    });
  }

  newMark(): string {
    return randomUUID();
  }

  /** Versions or objects whose key begins with a prefix, in the order of their names. `fields` are those of GcsObject that are wanted. */
  async *list(prefix: string, fields: string, query: Record<string, string> = {}): AsyncGenerator<GcsObject> {
    let pageToken: string | undefined;
    do {
      const path = `${this.#path}${queryText({
        prefix: this.nameOf(prefix),
        fields: `items(${fields}),nextPageToken`,
        maxResults: "1000",
        ...query,
        ...(pageToken === undefined ? {} : { pageToken }),
      })}`;
      const page = JSON.parse((await this.client.send({ method: "GET", path })).text) as ListAnswer;
      yield* page.items ?? [];
      pageToken = page.nextPageToken;
    } while (pageToken !== undefined && pageToken !== "");
  }

  /**
   * Sends the create-only request that makes an object appear. An answer may be lost after the request took effect, and the next try is
   * then refused: so whatever does not say for sure that nothing was written is looked at, and an object with our own mark and size is success.
   */
  async appear(
    key: string,
    mark: string,
    bytes: number,
    send: () => Promise<unknown>,
    explain = (error: unknown) => gcsProblem(error, this.url(key)),
  ): Promise<void> {
    try {
      await send();
    } catch (error) {
      const isTaken = statusOf(error) === 412;
      if ((isTaken || isPassing(error) || isGone(error)) && (await this.#isOurs(key, mark, bytes))) return;
      if (isTaken) throw new ObjectExistsError(key);
      throw explain(error);
    }
  }

  async #isOurs(key: string, mark: string, bytes: number): Promise<boolean> {
    try {
      const path = this.object(key, { fields: "size,metadata" });
      const { text } = await this.client.send({ method: "GET", path, signal: AbortSignal.timeout(LOOK_MILLISECONDS) });
      const found = JSON.parse(text) as GcsObject;
      return found.metadata?.[WRITE_NAME] === mark && Number(found.size) === bytes;
    } catch {
      // Not there, not allowed to look, or away: then the first error stands.
      return false;
    }
  }
}

function queryText(query: Record<string, string>): string {
  const text = new URLSearchParams(query).toString();
  return text === "" ? "" : `?${text}`;
}
