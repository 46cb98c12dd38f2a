import { constants } from "node:fs";
import { type FileHandle, open, unlink } from "node:fs/promises";
import type { Readable } from "node:stream";
import { consumeBody } from "./consumeBody.js";
import { createWhole, isPartial, partialPath } from "./createWhole.js";
import { FolderTree } from "./FolderTree.js";
import { folderProblem } from "./folderProblem.js";
import { assertKeyPrefix, assertObjectKey, isObjectKey } from "./objectKey.js";
import { readText } from "./readText.js";
import { type HiddenObject, type ListedObject, ObjectExistsError, type PutOptions, type Removal, type Store } from "./Store.js";
import { StoredBytes } from "./StoredBytes.js";

const READ_BYTES = 256 * 1024;
/** Small pieces are gathered: each write is a hop to another thread. */
const WRITE_BYTES = 1024 * 1024;

/**
 * A store in a folder of a file system with hard links. The folder is made, readable by its owner only, at the first write; its parent must
 * exist, so that a file system which is not mounted is noticed instead of the disk below being filled.
 */
export class FolderStore implements Store {
  readonly description: string;
  readonly #tree: FolderTree;

  /** `root` is an absolute path. */
  constructor(root: string) {
    this.#tree = new FolderTree(root);
    this.description = `file://${root}`;
  }

  async put(key: string, body: Readable, { signal }: PutOptions = {}): Promise<void> {
    await consumeBody(
      body,
      signal,
      (chunks) => this.#create(key, (file) => writeChunks(file, chunks), signal),
      (error) => this.#explain(error, key),
    );
  }

  async putDocument(key: string, text: string): Promise<void> {
    try {
      await this.#create(key, (file) => writeFully(file, Buffer.from(text)));
    } catch (error) {
      throw this.#explain(error, key);
    }
  }

  async read(key: string): Promise<Readable | undefined> {
    assertObjectKey(key);
    try {
      if (!(await this.#tree.find(key))) return undefined;
      const file = await open(this.#tree.pathOf(key), constants.O_RDONLY | constants.O_NOFOLLOW);
      return new StoredBytes({ pull: () => this.#readNext(file, key), release: () => file.close() });
    } catch (error) {
      throw this.#explain(error, key);
    }
  }

  async readDocument(key: string, maxBytes?: number): Promise<string | undefined> {
    const body = await this.read(key);
    return body && (await readText(`${this.description}/${key}`, body, maxBytes));
  }

  async *list(prefix: string): AsyncGenerator<ListedObject> {
    assertKeyPrefix(prefix);
    const begin = prefix.lastIndexOf("/") + 1;
    try {
      for await (const { key, stats } of this.#tree.walk(prefix.slice(0, begin), prefix.slice(begin), isObjectKey)) {
        yield { key, bytes: stats.size, modifiedAt: stats.mtime };
      }
    } catch (error) {
      throw this.#explain(error, prefix);
    }
  }

  async remove(key: string): Promise<Removal> {
    assertObjectKey(key);
    try {
      return { kind: (await this.#tree.remove(key)) ? "removed" : "absent" };
    } catch (error) {
      throw this.#explain(error, key);
    }
  }

  /** A file that was deleted is gone. */
  listHidden(): AsyncIterable<HiddenObject> {
    return { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }) };
  }

  unhide(): Promise<void> {
    return Promise.resolve();
  }

  async removeUnfinished(prefix: string, before: Date): Promise<number> {
    assertKeyPrefix(prefix);
    const begin = prefix.lastIndexOf("/") + 1;
    const isOurs = (name: string) => isObjectKey(name) || isPartial(name);
    let removed = 0;
    try {
      for await (const { key, stats } of this.#tree.walk(prefix.slice(0, begin), prefix.slice(begin), isOurs)) {
        if (isPartial(key.slice(key.lastIndexOf("/") + 1)) && stats.mtime < before && (await this.#tree.remove(key))) removed += 1;
      }
      return removed;
    } catch (error) {
      throw this.#explain(error, prefix);
    }
  }

  /** The clock of the file system's own server, where it has one: the time that it gives to a file just written. */
  async clock(prefix: string): Promise<Date> {
    assertKeyPrefix(prefix);
    try {
      return await this.#tree.inFolderOf(prefix, async (folder) => {
        const path = partialPath(folder);
        const file = await open(path, "wx", 0o600);
        try {
          await file.write("x");
          return (await file.stat()).mtime;
        } finally {
          await file.close();
          await unlink(path);
        }
      });
    } catch (error) {
      throw this.#explain(error, prefix);
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #create(key: string, write: (file: FileHandle) => Promise<void>, signal?: AbortSignal): Promise<void> {
    assertObjectKey(key);
    const made = await this.#tree.inFolderOf(key, async () => {
      // Asked before as well, so that a taken key is not noticed only after a day of streaming.
      const taken = (await this.#tree.find(key)) !== undefined;
      return !taken && (await createWhole(this.#tree.pathOf(key), write, signal));
    });
    if (!made) throw new ObjectExistsError(key);
  }

  async #readNext(file: FileHandle, key: string): Promise<Buffer | null> {
    try {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafeSlow(READ_BYTES), 0, READ_BYTES);
      return bytesRead === 0 ? null : buffer.subarray(0, bytesRead);
    } catch (error) {
      throw this.#explain(error, key);
    }
  }

  #explain(error: unknown, key: string): Error {
    return folderProblem(error, this.#tree.pathOf(key));
  }
}

async function writeChunks(file: FileHandle, chunks: AsyncIterable<Buffer>): Promise<void> {
  const buffer = Buffer.allocUnsafeSlow(WRITE_BYTES);
  let used = 0;
  for await (const chunk of chunks) {
    for (let offset = 0; offset < chunk.length; ) {
      const copied = chunk.copy(buffer, used, offset);
      used += copied;
      offset += copied;
      if (used < buffer.length) continue;
      await writeFully(file, buffer);
      used = 0;
    }
  }
  await writeFully(file, buffer.subarray(0, used));
}

/** A single write may take less than it is given. */
async function writeFully(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let offset = 0; offset < bytes.length; ) {
    offset += (await file.write(bytes, offset)).bytesWritten;
  }
}
