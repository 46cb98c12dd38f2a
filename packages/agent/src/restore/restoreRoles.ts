import { text } from "node:stream/consumers";
import type { Manifest } from "@pgkeep/core";
import { readStored } from "../codec/readStored.js";
import { renderGlobals } from "../postgresql/globals.js";
import { shownName, sqlName } from "../postgresql/objectName.js";
import type { Session } from "../postgresql/session.js";
import type { Store } from "../store/Store.js";
import type { RoleCreation } from "./planRoleCreation.js";
import type { RestoredRoles } from "./RestoreResult.js";
import { serverRefusal } from "./serverRefusal.js";

/**
 * The password verifiers of a recovery point that holds them, by role. The stored object is SQL for psql, of a form that is ours; everything
 * else in it is in the manifest too. Reading it verifies the object as well.
 */
export async function readVerifiers(store: Store, manifest: Manifest, identities: readonly string[]): Promise<Map<string, string>> {
  const sql = await text(await readStored(store, manifest.globals.object, identities));
  if (!manifest.globals.verifiers) return new Map();
  const verifiers = new Map<string, string>();
  for (const [, name = "", verifier = ""] of sql.matchAll(/^ *CREATE ROLE "((?:[^"]|"")+)" WITH [^;\n]*? PASSWORD '((?:[^']|'')*)'/gm)) {
    verifiers.set(name.replaceAll('""', '"'), verifier.replaceAll("''", "'"));
  }
  return verifiers;
}

/** Creates the missing roles with their memberships and settings. Each role comes into being whole or not at all. */
export async function restoreRoles(
  session: Session,
  creation: RoleCreation,
  verifiers: ReadonlyMap<string, string>,
): Promise<RestoredRoles> {
  if (creation.create.length === 0) return { created: [], withoutPassword: [], joined: [] };
  const [role] = await session.query<{ name: string }>("SELECT current_user AS name");
  const modern = (await session.query("SELECT FROM pg_settings WHERE name = 'createrole_self_grant'")).length > 0;
  try {
    await session.queryLast(renderGlobals(creation.globals, verifiers, { rdsIam: true }));
    // From PostgreSQL 16 on, whoever creates a role may grant it, but is not yet a member that has its rights.
    for (const created of creation.join) {
      await session.query(`GRANT ${sqlName(created)} TO ${sqlName(role?.name ?? "")}${modern ? " WITH INHERIT TRUE, SET TRUE" : ""}`);
    }
  } catch (error) {
    throw serverRefusal(`missing roles ${creation.create.map((name) => shownName(name)).join(", ")}`, "no database was changed", error);
  }
  return { created: creation.create, withoutPassword: creation.withoutPassword, joined: creation.join };
}
