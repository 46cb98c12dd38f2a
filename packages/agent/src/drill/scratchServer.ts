import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chown, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, ExitCode, ProblemError, SslMode, scratchServerSettings } from "@pgkeep/core";
import type { PostgresPrograms } from "../postgresql/programs.js";
import { openSession } from "../postgresql/session.js";
import type { Reporter } from "../reporter.js";
import { findNetworkIsolation } from "./networkIsolation.js";
import { unprivilegedUser } from "./unprivilegedUser.js";

export interface ScratchServer {
  connection: Connection;
  /** Whether it is cut off from every network, so that restored code cannot reach out. */
  isolated: boolean;
  /** Stops it and removes all it held. */
  stop(): Promise<void>;
}

function settings(major: number, socketFolder: string): string {
  const all = { ...scratchServerSettings(major), unix_socket_directories: socketFolder, unix_socket_permissions: "0700" };
  return Object.entries(all)
    .map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`)
    .join("");
}

/** Starts a PostgreSQL server of its own in a new private folder, reachable through a socket there alone. */
export async function startScratchServer(
  programs: PostgresPrograms,
  superuser: string,
  reporter: Reporter,
  workFolder = tmpdir(),
): Promise<ScratchServer> {
  const user = unprivilegedUser();
  // Socket paths may be at most about 100 bytes long: hence the short names.
  const folder = await mkdtemp(path.join(workFolder, "pgkeep-"));
  const dataFolder = path.join(folder, "data");
  await mkdir(dataFolder, { mode: 0o700 });
  if (user) await Promise.all([chown(folder, user.uid, user.gid), chown(dataFolder, user.uid, user.gid)]);
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const identity = user ? { uid: user.uid, gid: user.gid } : {};
    const environment = { PATH: process.env.PATH, HOME: folder, LC_ALL: "C", LANG: "C" };
    await runInitdb(programs, dataFolder, superuser, { ...identity, cwd: folder, env: environment });
    await writeFile(path.join(dataFolder, "postgresql.auto.conf"), settings(programs.version, folder), { mode: 0o600 });
    if (user) await chown(path.join(dataFolder, "postgresql.auto.conf"), user.uid, user.gid);

    const isolation = await findNetworkIsolation(user);
    if (!isolation)
      reporter.warning("the scratch server cannot be cut off from the network here; it listens nowhere, but restored code could reach out");
    const [command = "", ...before] = [...(isolation?.command ?? []), programs.path("postgres")];
    const server = spawn(command, [...before, "-D", dataFolder], {
      ...(isolation?.changesUser ? {} : identity),
      cwd: folder,
      env: environment,
      stdio: ["ignore", "ignore", "pipe"],
    });
    const connection: Connection = {
      host: folder,
      port: 5432,
      user: superuser,
      sslMode: SslMode.Disable,
      maintenanceDatabase: "postgres",
      connectTimeoutSeconds: 10,
    };
    const log = lastLines(server);
    await untilReady(server, connection, log);
    return { connection, isolated: isolation !== undefined, stop: () => stop(server).finally(remove) };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function runInitdb(programs: PostgresPrograms, dataFolder: string, superuser: string, options: object): Promise<void> {
  const child = spawn(
    programs.path("initdb"),
    ["--pgdata", dataFolder, "--username", superuser, "--encoding=UTF8", "--locale=C", "--auth=trust", "--no-sync"],
    { ...options, stdio: ["ignore", "ignore", "pipe"] },
  );
  const log = lastLines(child);
  const [code] = await Promise.race([once(child, "close"), once(child, "error").then(([error]) => Promise.reject(error as Error))]);
  if (code !== 0) throw notStarted(`initdb ended with exit code ${String(code)}`, log());
}

async function untilReady(server: ChildProcess, connection: Connection, log: () => string): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    if (server.exitCode !== null || server.signalCode !== null) throw notStarted("the server ended at once", log());
    try {
      const session = await openSession(connection, connection.maintenanceDatabase);
      await session.end();
      return;
    } catch (error) {
      if (Date.now() > deadline) {
        await stop(server);
        throw notStarted(`the server did not answer within a minute: ${(error as Error).message}`, log());
      }
      await sleep(50);
    }
  }
}

/** Fast shutdown, then after half a minute an immediate one: the data is thrown away anyhow. */
async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, "exit");
  server.kill("SIGINT");
  const impatience = setTimeout(() => server.kill("SIGQUIT"), 30_000);
  await ended;
  clearTimeout(impatience);
}

function lastLines(child: ChildProcess): () => string {
  let text = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    text = (text + chunk).slice(-4096);
  });
  return () => text.trim().split("\n").slice(-8).join("\n  ");
}

function notStarted(reason: string, log: string): ProblemError {
  return new ProblemError(ExitCode.CouldNotVerify, {
    where: "scratch server",
    reason: `${reason}, so nothing could be verified`,
    ...(log ? { received: log } : {}),
    next: `check that ${userInfo().username} may run PostgreSQL here and that drill.workFolder has space, or name a server in drill.connection`,
  });
}
