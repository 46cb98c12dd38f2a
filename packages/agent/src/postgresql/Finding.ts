/** What pg_dump is told to leave out. */
export type Omission =
  | { kind: "subscriptions" | "large-objects" }
  /** Objects with everything in them, by patterns of pg_dump. */
  | { kind: "schema" | "table"; patterns: string[] }
  /** The rows of a table or the value of a sequence; the definition is dumped. */
  | { kind: "data"; patterns: string[] }
  /** pg_dump leaves it out by itself, without a word. */
  | { kind: "none" };

/** Something that this role cannot dump. */
export interface Finding {
  /** Stable, unique in its database, and what `dump.waive` spells: `row-level-security:public.orders`. */
  name: string;
  /** Why it cannot be dumped, as a sentence. */
  reason: string;
  /** What to do so that it can: SQL wherever SQL helps. */
  remedy: string;
  /** What every backup lacks once it is waived. */
  loss: string;
  omission: Omission;
  /** Tables and sequences whose contents are then missing. */
  oids: number[];
}

/** The role that dumps. */
export interface DumpRole {
  name: string;
  superuser: boolean;
}
