import type { Problem } from "@pgkeep/core";
import type { ArchiveEntry } from "../archive/ArchiveEntry.js";
import { shownName } from "../postgresql/objectName.js";
import { dropTableStatement } from "./emptyDatabase.js";
import { entryName } from "./entryName.js";

/** Entries of chosen tables and what they need. */
export interface TableSelection {
  /** Dump ids. */
  entries: number[];
  /** Statements that drop existing tables first, as confirmed. */
  drop: string[];
}

export interface SelectOptions {
  /** Tables that may be dropped when they exist, as `schema.table`. */
  replace: ReadonlySet<string>;
  database: string;
}

const RELATIONS = new Set(["TABLE", "VIEW", "MATERIALIZED VIEW", "FOREIGN TABLE"]);
/** Kinds that are part of the table whose name their tag begins with. */
const NAMED_AFTER_TABLE = new Set(["DEFAULT", "CONSTRAINT", "CHECK CONSTRAINT", "FK CONSTRAINT", "TRIGGER", "RULE", "POLICY"]);
/** Kinds that are part of the table that they need. */
const OF_TABLE = new Set(["INDEX", "STATISTICS", "TABLE DATA", "ROW SECURITY", "STATISTICS DATA"]);
/** Kinds that are part of the sequence that they need. */
const OF_SEQUENCE = new Set(["SEQUENCE SET", "SEQUENCE OWNED BY"]);
/** Kinds that belong to whatever they are about. */
const REMARKS = new Set(["COMMENT", "ACL", "SECURITY LABEL"]);
/** Kinds that tie a partition to its parent, or the one's index to the other's. */
const TIES = new Set(["TABLE ATTACH", "INDEX ATTACH"]);

/**
 * The entries that make up the chosen tables: definitions, partitions, own sequences, indexes, constraints, triggers, policies, grants, rows;
 * and what these need of types, functions and schemas where the target lacks it. Other tables that they need must be there or be chosen.
 */
export function selectTables(
  entries: readonly ArchiveEntry[],
  wanted: readonly string[],
  existing: ReadonlySet<number>,
  options: SelectOptions,
): { selection: TableSelection; problems: Problem[] } {
  const archive = new Archive(entries);
  const problems: Problem[] = [];
  const tables = new Set<number>();
  for (const name of wanted) {
    const table = entries.find((entry) => entry.description === "TABLE" && shownName(entry.namespace, entry.tag) === name);
    if (table) archive.addWithPartitions(table.dumpId, tables);
    else problems.push(unknownTable(name, options.database, entries));
  }
  const selected = new Set(tables);
  archive.addParts(selected, existing);

  const drop: string[] = [];
  for (const table of archive.all(tables)) {
    if (!existing.has(table.dumpId)) continue;
    const name = shownName(table.namespace, table.tag);
    if (options.replace.has(name)) drop.push(dropTableStatement(table.namespace, table.tag));
    else problems.push(tableExists(name));
  }
  // Existing sequences of a table that is dropped go with it and come again; existing types and functions stay.
  const { needed, relations } = archive.needs(selected, existing);
  for (const dumpId of needed) selected.add(dumpId);
  archive.addRemarks(needed, selected);
  problems.push(...archive.all(relations).map(tableNeeded));
  return { selection: { entries: entries.filter(({ dumpId }) => selected.has(dumpId)).map(({ dumpId }) => dumpId), drop }, problems };
}

/** A table of contents with its dependencies. */
class Archive {
  readonly #byId: ReadonlyMap<number, ArchiveEntry>;

  constructor(private readonly entries: readonly ArchiveEntry[]) {
    this.#byId = new Map(entries.map((entry) => [entry.dumpId, entry]));
  }

  all(dumpIds: ReadonlySet<number>): ArchiveEntry[] {
    return this.entries.filter(({ dumpId }) => dumpIds.has(dumpId));
  }

