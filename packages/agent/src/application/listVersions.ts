import type { Before, Manifest, MigrationRecord, StoreLayout } from "@pgkeep/core";
import { inParallel } from "../backup/inParallel.js";
import { readManifest } from "../manifest/readManifest.js";
import type { Store } from "../store/Store.js";

const AT_ONCE = 8;

/** The application's version as a list tells it. */
export interface ListedVersion {
  git: NonNullable<Manifest["application"]>["git"];
  images: NonNullable<Manifest["application"]>["images"];
  /** Without the names of all that was applied. */
  migrations: Pick<MigrationRecord, "database" | "tool" | "table" | "head" | "count">[] | null;
}

export interface ListedDeployment {
  /** Null where nothing is known of it, or the manifest cannot be read. */
  application: ListedVersion | null;
  before: Before | null;
}

/** What each recovery point's manifest says about the application, one request each. A manifest that cannot be read says nothing. */
export async function listVersions(store: Store, layout: StoreLayout, ids: readonly string[]): Promise<ListedDeployment[]> {
  return await inParallel(
    ids,
    AT_ONCE,
    async (id) => {
      // Signatures are a matter of `show` and `restore`, which are refused; here a forged word would only be read.
      const manifest = await readManifest(store, layout, id, []).catch(() => undefined);
      return { application: manifest?.application ? listed(manifest.application) : null, before: manifest?.before ?? null };
    },
    () => undefined,
  );
}

function listed({ git, images, migrations }: NonNullable<Manifest["application"]>): ListedVersion {
  const heads = migrations?.map(({ database, tool, table, head, count }) => ({ database, tool, table, head, count }));
  return { git, images, migrations: heads ?? null };
}
