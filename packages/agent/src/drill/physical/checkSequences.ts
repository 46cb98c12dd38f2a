import { counted } from "@pgkeep/core";
import { shownName, sqlName } from "../../postgresql/objectName.js";
import type { Session } from "../../postgresql/session.js";
import { damageIn, type Findings } from "./judge.js";

/** Every sequence can be read and holds its one row. */
export async function checkSequences(session: Session): Promise<Findings> {
  const sequences = await session.query<{ schema: string; name: string; may: boolean }>(`
    SELECT n.nspname AS schema, c.relname AS name, has_table_privilege(c.oid, 'SELECT') AS may
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'S' AND c.relpersistence <> 't' AND NOT (c.relpersistence = 'u' AND pg_is_in_recovery())
     ORDER BY 1, 2`);
  const damaged: string[] = [];
  for (const { schema, name } of sequences.filter(({ may }) => may)) {
    const rows = await session.query(`SELECT last_value, is_called FROM ${sqlName(schema, name)}`).catch(damageIn);
    if (typeof rows === "string") damaged.push(`sequence ${shownName(schema, name)}: ${rows}`);
    else if (rows.length !== 1) damaged.push(`sequence ${shownName(schema, name)}: it holds ${rows.length} rows instead of one`);
  }
  const unverified = sequences
    .filter(({ may }) => !may)
    .map(({ schema, name }) => `sequence ${shownName(schema, name)}: this role may not read it`);
  return { found: counted(sequences.length, "sequence"), damaged, unverified };
}
