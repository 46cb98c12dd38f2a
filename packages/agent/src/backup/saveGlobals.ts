import { Readable } from "node:stream";
import type { Manifest } from "@pgkeep/core";
import { readGlobals, renderGlobals } from "../postgresql/globals.js";
import type { HeldDatabase } from "../snapshot/holdSnapshot.js";
import type { BackupContext } from "./BackupContext.js";
import { saveObject } from "./saveObject.js";

/** Saves the cluster's roles, memberships, settings and tablespaces as SQL that plain psql can run, and as a record in the manifest. */
export async function saveGlobals(context: BackupContext, held: HeldDatabase): Promise<Manifest["globals"]> {
  const { config, store, attemptPrefix, signal, reporter } = context;
  const { globals, verifiers, warnings } = await readGlobals(held.session, { passwords: config.dump.rolePasswords });
  for (const warning of warnings) reporter.warning(warning);
  const object = await saveObject(
    store,
    `${attemptPrefix}globals.sql.zst${config.encryption ? ".age" : ""}`,
    Readable.from([Buffer.from(renderGlobals(globals, verifiers))]),
    () => Promise.resolve(),
    { level: config.dump.compressionLevel, recipients: config.encryption?.recipients ?? [], signal },
  );
  return { ...globals, object, verifiers: verifiers.size > 0 };
}
