import { tmpdir } from "node:os";
import { type AgentConfig, type Connection, ExitCode, type Manifest, ProblemError } from "@pgkeep/core";
import { nearestPrograms } from "../postgresql/nearestPrograms.js";
import type { PostgresPrograms } from "../postgresql/programs.js";
import { readServer } from "../postgresql/server.js";
import { openSession, openSessionWithRetry } from "../postgresql/session.js";
import type { Reporter } from "../reporter.js";
import { takeDisposableServer } from "./disposableServer.js";
import { startScratchServer } from "./scratchServer.js";

/** A server to restore into and programs that fit it. */
export interface ScratchSpace {
  /** `own`: it exists for this drill alone and is thrown away after it. `given`: named in drill.connection, and shared with others. */
  kind: "own" | "given";
  connection: Connection;
  programs: PostgresPrograms;
  serverVersion: string;
  major: number;
  isolated: boolean;
  /** Where its data is, as far as this machine sees it. */
  folder?: string;
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
  const { major, disposable, workFolder } = config.drill;
  if (major !== undefined && major !== sourceMajor) throw anotherMajor(`a recovery point of PostgreSQL ${sourceMajor}`, major);
  // A server beside the agent in one Pod, or in Compose, starts together with it.
  if (given) await untilThere(given, config.drill.connection?.retryFor ?? 0, reporter);
  if (given && !disposable) return await described("given", given, sourceMajor, manifest, config, () => Promise.resolve());
  const { bootstrapSuperuser } = manifest.globals;
  if (given) {
    const connection = await takeDisposableServer(given, bootstrapSuperuser);
    const space = await described("own", connection, sourceMajor, manifest, config, () => Promise.resolve());
    return workFolder === undefined ? space : { ...space, folder: workFolder };
  }
  const servers = await nearestPrograms(["initdb", "postgres"], sourceMajor, config.drill.programs);
  if (major !== undefined && servers.version !== major) throw anotherMajor(`PostgreSQL ${servers.versionText} is installed here`, major);
  if (servers.version !== sourceMajor) {
    reporter.warning(
      `no PostgreSQL ${sourceMajor} is installed here: drilling on ${servers.versionText}, which may spell definitions differently`,
    );
  }
  const folder = workFolder ?? tmpdir();
  const server = await startScratchServer(servers, bootstrapSuperuser, reporter, folder);
  try {
    const space = await described("own", server.connection, sourceMajor, manifest, config, () => server.stop());
    return { ...space, isolated: server.isolated, folder };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function untilThere(connection: Connection, milliseconds: number, reporter: Reporter): Promise<void> {
  const session = await openSessionWithRetry(connection, connection.maintenanceDatabase, milliseconds, reporter);
  await session.end();
}

function anotherMajor(received: string, major: number): ProblemError {
  return new ProblemError(ExitCode.CouldNotVerify, {
    where: "drill.major",
    received,
    allowed: `PostgreSQL ${major}, as drill.major says`,
    reason: "a server of another major version spells definitions differently, so nothing was verified",
    next: "set drill.major to the source's version, and give the drill a scratch server of it",
  });
}

async function described(
  kind: ScratchSpace["kind"],
  connection: Connection,
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
  const { major: wanted } = config.drill;
  if (wanted !== undefined && server.major !== wanted) throw anotherMajor(`a scratch server of PostgreSQL ${server.version}`, wanted);
  // Not older than the server, nor than the pg_dump whose archive is to be read; of that very version, two dumps spell alike.
  const major = Math.max(server.major, Number.parseInt(manifest.agent.pgDumpVersion, 10));
  const programs = await nearestPrograms(["pg_dump", "pg_restore", "psql"], major, config.dump.programs);
  return { kind, connection, programs, serverVersion: server.version, major: server.major, isolated: false, release };
}
