import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Connection } from "@pgkeep/core";
import { childrenOf, isRunning, signal } from "./processFamily.js";
import { runProgram } from "./runProgram.js";
import { serverAccount } from "./serverAccount.js";
import { type ServerProcess, startServerProcess } from "./serverProcess.js";
import type { TestServer } from "./TestServer.js";
import type { TestedMajor } from "./testedMajors.js";

/** Nothing here needs to survive a power cut, so nothing waits for a disk. */
const fastSettings = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  shared_buffers: "32MB",
  max_connections: 60,
  autovacuum_naptime: "10s",
  log_min_messages: "warning",
  logging_collector: "off",
};

/** Runs a server on a data folder that is ready in `folder`. */
export async function runPostgres(
  major: TestedMajor,
  programs: string,
  folder: string,
  connection: Connection,
  settings: Record<string, string | number | boolean>,
): Promise<TestServer> {
  const dataFolder = join(folder, "data");
  const logFile = join(folder, "server.log");
  const lines = Object.entries({ ...fastSettings, ...settings }).map(
    ([name, value]) => `${name} = '${String(value).replaceAll("'", "''")}'`,
  );
  appendFileSync(join(dataFolder, "postgresql.conf"), `\n${lines.join("\n")}\n`);

  let postmaster: ServerProcess | undefined;
  const start = async () => {
    if (postmaster?.running) return;
    const pidFile = join(dataFolder, "postmaster.pid");
    postmaster = await startServerProcess({
      program: join(programs, "postgres"),
      args: [
        "-D",
        dataFolder,
        "-p",
        String(connection.port),
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        `unix_socket_directories=${folder}`,
      ],
      logFile,
      account: serverAccount(),
      lastSignal: "SIGQUIT",
      // What pg_ctl waits for: the eighth line of postmaster.pid saying that connections are accepted.
      ready: (processId) => {
        if (!existsSync(pidFile)) return false;
        const lines = readFileSync(pidFile, "utf8").split("\n");
        return Number(lines[0]) === processId && lines[7]?.trim() === "ready";
      },
    });
  };

  const server: TestServer = {
    major,
    connection,
    folder,
    dataFolder,
    socketFolder: folder,
    programFolder: programs,
    get processId() {
      if (!postmaster?.running) throw new Error("The server is not running.");
      return postmaster.processId;
    },
    log: () => readFileSync(logFile, "utf8"),
    psql: (sql, database = "postgres") => {
      const args = [
        "-XAtq",
        "-v",
        "ON_ERROR_STOP=1",
        "-h",
        connection.host,
        "-p",
        String(connection.port),
        "-U",
        connection.user,
        "-d",
        database,
      ];
      const env = { PATH: process.env.PATH ?? "", PGPASSWORD: connection.password ?? "", PGCLIENTENCODING: "UTF8", PSQLRC: "/dev/null" };
      return runProgram(join(programs, "psql"), args, { env, input: sql });
    },
    start,
    kill: async () => {
      if (!postmaster?.running) return;
      const children = childrenOf(postmaster.processId);
      await postmaster.end("SIGKILL");
      for (const id of children) signal(id, "SIGKILL");
      while (children.some(isRunning)) await sleep(10);
    },
    shutDown: async () => {
      await postmaster?.end("SIGINT");
    },
    stop: async () => {
      // Immediate shutdown: nobody will read these files again.
      await postmaster?.end("SIGQUIT");
      releaseSharedMemory(dataFolder);
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
  try {
    await start();
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

/** A killed postmaster leaves a small System V segment that only its successor in the same folder would remove; there is none here. */
function releaseSharedMemory(dataFolder: string): void {
  const pidFile = join(dataFolder, "postmaster.pid");
  if (!existsSync(pidFile)) return;
  const id = readFileSync(pidFile, "utf8").split("\n")[6]?.trim().split(/\s+/)[1];
  if (id === undefined) return;
  try {
    execFileSync("ipcrm", ["-m", id], { stdio: "ignore" });
  } catch {
    // already gone
  }
}
