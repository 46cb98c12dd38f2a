import type { Session } from "./session.js";

const INSUFFICIENT_PRIVILEGE = "42501";
const NO_ACTIVE_TRANSACTION = "25P01";

/**
 * What is read from a system catalogue that the role may be forbidden to read, undefined when it is. The refusal must not end the
 * caller's transaction, which holds the snapshot of a backup. Asking for the privilege is not enough: managed services refuse more than
 * the catalogue shows.
 */
export async function unlessForbidden<Result>(
  session: Session,
  catalogue: string,
  read: () => Promise<Result>,
): Promise<Result | undefined> {
  const [row] = await session.query<{ may: boolean }>("SELECT has_table_privilege($1, 'SELECT') AS may", [`pg_catalog.${catalogue}`]);
  if (row?.may !== true) return undefined;
  const inTransaction = await setSavepoint(session);
  try {
    const result = await read();
    if (inTransaction) await session.query("RELEASE SAVEPOINT pgkeep");
    return result;
  } catch (error) {
    if (codeOf(error) !== INSUFFICIENT_PRIVILEGE) throw error;
    if (inTransaction) await session.query("ROLLBACK TO SAVEPOINT pgkeep");
    if (inTransaction) await session.query("RELEASE SAVEPOINT pgkeep");
    return undefined;
  }
}

async function setSavepoint(session: Session): Promise<boolean> {
  try {
    await session.query("SAVEPOINT pgkeep");
    return true;
  } catch (error) {
    if (codeOf(error) === NO_ACTIVE_TRANSACTION) return false;
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
