import type { Problem } from "@pgkeep/core";
import type { ArchiveEntry } from "../archive/ArchiveEntry.js";
import { shownName } from "../postgresql/objectName.js";
import { dropTableStatement } from "./emptyDatabase.js";
import { entryName } from "./entryName.js";

/** Entries of chosen tables and what they need. */
export interface TableSelection {
  /** Dump ids. */
  entries: number[];
  /** Tables and sequences whose rows are among them, as `schema.name`. */
  tables: ReadonlySet<string>;
  sequences: ReadonlySet<string>;
  /** Statements that drop existing tables first, as confirmed. */
  drop: string[];
}

export interface SelectOptions {
  /** Tables that may be dropped when they exist, as `schema.table`. */
  replace: ReadonlySet<string>;
  database: string;
}

const RELATIONS = new Set(["TABLE", "VIEW", "MATERIALIZED VIEW", "FOREIGN TABLE"]);
/** Kinds whose tag begins with the name of the table they are part of. */
const PARTS = new Set(["DEFAULT", "CONSTRAINT", "CHECK CONSTRAINT", "FK CONSTRAINT", "TRIGGER", "RULE", "POLICY"]);
/** Kinds that are part of whatever one they need. */
const FOLLOWERS = new Set([
  "INDEX",
  "STATISTICS",
  "COMMENT",
  "ACL",
  "SECURITY LABEL",
  "SEQUENCE OWNED BY",
  "SEQUENCE SET",
  "TABLE DATA",
  "ROW SECURITY",
  "MATERIALIZED VIEW DATA",
  "STATISTICS DATA",
]);
/** Kinds that tie two relations, and are part of the child where the parent is there too. */
const TIES = new Set(["TABLE ATTACH", "INDEX ATTACH"]);
/** Parts of other tables: what needs them needs the table. */
const OF_TABLES = new Set([
  "CONSTRAINT",
  "INDEX",
  "CHECK CONSTRAINT",
  "FK CONSTRAINT",
  "TRIGGER",
  "RULE",
  "DEFAULT",
  "TABLE ATTACH",
  "INDEX ATTACH",
  "TABLE DATA",
]);

/**
 * The entries that make up the chosen tables: definitions, partitions, own sequences, indexes, constraints, triggers, policies, grants, rows;
 * and what these need of types, functions and schemas where the target lacks it. Other tables that they need must be there or be chosen.
 */
export function selectTables(
  entries: readonly ArchiveEntry[],
  wanted: readonly string[],
  existing: ReadonlySet<number>,
  { replace, database }: SelectOptions,
): { selection: TableSelection; problems: Problem[] } {
  const problems: Problem[] = [];
  const byId = new Map(entries.map((entry) => [entry.dumpId, entry]));
  const selected = new Set<number>();
  for (const name of wanted) {
    const table = entries.find((entry) => entry.description === "TABLE" && shownName(entry.namespace, entry.tag) === name);
    if (table) selected.add(table.dumpId);
    else problems.push(unknownTable(name, database, entries));
  }
  const drop: string[] = [];
  const addParts = () => {
    for (let before = -1; before !== selected.size; ) {
      before = selected.size;
      for (const entry of entries) if (!selected.has(entry.dumpId) && isPart(entry, selected, byId, existing)) selected.add(entry.dumpId);
    }
  };
  addParts();
  for (const dumpId of selected) {
    const entry = byId.get(dumpId);
    if (entry?.description !== "TABLE" || !existing.has(dumpId)) continue;
    const name = shownName(entry.namespace, entry.tag);
    if (replace.has(name)) drop.push(dropTableStatement(entry.namespace, entry.tag));
    else problems.push(tableExists(name));
  }
  // What they need, and what that needs; remarks on it come along.
  const missing = new Set<number>();
  const queue = [...selected];
  for (const dumpId of queue) {
    for (const id of byId.get(dumpId)?.dependencies ?? []) {
      const needed = byId.get(id);
      if (needed === undefined || selected.has(id) || existing.has(id)) continue;
      if (OF_TABLES.has(needed.description)) {
        queue.push(id);
        selected.has(id);
        for (const of of needed.dependencies)
          if (RELATIONS.has(byId.get(of)?.description ?? "") && !selected.has(of) && !existing.has(of)) missing.add(of);
        continue;
      }
      if (RELATIONS.has(needed.description)) {
        missing.add(id);
        continue;
      }
      selected.add(id);
      queue.push(id);
    }
  }
  addParts();
  for (const id of missing) {
    const needed = byId.get(id);
    if (needed && !selected.has(id)) problems.push(tableNeeded(needed));
  }
  const chosen = entries.filter(({ dumpId }) => selected.has(dumpId));
  const namesOf = (kind: string) =>
    new Set(chosen.filter(({ description }) => description === kind).map(({ namespace, tag }) => shownName(namespace, tag)));
  return {
    selection: { entries: chosen.map(({ dumpId }) => dumpId), tables: namesOf("TABLE DATA"), sequences: namesOf("SEQUENCE SET"), drop },
    problems,
  };
}

