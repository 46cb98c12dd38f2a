import { type Connection, ExitCode, ProblemError } from "@pgkeep/core";
import { serverAddress } from "../postgresql/serverAddress.js";
import { refusePooler, type Session } from "../postgresql/session.js";

/**
 * Refuses sessions that are not all backends of one server, as behind a load balancer or a name with several addresses: equal snapshot
 * texts of two servers mean nothing. The first session must see every other one, by process and start time, which no two servers share.
 */
export async function assertSameServer(connection: Connection, sessions: readonly Session[]): Promise<void> {
  await Promise.all(sessions.map((session) => refusePooler(session, connection)));
  const [first] = sessions;
  const rows = await first?.query<{ pid: number; start: string }>(
    "SELECT pid, (extract(epoch FROM backend_start) * 1000000)::bigint::text AS start FROM pg_catalog.pg_stat_activity WHERE pid = ANY ($1)",
    [sessions.map(({ processId }) => processId)],
  );
  const seen = new Set(rows?.map(({ pid, start }) => `${pid} ${start}`));
  const strangers = sessions.filter(({ processId, backendStart }) => !seen.has(`${processId} ${backendStart}`));
  if (strangers.length === 0) return;
  throw new ProblemError(ExitCode.Configuration, {
    where: "connection.host",
    received: serverAddress(connection),
    reason: `connections to it end at different servers: process ${strangers.map(({ processId }) => processId).join(", ")} is unknown to the server of the first one`,
    allowed: "the address of one server",
    next: "connect to the primary itself, not to a load balancer or a name that stands for several servers",
  });
}
