import { ExitCode, ProblemError, type SnapshotMethod } from "@pgkeep/core";
import { CURRENT_LSN } from "../postgresql/server.js";
import type { Attempt, FrozenDatabase } from "./freeze.js";
import type { HeldDatabase, HeldSnapshot } from "./HeldSnapshot.js";
import { keepAlive } from "./keepAlive.js";
import type { PausedReplay } from "./PausedReplay.js";
import type { TableLocks } from "./TableLocks.js";

/** Exports what is frozen, proves it, and watches over it. */
export async function keepHeld(
  attempt: Attempt,
  method: SnapshotMethod,
  frozen: readonly FrozenDatabase[],
  replay: PausedReplay | undefined,
  release: () => Promise<void>,
): Promise<HeldSnapshot> {
  const { holders, locks, rendezvous, began } = attempt;
  const exported = await Promise.all(
    holders.map(async (holder) => {
      const [row] = await holder.query<{ id: string; lsn: string }>(
        `SELECT pg_catalog.pg_export_snapshot() AS id, (${CURRENT_LSN})::text AS lsn`,
      );
      if (row === undefined) throw new Error("the server exported no snapshot");
      return row;
    }),
  );
  const databases = frozen.map(({ view, tables }, i): HeldDatabase => {
    const [session, snapshot] = [holders[i], exported[i]];
    if (session === undefined || snapshot === undefined) throw new Error("a database without a session");
    const named = (readable: boolean) =>
      tables.filter((table) => table.readable === readable).map(({ schema, name }) => ({ schema, name }));
    return {
      database: session.database,
      session,
      snapshotText: view.text,
      exportedSnapshot: snapshot.id,
      tables: named(true),
      unreadable: named(false),
    };
  });
  let lockers = [...locks];
  const watch = keepAlive(
    () => [...holders, ...lockers.map(({ session }) => session)],
    async () => replay?.assertStillPaused(),
  );
  const lost = Promise.race([watch.lost, ...(replay === undefined ? [] : [replay.lost])]).then((problem) => {
    throw problem;
  });
  // Whoever holds the snapshot races against it; a loss after the release must not count as unhandled.
  lost.catch(() => undefined);
  return {
    proof: {
      method,
      text: databases[0]?.snapshotText ?? "",
      tries: rendezvous.tries,
      milliseconds: Math.round(performance.now() - began),
      lsn: exported[0]?.lsn ?? "",
      takenAt: new Date(Math.max(...frozen.map(({ view }) => view.at)) * 1000).toISOString(),
    },
    databases,
    lost,
    assertStillHeld: () => assertStillHeld(databases, lockers, replay),
    describeWaiters: async () => (await Promise.all(lockers.map((one) => one.describeWaiters()))).flat(),
    releaseLocks: async () => {
      const released = lockers;
      lockers = [];
      await Promise.all(released.map(({ session }) => session.end()));
    },
    release: async () => {
      watch.stop();
      await release();
    },
  };
}

async function assertStillHeld(
  databases: readonly HeldDatabase[],
  locks: readonly TableLocks[],
  replay: PausedReplay | undefined,
): Promise<void> {
  try {
    const texts = await Promise.all(
      databases.map(({ session }) => session.query<{ text: string }>("SELECT pg_catalog.pg_current_snapshot()::text AS text")),
    );
    // Fails in a transaction that was aborted, and with it lost its locks.
    await Promise.all(locks.map(({ session }) => session.query("SELECT 1")));
    const [changed] = databases.filter(({ snapshotText }, i) => texts[i]?.[0]?.text !== snapshotText);
    if (changed !== undefined) throw new Error(`the snapshot in ${changed.database} is no longer ${changed.snapshotText}`);
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw new ProblemError(
      ExitCode.TryAgain,
      {
        where: "snapshot",
        received: error instanceof Error ? error.message : String(error),
        reason: "the databases were not held at the instant until the end, so what was dumped is not known to be of it",
        next: "run again",
      },
      { cause: error },
    );
  }
  await replay?.assertStillPaused();
}