  /** A table and, where it is partitioned, its partitions of every depth: a TABLE ATTACH needs the partition and its parent. */
  addWithPartitions(table: number, into: Set<number>): void {
    into.add(table);
    for (const { description, namespace, tag, dependencies } of this.entries) {
      if (description !== "TABLE ATTACH" || !dependencies.includes(table)) continue;
      const partition = dependencies.find((id) => id !== table && this.#is(id, "TABLE", namespace, tag));
      if (partition !== undefined && !into.has(partition)) this.addWithPartitions(partition, into);
    }
  }

  /** What is part of the tables among the selected, until there is nothing more. */
  addParts(selected: Set<number>, existing: ReadonlySet<number>): void {
    for (let before = -1; before !== selected.size; ) {
      before = selected.size;
      for (const entry of this.entries)
        if (!selected.has(entry.dumpId) && this.#isPart(entry, selected, existing)) selected.add(entry.dumpId);
    }
  }

  addRemarks(on: ReadonlySet<number>, selected: Set<number>): void {
    for (const { dumpId, description, dependencies } of this.entries) {
      if (REMARKS.has(description) && dependencies.some((id) => on.has(id))) selected.add(dumpId);
    }
  }

  /** What the selected need and the target lacks: what can come along, and the tables and views that cannot unless they are chosen. */
  needs(selected: ReadonlySet<number>, existing: ReadonlySet<number>): { needed: Set<number>; relations: Set<number> } {
    const needed = new Set<number>();
    const relations = new Set<number>();
    const queue = [...selected];
    for (const dumpId of queue) {
      const entry = this.#byId.get(dumpId);
      for (const id of entry?.dependencies ?? []) {
        const dependency = this.#byId.get(id);
        if (!dependency || selected.has(id) || existing.has(id) || needed.has(id)) continue;
        if (RELATIONS.has(dependency.description)) {
          if (!this.#isBareParent(entry, dependency)) relations.add(id);
        } else if (this.#isOfOtherTable(dependency)) {
          // A foreign key needs the other table's primary key, which needs that table: it is among the key's own dependencies too.
        } else {
          needed.add(id);
          queue.push(id);
        }
      }
    }
    return { needed, relations };
  }

  #isPart(entry: ArchiveEntry, selected: ReadonlySet<number>, existing: ReadonlySet<number>): boolean {
    const { description, namespace, tag, dependencies } = entry;
    const near = dependencies.filter((id) => selected.has(id));
    if (near.length === 0) return false;
    if (REMARKS.has(description)) return true;
    if (NAMED_AFTER_TABLE.has(description)) {
      return near.some((id) => {
        const table = this.#byId.get(id);
        return table?.description === "TABLE" && table.namespace === namespace && tag.startsWith(`${table.tag} `);
      });
    }
    if (OF_TABLE.has(description)) return near.some((id) => this.#byId.get(id)?.description === "TABLE");
    // A serial column's sequence and an identity column's both need their table.
    if (description === "SEQUENCE") return near.some((id) => this.#byId.get(id)?.description === "TABLE");
    if (OF_SEQUENCE.has(description)) return near.some((id) => this.#byId.get(id)?.description === "SEQUENCE");
    // A partition whose parent stays behind is a table like any other.
    return TIES.has(description) && dependencies.every((id) => selected.has(id) || existing.has(id));
  }

  /** A partition's definition stands alone, although it is sorted behind its parent's; an inheritance child's does not. */
  #isBareParent(child: ArchiveEntry | undefined, parent: ArchiveEntry): boolean {
    if (child?.description === "INDEX") return true;
    return (
      child?.description === "TABLE" &&
      this.entries.some(
        ({ description, dependencies }) =>
          description === "TABLE ATTACH" && dependencies.includes(child.dumpId) && dependencies.includes(parent.dumpId),
      )
    );
  }

  #isOfOtherTable({ description }: ArchiveEntry): boolean {
    return NAMED_AFTER_TABLE.has(description) || OF_TABLE.has(description) || TIES.has(description);
  }

  #is(id: number, kind: string, namespace: string, tag: string): boolean {
    const entry = this.#byId.get(id);
    return entry?.description === kind && entry.namespace === namespace && entry.tag === tag;
  }
}

function unknownTable(name: string, database: string, entries: readonly ArchiveEntry[]): Problem {
  const last = name.split(".").at(-1);
  const similar = entries
    .filter(({ description, tag }) => description === "TABLE" && tag === last)
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
