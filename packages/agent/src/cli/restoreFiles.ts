import { counted, ExitCode, formatSize, type Manifest, ProblemError } from "@pgkeep/core";
import { readStored } from "../codec/readStored.js";
import { extractFiles } from "../files/extractFiles.js";
import type { Reporter } from "../reporter.js";
import type { Store } from "../store/Store.js";

export interface RestoreFilesOptions {
  store: Store;
  manifest: Manifest;
  identities: readonly string[];
  /** Absolute. */
  folder: string;
  reporter: Reporter;
  dryRun: boolean;
}

/** Files of a recovery point and the folder they went to, or would go to. */
export interface RestoredFiles {
  folder: string;
  paths: string[];
  bytes: number;
}

/** Extracts the saved files, verified, into a folder where none of them exists. */
export async function restoreFiles({ store, manifest, identities, folder, reporter, dryRun }: RestoreFilesOptions): Promise<RestoredFiles> {
  const { files, id } = manifest;
  if (!files) {
    throw new ProblemError(ExitCode.Usage, {
      where: "--files",
      received: folder,
      reason: `recovery point ${id} holds no files: none were configured when it was taken`,
      next: "leave out --files; `pgkeep show` tells what a recovery point holds",
    });
  }
  const restored = {
    folder,
    paths: files.entries.map(({ path }) => path),
    bytes: files.entries.reduce((sum, { bytes }) => sum + bytes, 0),
  };
  if (dryRun) return restored;
  reporter.info(`extracting ${counted(files.entries.length, "file")}, ${formatSize(restored.bytes)}, into ${folder}`);
  await extractFiles(await readStored(store, files.object, identities), folder, files.entries);
  return restored;
}
