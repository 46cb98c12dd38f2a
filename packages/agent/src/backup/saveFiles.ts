import type { Manifest } from "@pgkeep/core";
import { packFiles } from "../files/packFiles.js";
import { selectFiles } from "../files/selectFiles.js";
import type { BackupContext } from "./BackupContext.js";
import { saveObject } from "./saveObject.js";

/** Saves the configured files as one archive; null where none are configured. */
export async function saveFiles(context: BackupContext): Promise<Manifest["files"]> {
  const { config, store, attemptPrefix, signal } = context;
  if (!config.files) return null;
  const { archive, records } = packFiles(await selectFiles(config.files));
  const object = await saveObject(
    store,
    `${attemptPrefix}files.tar.zst${config.encryption ? ".age" : ""}`,
    archive,
    () => Promise.resolve(),
    { level: config.dump.compressionLevel, recipients: config.encryption?.recipients ?? [], signal },
  );
  return { object, entries: records };
}
