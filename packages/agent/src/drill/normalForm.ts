import { type Connection, type DatabaseProperties, ExitCode, ProblemError } from "@pgkeep/core";
import type { ArchiveEntry } from "../archive/ArchiveEntry.js";
import { summariseDatabase } from "../dump/summariseDatabase.js";
import type { PostgresPrograms } from "../postgresql/programs.js";
import { startPgRestore } from "../restore/pgRestore.js";
import { compareEntries } from "./compareEntries.js";
import { createScratchDatabase, dropScratchDatabase } from "./scratchDatabase.js";

/**
 * The server prints some expressions differently each time it reads them back, and settles after a few rounds: `status IN ('a','b')` in a
 * CHECK does at the third. More rounds than this mean that it never does.
 */
const MOST_GENERATIONS = 6;

/** An archive's definitions and the bytes of its table of contents, which pg_restore can replay. */
export interface Definitions {
  entries: readonly ArchiveEntry[];
  contents: Buffer;
}

export interface NormalFormOptions {
  programs: PostgresPrograms;
  connection: Connection;
  targetMajor: number;
  /** Encoding and locale of the control databases: some definitions depend on them. */
  properties: DatabaseProperties;
  signal?: AbortSignal;
}

/** Restores definitions into control databases and dumps them again until two generations are equal, and returns the last. */
export async function normalForm(definitions: Definitions, options: NormalFormOptions): Promise<readonly ArchiveEntry[]> {
  let current = definitions;
  for (let generation = 1; generation <= MOST_GENERATIONS; generation += 1) {
    const next = await nextGeneration(current, options);
    if (generation > 1 && compareEntries(current.entries, next.entries).length === 0) return next.entries;
    current = next;
  }
  throw new ProblemError(ExitCode.CouldNotVerify, {
    where: "normal form",
    reason: `definitions still changed after ${MOST_GENERATIONS} restores, so they cannot be compared in normal form`,
    next: "compare the differing definitions listed by hand",
  });
}

async function nextGeneration(definitions: Definitions, options: NormalFormOptions): Promise<Definitions> {
  const { programs, connection, properties, signal } = options;
  const database = await createScratchDatabase(connection, "control", properties);
  try {
    const program = await startPgRestore({ ...options, database, arguments: ["--schema-only"], session: {} });
    // pg_restore stops reading once it has the definitions.
    program.archive?.end(definitions.contents);
    await program.finished;
    return await summariseDatabase({ programs, connection, database, arguments: ["--schema-only"], ...(signal ? { signal } : {}) });
  } finally {
    await dropScratchDatabase(connection, database);
  }
}
