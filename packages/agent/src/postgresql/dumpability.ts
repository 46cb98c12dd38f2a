import type { DumpRole, Finding } from "./Finding.js";
import { findForeignSecrets, findSubscriptions } from "./findHiddenObjects.js";
import { findLargeObjects } from "./findLargeObjects.js";
import { findUnreadableRelations } from "./findUnreadableRelations.js";
import type { Session } from "./session.js";

export { applyWaivers } from "./applyWaivers.js";
export type { Finding } from "./Finding.js";

/**
 * Everything in the session's database that its role cannot dump, by name, before any byte is dumped. Some of it pg_dump would leave out
 * with a warning or without a word, some would end it after hours, at the first such object only.
 */
export async function findUndumpable(session: Session): Promise<Finding[]> {
  const [role] = await session.query<DumpRole>("SELECT rolname AS name, rolsuper AS superuser FROM pg_roles WHERE rolname = current_user");
  if (role === undefined) throw new Error("the session's role is not in pg_roles");
  return [
    ...(await findUnreadableRelations(session, role)),
    ...(await findLargeObjects(session, role)),
    ...(await findSubscriptions(session, role)),
    ...(await findForeignSecrets(session, role)),
  ];
}
