import { shownName } from "../../postgresql/objectName.js";
import type { Session } from "../../postgresql/session.js";

/** Indexes whose insides nothing here looks at: amcheck knows B-trees, and GIN from PostgreSQL 18. */
export async function unwatchedIndexes(session: Session, major: number): Promise<string[]> {
  const rows = await session.query<{ schema: string; name: string; method: string }>(
    `SELECT n.nspname AS schema, c.relname AS name, m.amname AS method
       FROM pg_class c JOIN pg_am m ON m.oid = c.relam JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'i' AND m.amname <> ALL ($1) ORDER BY 1, 2`,
    [major >= 18 ? ["btree", "gin"] : ["btree"]],
  );
  return rows.map(({ schema, name, method }) => `the inside of index ${shownName(schema, name)} (${method})`);
}
