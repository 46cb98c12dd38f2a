import { tmpdir } from "node:os";
import { type AgentConfig, type Connection, ExitCode, type Manifest, ProblemError } from "@pgkeep/core";
import { nearestPrograms } from "../postgresql/nearestPrograms.js";
import type { PostgresPrograms } from "../postgresql/programs.js";
import { readServer } from "../postgresql/server.js";
import { openSession } from "../postgresql/session.js";
import type { Reporter } from "../reporter.js";
import { startScratchServer } from "./scratchServer.js";

/** A server to restore into and programs that fit it. */
export interface ScratchSpace {
  /** `own`: started for this drill and thrown away after it. `given`: named in drill.connection, and shared with others. */
  kind: "own" | "given";
  connection: Connection;
  programs: PostgresPrograms;
  serverVersion: string;
  major: number;
  isolated: boolean;
  release(): Promise<void>;
}

/**
 * The given scratch server, or one of our own: of the source's major version where its programs are found, else of the
 * nearest newer one, which the result tells. The bootstrap superuser bears the source's name, since it owns what is built in.
 */
export async function openScratchSpace(
  config: AgentConfig,
  manifest: Manifest,
  given: Connection | undefined,
  reporter: Reporter,
): Promise<ScratchSpace> {
  const sourceMajor = Math.floor(manifest.server.versionNumber / 10_000);
  if (given) return await described("given", given, false, sourceMajor, manifest, config, () => Promise.resolve());
  const servers = await nearestPrograms(["initdb", "postgres"], sourceMajor, config.drill.programs);
  if (servers.version !== sourceMajor) {
    reporter.warning(
      `no PostgreSQL ${sourceMajor} is installed here: drilling on ${servers.versionText}, which may spell definitions differently`,
    );
  }
  const server = await startScratchServer(servers, manifest.globals.bootstrapSuperuser, reporter, config.drill.workFolder ?? tmpdir());
  try {
    return await described("own", server.connection, server.isolated, sourceMajor, manifest, config, () => server.stop());
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function described(
  kind: ScratchSpace["kind"],
  connection: Connection,
  isolated: boolean,
  sourceMajor: number,
  manifest: Manifest,
  config: AgentConfig,
  release: () => Promise<void>,
): Promise<ScratchSpace> {
  const session = await openSession(connection, connection.maintenanceDatabase);
  const server = await readServer(session).finally(() => session.end());
  if (server.major < sourceMajor) {
    throw new ProblemError(ExitCode.CouldNotVerify, {
      where: "scratch server",
      received: `PostgreSQL ${server.version}`,
      allowed: `PostgreSQL ${sourceMajor} or newer`,
      reason: "a dump cannot be restored into an older server than it was taken from, so nothing could be verified",
      next: "name a server of the source's version in drill.connection, or install its programs",
    });
  }
  // Not older than the server, nor than the pg_dump whose archive is to be read; of that very version, two dumps spell alike.
  const major = Math.max(server.major, Number.parseInt(manifest.agent.pgDumpVersion, 10));
  const programs = await nearestPrograms(["pg_dump", "pg_restore", "psql"], major, config.dump.programs);
  return { kind, connection, programs, serverVersion: server.version, major: server.major, isolated, release };
}
