import { type AgentConfig, type Check, type Connection, ExitCode, ProblemError, Verdict } from "@pgkeep/core";
import { assertServer, readServer, type Server } from "../../postgresql/server.js";
import { serverAddress } from "../../postgresql/serverAddress.js";
import { openSessionWithRetry, type Session } from "../../postgresql/session.js";
import { hasDataChecksums } from "./checksums.js";
import { whyNotComparable } from "./comparable.js";
import { type CopiedDatabases, findCopiedDatabases } from "./copiedDatabases.js";
import { isDamage } from "./judge.js";
import type { PhysicalDrillOptions } from "./physicalDrill.js";

/** A copy that answers. */
export interface OpenCopy {
  connection: Connection;
  address: string;
  server: Server;
  dataChecksums: boolean;
  databases: CopiedDatabases;
  check: Check;
  /** Why the copy cannot be compared with the recovery point; undefined when it can, or none is named. */
  refusal: string | undefined;
}

/**
 * The first questions. From here a copy that does not start and a firewall look alike, so a server that nobody reaches could not be verified;
 * one that answers with damage failed; wrong credentials are an error of the configuration and no verdict.
 */
export async function openCopy(options: PhysicalDrillOptions): Promise<OpenCopy | { address: string | undefined; failed: Check }> {
  const { config, against, reporter, patienceMilliseconds, signal } = options;
  const name = "the server starts from the copy and answers";
  let address: string | undefined;
  let session: Session | undefined;
  try {
    const connection = typeof options.connection === "function" ? await options.connection() : options.connection;
    address = serverAddress(connection);
    refuseSource(config, connection);
    const opening = signal ? { signal } : {};
    session = await openSessionWithRetry(connection, connection.maintenanceDatabase, patienceMilliseconds, reporter, opening);
    const server = await readServer(session);
    assertServer(server);
    const recovery = server.inRecovery ? `in recovery (a standby), replayed up to ${server.lsn}` : "not in recovery";
    return {
      connection,
      address,
      server,
      dataChecksums: await hasDataChecksums(session),
      databases: await findCopiedDatabases(session, config.databases),
      // Before anything else is done on the copy: what it commits itself would count.
      refusal: against ? await whyNotComparable(session, against, server) : undefined,
      check: { name, verdict: Verdict.Pass, details: [`PostgreSQL ${server.version} at ${address}, ${recovery}`] },
    };
  } catch (error) {
    signal?.throwIfAborted();
    const verdict = verdictOfStart(error);
    if (verdict === undefined) throw error;
    return { address, failed: { name, verdict, details: (error as Error).message.split("\n") } };
  } finally {
    await session?.end();
  }
}

function verdictOfStart(error: unknown): Verdict | undefined {
  if (isDamage(error)) return Verdict.Fail;
  if (!(error instanceof ProblemError)) return undefined;
  if (error.exitCode === ExitCode.DataWrong) return Verdict.Fail;
  return [ExitCode.Unavailable, ExitCode.CouldNotVerify].includes(error.exitCode) ? Verdict.CouldNotVerify : undefined;
}

/** The checks lock tables against writers for a while, which is nothing to do to the server that is backed up. */
function refuseSource(config: AgentConfig, connection: Connection): void {
  const { host, port, uri } = config.connection;
  const same = uri === undefined && host === connection.host && (port ?? 5432) === connection.port;
  if (!same) return;
  throw new ProblemError(ExitCode.Configuration, {
    where: "drill.connection",
    received: serverAddress(connection),
    reason: `this is the server that is backed up, and the checks of a physical drill lock its tables against writers`,
    next: "name the server that runs on the copy",
  });
}
