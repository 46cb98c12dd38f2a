import { counted } from "@pgkeep/core";
import { shownName } from "../../postgresql/objectName.js";
import type { Session } from "../../postgresql/session.js";
import type { Findings } from "./judge.js";

interface Row {
  schema: string;
  name: string;
  table: string;
  ready: boolean;
  live: boolean;
}

/** Every index is one that the server would use. A partitioned one is invalid until all its parts are attached, and has no contents of its own. */
export async function checkIndexes(session: Session): Promise<Findings> {
  const rows = await session.query<Row>(`
    SELECT n.nspname AS schema, c.relname AS name, t.relname AS "table", i.indisready AS ready, i.indislive AS live
      FROM pg_index i
      JOIN pg_class c ON c.oid = i.indexrelid
      JOIN pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN pg_class t ON t.oid = i.indrelid
     WHERE c.relkind = 'i' AND NOT (i.indisvalid AND i.indisready AND i.indislive)
     ORDER BY 1, 2`);
  const [{ count = 0 } = {}] = await session.query<{ count: number }>("SELECT count(*)::int AS count FROM pg_class WHERE relkind = 'i'");
  const damaged = rows.map(({ schema, name, table, ready, live }) => {
    const state = !live ? "is being dropped" : !ready ? "was never built to its end" : "is not valid";
    return `index ${shownName(schema, name)} on ${shownName(table)} ${state}: no query uses it and it guards nothing; if the source has it so too, REINDEX or drop it there`;
  });
  return { found: `${counted(count, "index", "indexes")} valid`, damaged, unverified: [] };
}
