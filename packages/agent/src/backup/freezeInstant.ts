import { ExitCode, ProblemError } from "@pgkeep/core";
import { type RunningDump, startPgDump } from "../dump/pgDump.js";
import { waitForDumpLocks } from "../snapshot/dumpLocks.js";
import { type HeldDatabase, type HeldSnapshot, holdSnapshot } from "../snapshot/holdSnapshot.js";
import type { BackupContext } from "./BackupContext.js";
import type { DatabaseFacts } from "./dumpDatabase.js";
import { type Facts, readFacts } from "./readFacts.js";

/** How long somebody may stand between our locks and pg_dump's before he is let through. Everybody else waits behind him meanwhile. */
const PATIENCE_MILLISECONDS = 1_000;

/** A database at the common instant and the pg_dump that reads it, not yet listened to. */
export interface StartedDatabase {
  held: HeldDatabase;
  facts: DatabaseFacts;
  dump: RunningDump;
}

export interface FrozenInstant {
  snapshot: HeldSnapshot;
  facts: Facts;
  databases: StartedDatabase[];
}

/**
 * Holds all databases at one instant and starts every pg_dump on it, so that each has locks of its own when this returns; the limit on dumps
 * at the same time only decides who is listened to. Whoever comes with a TRUNCATE between our locks and pg_dump's would wait for ever, and
 * all others behind him: he is let through and another instant is held, within `snapshot.timeout`.
 */
export async function freezeInstant(context: BackupContext): Promise<FrozenInstant> {
  const { config, connection, reporter, signal } = context;
  const deadline = performance.now() + config.snapshot.timeout;
  for (;;) {
    const snapshot = await holdSnapshot(connection, config.databases, config.snapshot, reporter, { signal });
    const ending = new AbortController();
    const started: StartedDatabase[] = [];
    try {
      const facts = await readFacts(snapshot.databases, context.config, context.programs);
      for (const held of snapshot.databases) started.push(await startDump(context, held, facts, ending.signal));
      const inTheWay = await waitForDumpLocks(
        snapshot,
        started.map(({ dump }) => dump),
        PATIENCE_MILLISECONDS,
        signal,
      );
      if (inTheWay.length === 0) {
        // From here on the DDL of a database waits for its own dump only.
        await snapshot.releaseLocks();
        return { snapshot, facts, databases: started };
      }
      if (performance.now() > deadline) throw stillInTheWay(inTheWay, config.snapshot.timeout);
      reporter.info("letting through who waits for a table, then holding another instant", { inTheWay });
      await endDumps(started, ending);
      await snapshot.release();
    } catch (error) {
      await endDumps(started, ending);
      await snapshot.release();
      throw error;
    }
  }
}

async function startDump(context: BackupContext, held: HeldDatabase, { databases }: Facts, ending: AbortSignal): Promise<StartedDatabase> {
  const { connection, programs, signal } = context;
  const facts = databases.get(held.database);
  if (!facts) throw new Error(`nothing was read about ${held.database}`);
  const dump = await startPgDump({
    programs,
    connection,
    database: held.database,
    snapshot: held.exportedSnapshot,
    monetaryLocale: facts.properties.monetaryLocale,
    arguments: facts.pgDumpArguments,
    signal: AbortSignal.any([signal, ending]),
  });
  return { held, facts, dump };
}

async function endDumps(started: readonly StartedDatabase[], ending: AbortController): Promise<void> {
  ending.abort();
  for (const { dump } of started) dump.archive.destroy();
  await Promise.allSettled(started.map(({ dump }) => dump.finished));
}

function stillInTheWay(inTheWay: readonly string[], timeout: number): ProblemError {
  return new ProblemError(ExitCode.TryAgain, {
    where: "snapshot.timeout",
    received: inTheWay.join("\n            "),
    allowed: `locks for every pg_dump within ${timeout / 1000} s`,
    reason: "commands that need a table for themselves (TRUNCATE, ALTER TABLE) kept coming between the instant and pg_dump's own locks",
    next: "run again when they are done, or give them a lock_timeout",
  });
}
