import { shownName } from "../postgresql/objectName.js";
import type { ArchiveEntry } from "./ArchiveEntry.js";

const CONTENTS: Record<string, string> = { TABLE: "TABLE DATA", SEQUENCE: "SEQUENCE SET" };

/**
 * Tables and sequences that an archive defines without their rows or value, as a waiver for row-level security leaves them: after a restore they are
 * there, empty. Partitioned tables are among them, which have no rows of their own.
 */
export function definedAlone(entries: readonly ArchiveEntry[]): Set<string> {
  const filled = new Set(entries.map(({ description, namespace, tag }) => JSON.stringify([description, namespace, tag])));
  return new Set(
    entries
      .filter(({ description, namespace, tag }) => {
        const contents = CONTENTS[description];
        return contents !== undefined && !filled.has(JSON.stringify([contents, namespace, tag]));
      })
      .map(({ namespace, tag }) => shownName(namespace, tag)),
  );
}
