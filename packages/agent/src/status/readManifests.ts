import { ExitCode, type Manifest, ProblemError, type StoreLayout } from "@pgkeep/core";
import { inParallel } from "../backup/inParallel.js";
import { readManifestIfAny } from "../manifest/readManifest.js";
import type { Store } from "../store/Store.js";

/** Documents that are read at the same time. */
const READERS = 8;

/** Manifests that were read, and why others could not be. */
export class Manifests {
  readonly #read = new Map<string, Manifest>();
  readonly unreadable = new Map<string, string>();

  constructor(
    private readonly store: Store,
    private readonly layout: StoreLayout,
    private readonly publicKeys: readonly string[],
  ) {}

  /** Reads those that were not read yet. One that is damaged, forged or of a newer pgkeep is remembered; a store that is away is thrown. */
  async read(ids: readonly string[]): Promise<void> {
    const unknown = [...new Set(ids)].filter((id) => !this.#read.has(id) && !this.unreadable.has(id));
    await inParallel(
      unknown,
      READERS,
      (id) => this.#readOne(id),
      () => undefined,
    );
  }

  get(id: string): Manifest | undefined {
    return this.#read.get(id);
  }

  async #readOne(id: string): Promise<void> {
    try {
      const manifest = await readManifestIfAny(this.store, this.layout, id, this.publicKeys);
      if (manifest) this.#read.set(id, manifest);
      else this.unreadable.set(id, "it is gone: its removal began after it was listed");
    } catch (error) {
      if (!(error instanceof ProblemError) || !UNREADABLE.includes(error.exitCode)) throw error;
      this.unreadable.set(id, error.problems[0]?.reason ?? error.message);
    }
  }
}

/** What is wrong with a document, and not with the way to it. */
const UNREADABLE: readonly ExitCode[] = [ExitCode.DataWrong, ExitCode.Configuration];
