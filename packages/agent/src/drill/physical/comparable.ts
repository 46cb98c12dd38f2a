import type { Manifest } from "@pgkeep/core";
import type { Server } from "../../postgresql/server.js";
import type { Session } from "../../postgresql/session.js";

/** What a snapshot of the source saw, taken apart. `pg_current_snapshot()`: xmin:xmax:xip_list. */
export interface SeenTransactions {
  /** All below have ended. */
  first: bigint;
  /** None from here on had begun. */
  next: bigint;
  /** Those between that were under way, hence not seen. */
  running: bigint[];
}

export function parseSnapshot(text: string): SeenTransactions | undefined {
  const match = /^(\d+):(\d+):([\d,]*)$/.exec(text);
  if (match === null) return undefined;
  const [, first = "", next = "", running = ""] = match;
  return {
    first: BigInt(first),
    next: BigInt(next),
    running: running
      .split(",")
      .filter((each) => each !== "")
      .map(BigInt),
  };
}

/**
 * The transactions below `next` that the snapshot may not have seen. A snapshot of a standby does not list those under way
 * (GetSnapshotData fills subxip there, and pg_current_snapshot reads xip), so an empty list between two different bounds means any of them.
 */
export function possiblyUnseen({ first, next, running }: SeenTransactions): { ids: bigint[] } | { from: bigint } {
  return running.length === 0 && first < next ? { from: first } : { ids: running };
}

/** A log position as a number: `16/B374D848`. */
export function logPosition(lsn: string): bigint | undefined {
  const match = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i.exec(lsn);
  return match === null ? undefined : (BigInt(`0x${match[1]}`) << 32n) | BigInt(`0x${match[2]}`);
}

/** The part of comparability that two documents tell, before the copy is asked about transactions. Reasons against; none is for. */
export function reasonsAgainst(manifest: Pick<Manifest, "server" | "snapshot">, copy: Pick<Server, "systemIdentifier" | "lsn">): string[] {
  const { systemIdentifier } = manifest.server;
  if (systemIdentifier === null || copy.systemIdentifier === null) {
    const hidden = copy.systemIdentifier === null ? "the copy" : "the manifest";
    return [`${hidden} does not tell its system identifier (pg_control_system), so nothing shows that both are of one cluster`];
  }
  if (systemIdentifier !== copy.systemIdentifier) {
    return [`the copy is of another cluster: system identifier ${copy.systemIdentifier}, the manifest has ${systemIdentifier}`];
  }
  const [needed, reached] = [logPosition(manifest.snapshot.lsn), logPosition(copy.lsn)];
  if (needed === undefined || reached === undefined || reached < needed) {
    return [`the copy is older: its log ends at ${copy.lsn}, and the recovery point's snapshot was taken up to ${manifest.snapshot.lsn}`];
  }
  return [];
}

/**
 * Why the copy cannot be compared with a recovery point; undefined when both are of one moment. They are when the copy is of the same
 * cluster, holds its log up to the recovery point's snapshot, and has committed no transaction that the snapshot did not see. So a copy of
 * the same log position is comparable, and one that was taken later while writers were fenced off: the transactions themselves tell, not a
 * promise. Everything that commits counts, VACUUM and ANALYZE too, since their transactions cannot be told from others afterwards.
 */
export async function whyNotComparable(session: Session, manifest: Manifest, copy: Server): Promise<string | undefined> {
  const [reason] = reasonsAgainst(manifest, copy);
  if (reason !== undefined) return reason;
  for (const text of new Set(manifest.databases.map(({ snapshot }) => snapshot))) {
    const seen = parseSnapshot(text);
    if (seen === undefined) return `the manifest's snapshot cannot be read: ${text}`;
    const later = await firstLater(session, seen);
    if (later !== undefined) {
      return `the copy is of another moment: transaction ${later} is committed in it, and the recovery point's snapshot (${text}) did not see it`;
    }
  }
  return undefined;
}

/** The first transaction that is committed in the copy and was not seen. */
async function firstLater(session: Session, seen: SeenTransactions): Promise<string | undefined> {
  const unseen = possiblyUnseen(seen);
  const from = "from" in unseen ? unseen.from : seen.next;
  const [row] = await session.query<{ id: string }>(
    `SELECT id::text AS id
       FROM (SELECT unnest($1::text[])::numeric AS id
             UNION ALL SELECT generate_series($2::numeric, pg_snapshot_xmax(pg_current_snapshot())::text::numeric - 1)) later
      WHERE pg_xact_status(id::text::xid8) = 'committed'
      LIMIT 1`,
    ["ids" in unseen ? unseen.ids.map(String) : [], String(from)],
  );
  return row?.id;
}
