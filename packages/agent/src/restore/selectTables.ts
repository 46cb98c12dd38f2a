/** Entries of chosen tables. */
export interface TableSelection {
  /** Dump ids in the archive's order. */
  entries: number[];
  /** Tables and sequences whose rows are among them, as `schema.name`. */
  tables: ReadonlySet<string>;
  sequences: ReadonlySet<string>;
}
