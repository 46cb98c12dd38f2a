import { ExitCode, type Problem } from "@pgkeep/core";
import { shownName } from "../postgresql/objectName.js";
import type { Session } from "../postgresql/session.js";

interface Blocker {
  database: string;
  kind: "replication slot" | "subscription" | "prepared transaction";
  name: string;
}

const NEXT: Record<Blocker["kind"], (name: string) => string> = {
  "replication slot": (name) =>
    `its consumer would go on reading the replaced database: end it and SELECT pg_drop_replication_slot('${name}')`,
  subscription: (name) => `it would go on writing into the replaced database: DROP SUBSCRIPTION ${shownName(name)}`,
  "prepared transaction": (name) => `COMMIT PREPARED '${name}' or ROLLBACK PREPARED '${name}'`,
};

/** What is tied to a database itself and not to its name, so that replacing it would part the two. */
export async function findBlockers(session: Session, databases: readonly string[]): Promise<{ exitCode: ExitCode; problem: Problem }[]> {
  const rows = await session.query<Blocker>(
    `SELECT database::text, 'replication slot' AS kind, slot_name::text AS name FROM pg_replication_slots WHERE database = ANY ($1)
     UNION ALL
     SELECT d.datname::text, 'subscription', s.subname::text FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid WHERE d.datname = ANY ($1)
     UNION ALL
     SELECT database::text, 'prepared transaction', gid FROM pg_prepared_xacts WHERE database = ANY ($1)
     ORDER BY 1, 2, 3`,
    [databases],
  );
  return rows.map(({ database, kind, name }) => ({
    exitCode: ExitCode.Configuration,
    problem: {
      where: `database ${shownName(database)}`,
      received: `${kind} ${name}`,
      reason: `it cannot be replaced while it has a ${kind}`,
      next: NEXT[kind](name),
    },
  }));
}