function isPart(
  entry: ArchiveEntry,
  selected: ReadonlySet<number>,
  byId: ReadonlyMap<number, ArchiveEntry>,
  existing: ReadonlySet<number>,
): boolean {
  const { description, dependencies, namespace, tag, definition } = entry;
  const near = dependencies.flatMap((id) => (selected.has(id) ? (byId.get(id) ?? []) : []));
  if (near.length === 0) return description === "SEQUENCE" && ownsSequence(entry, selected, byId);
  if (PARTS.has(description)) return near.some((table) => table.namespace === namespace && tag.startsWith(`${table.tag} `));
  if (FOLLOWERS.has(description)) return description !== "SEQUENCE OWNED BY" || near.some((needed) => needed.description === "SEQUENCE");
  if (TIES.has(description)) return dependencies.every((id) => selected.has(id) || existing.has(id));
  // A partition of a chosen table: it is the other end of a tie.
  if (description === "TABLE") return false;
  // An identity column's sequence is an entry of its own that alters the table.
  return description === "SEQUENCE" && (/^ALTER TABLE /.test(definition) || ownsSequence(entry, selected, byId));
}

function ownsSequence(sequence: ArchiveEntry, selected: ReadonlySet<number>, byId: ReadonlyMap<number, ArchiveEntry>): boolean {
  for (const { description, dependencies } of byId.values()) {
    if (
      description === "SEQUENCE OWNED BY" &&
      dependencies.includes(sequence.dumpId) &&
      dependencies.some((id) => selected.has(id) && byId.get(id)?.description === "TABLE")
    )
      return true;
  }
  return false;
}

function unknownTable(name: string, database: string, entries: readonly ArchiveEntry[]): Problem {
  const similar = entries
    .filter(({ description, tag }) => description === "TABLE" && tag === name.split(".").at(-1))
    .map(({ namespace, tag }) => shownName(namespace, tag));
  return {
    where: "--table",
    received: name,
    allowed: similar.length > 0 ? similar.join(", ") : "schema.table, as `pgkeep show` lists them",
    reason: `the recovery point holds no such table of database ${shownName(database)}`,
  };
}

function tableExists(name: string): Problem {
  return {
    where: "--table",
    received: name,
    reason: "the target database has a table of this name",
    next: `confirm with --yes-replace ${name} that it is dropped, or restore beside it into another database with --as`,
  };
}

function tableNeeded(entry: ArchiveEntry): Problem {
  const name = shownName(entry.namespace, entry.tag);
  return {
    where: "--table",
    received: `without ${name}`,
    reason: `a chosen table needs ${entryName(entry)}, which the target does not have`,
    next: entry.description === "TABLE" ? `choose it too: --table ${name}` : "restore into a database that has it",
  };
}
