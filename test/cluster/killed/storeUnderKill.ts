import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { type AgentConfig, parseAgentConfig, storeLayout } from "@pgkeep/core";
import { readStored } from "../../../packages/agent/src/codec/readStored.js";
import { readManifest } from "../../../packages/agent/src/manifest/readManifest.js";
import { openStore } from "../../../packages/agent/src/store/openStore.js";
import type { Project } from "../../agent/Project.js";
import type { TestS3 } from "../../support/s3Server.js";

interface Listing {
  recoveryPoints: { id: string; removing: boolean; state: string }[];
  leftovers: { id: string; attempt: string }[];
}

/** What one cluster's part of the store holds: as files, as `pgkeep list` tells it, and read whole. */
export class StoreUnderKill {
  readonly #config: AgentConfig;
  readonly #environment: Record<string, string>;

  /** `configuration` is that of the Pod; this looks past what stands between it and the server. */
  constructor(
    private readonly s3: TestS3,
    private readonly project: Project,
    configuration: string,
  ) {
    const config = JSON.parse(configuration) as { store: { endpoint: string } };
    config.store.endpoint = s3.endpoint;
    this.#config = parseAgentConfig(config);
    this.#environment = {
      PGKEEP_CONFIG_YAML: JSON.stringify(config),
      AWS_ACCESS_KEY_ID: s3.accessKey,
      AWS_SECRET_ACCESS_KEY: s3.secretKey,
    };
  }

  /** The ids of all manifests, from the server's own folder. */
  manifests(): string[] {
    return this.#files("manifests").map((name) => basename(name, ".json"));
  }

  /** `ATTEMPT/NAME` of all that was written for a recovery point, whatever became of it, signs of life left out. */
  objectsOf(id: string): string[] {
    return this.#files(`points/${id}`).filter((name) => !/\/alive-\d+\.json$/.test(name));
  }

  #files(folder: string): string[] {
    const { cluster, store } = this.#config;
    try {
      const path = join(this.s3.objectsFolder, store.url.replace(/^s3:\/\//, ""), cluster, folder);
      const entries = readdirSync(path, { recursive: true, withFileTypes: true });
      return entries.flatMap((entry) => (entry.isFile() ? [join(entry.parentPath, entry.name).slice(path.length + 1)] : [])).sort();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      return [];
    }
  }

  async list(): Promise<Listing> {
    return await this.project.json<Listing>(["list"], { environment: this.#environment });
  }

  /** Reads every object of a recovery point to its end, against the sums in its manifest. */
  async readWhole(id: string): Promise<void> {
    const store = await openStore(this.#config.store, this.#environment);
    try {
      const manifest = await readManifest(store, storeLayout(this.#config.cluster), id, []);
      for (const { object } of [...manifest.databases, manifest.globals]) for await (const _ of await readStored(store, object));
    } finally {
      await store.close();
    }
  }
}
