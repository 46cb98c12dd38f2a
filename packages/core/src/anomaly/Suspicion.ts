import { z } from "zod";

/** What the anomaly gate looks at. */
export enum AnomalyKind {
  /** A database of the base is not in the new recovery point. */
  MissingDatabase = "missing-database",
  /** A table that had rows is not there any more. */
  MissingTable = "missing-table",
  /** A table that had rows has none. */
  EmptiedTable = "emptied-table",
  /** A table lost many of its rows. */
  TableRows = "table-rows",
  /** A database lost many of its rows, over all its tables. */
  TotalRows = "total-rows",
  /** A database's dump is much smaller, before compression. */
  Size = "size",
  /** A database's dump is much larger, before compression. */
  Growth = "growth",
}

/** One thing about a new recovery point that nobody would expect after the one before. Stored in the record that marks it. */
export const suspicionSchema = z.strictObject({
  kind: z.enum(AnomalyKind),
  database: z.string(),
  table: z.strictObject({ schema: z.string(), name: z.string() }).nullable().describe("Null where it is about the whole database"),
  before: z.number().min(0).describe("Rows or bytes in the base; for a database its tables"),
  now: z.number().min(0),
  reason: z.string().describe("The finding in one sentence"),
});

export type Suspicion = z.infer<typeof suspicionSchema>;
