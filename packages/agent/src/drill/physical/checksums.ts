import { type Check, Verdict } from "@pgkeep/core";
import type { Session } from "../../postgresql/session.js";

interface Failures {
  database: string | null;
  failures: string;
  last: string | null;
}

/** Whether each page carries a checksum, which the server compares whenever it reads the page. */
export async function hasDataChecksums(session: Session): Promise<boolean> {
  const [row] = await session.query<{ on: boolean }>("SELECT current_setting('data_checksums') = 'on' AS on");
  return row?.on === true;
}

/** What the server counted while everything was read. To be asked in a session that opened after the others ended: they report when they end. */
export async function checkChecksums(session: Session): Promise<Check> {
  const name = "data checksums";
  const rows = await session.query<Failures>(
    `SELECT datname AS database, checksum_failures::text AS failures, checksum_last_failure::text AS last
       FROM pg_stat_database WHERE checksum_failures > 0 ORDER BY 1`,
  );
  if (rows.length === 0) return { name, verdict: Verdict.Pass, details: ["on, and the server counted no failure"] };
  return {
    name,
    verdict: Verdict.Fail,
    details: rows.map(
      ({ database, failures, last }) =>
        `${database === null ? "what all databases share" : `database ${database}`}: ${failures} pages did not have their checksum, the last at ${last}`,
    ),
  };
}
