import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, SslMode } from "@pgkeep/core";
import { freePort } from "./freePort.js";
import { programFolder } from "./postgresPrograms.js";
import { runProgram } from "./runProgram.js";
import { giveToServerAccount, serverAccount } from "./serverAccount.js";
import { type ServerProcess, startServerProcess } from "./serverProcess.js";

/** The majors that pgkeep is tested on. */
export const testedMajors = [15, 16, 18] as const;
export type TestedMajor = (typeof testedMajors)[number];

export interface TestServerOptions {
  /** 15 unless said. */
  major?: TestedMajor;
  /** Lines of postgresql.conf beyond the fast and unsafe ones that every test server gets. */
  settings?: Record<string, string | number | boolean>;
  /** `scram-sha-256` unless said; the connection then carries a password. */
  authentication?: "scram-sha-256" | "trust";
  /** Beyond `--locale=C --encoding=UTF8`. */
  initdbArguments?: string[];
  /** Lines put before the others of pg_hba.conf. */
  hostBasedAuthentication?: string[];
}

/** A real PostgreSQL server of its own folder, on 127.0.0.1 and a socket in that folder. */
export interface TestServer {
  readonly major: TestedMajor;
  /** As the superuser `postgres`, over TCP. */
  readonly connection: Connection;
  /** Everything of this server: `data`, the socket, `server.log`. Removed by `stop`. */
  readonly folder: string;
  readonly dataFolder: string;
  /** Use it as `host` to connect over the Unix socket. */
  readonly socketFolder: string;
  /** Server and client programs of this major. */
  readonly programFolder: string;
  /** Process id of the postmaster. */
  readonly processId: number;
  /** Runs SQL (or psql commands) through psql, stopping at the first error; what psql printed, unaligned and without headers. */
  psql(sql: string, database?: string): Promise<string>;
  /** What the server logged so far. */
  log(): string;
  /** Like a power cut: SIGKILL to the postmaster and all its processes. The folder stays, so that `start` can recover it. */
  kill(): Promise<void>;
  /** Orderly shutdown without removing anything. */
  shutDown(): Promise<void>;
  /** Starts it again, on the same port, after `kill` or `shutDown`. */
  start(): Promise<void>;
  /** Ends the server and removes its folder. May be called again, and after `kill`. */
  stop(): Promise<void>;
}

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

const password = "correct horse battery staple";

/** Why a test that needs this major cannot run here; undefined when it can. For `describe.skipIf`, which the test report counts. */
export function missingPostgres(major: TestedMajor): string | undefined {
  return programFolder(major) === undefined ? `PostgreSQL ${major} is not on this machine` : undefined;
}

export async function startPostgres(options: TestServerOptions = {}): Promise<TestServer> {
  const major = options.major ?? 15;
  const programs = findPrograms(major);
  const folder = newServerFolder();
  try {
    const authentication = options.authentication ?? "scram-sha-256";
    const passwordFile = join(folder, "password");
    writeFileSync(passwordFile, password, { mode: 0o600 });
    giveToServerAccount(passwordFile);
    const data = join(folder, "data");
    const initdb = ["-D", data, "-U", "postgres", "-A", authentication, "--pwfile", passwordFile, "--no-sync", "--no-instructions"];
    await runAsServer(join(programs, "initdb"), [...initdb, "--locale=C", "--encoding=UTF8", ...(options.initdbArguments ?? [])]);
    if (options.hostBasedAuthentication !== undefined) {
      const file = join(data, "pg_hba.conf");
      writeFileSync(file, `${options.hostBasedAuthentication.join("\n")}\n${readFileSync(file, "utf8")}`);
    }
    const connection = connectionTo(await freePort(), authentication === "trust" ? undefined : password);
    return await run(major, programs, folder, connection, options.settings ?? {});
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** A streaming hot standby of a server that `startPostgres` started, with replay running. */
export async function startStandby(primary: TestServer, options: Pick<TestServerOptions, "settings"> = {}): Promise<TestServer> {
  const folder = newServerFolder();
  try {
    const { host, port, user } = primary.connection;
    const environment = { PATH: process.env.PATH ?? "", PGPASSWORD: primary.connection.password ?? "" };
    const copy = ["-D", join(folder, "data"), "-h", host, "-p", String(port), "-U", user, "-R", "-X", "stream", "-c", "fast", "--no-sync"];
    await runAsServer(join(primary.programFolder, "pg_basebackup"), copy, environment);
    const connection = connectionTo(await freePort(), primary.connection.password);
    return await run(primary.major, primary.programFolder, folder, connection, { hot_standby: "on", ...options.settings });
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

function findPrograms(major: TestedMajor): string {
  const folder = programFolder(major);
  if (folder === undefined)
    throw new Error(`${missingPostgres(major)}. \`npm test\` fetches it where it can, and says why where it cannot.`);
  return folder;
}

function newServerFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "pgkeep-pg-"));
  giveToServerAccount(folder);
  return folder;
}

function connectionTo(port: number, secret: string | undefined): Connection {
  return {
    host: "127.0.0.1",
    port,
    user: "postgres",
    ...(secret === undefined ? {} : { password: secret }),
    sslMode: SslMode.Disable,
    maintenanceDatabase: "postgres",
    connectTimeoutSeconds: 10,
  };
}

async function runAsServer(program: string, args: string[], env?: NodeJS.ProcessEnv): Promise<string> {
  return await runProgram(program, args, { ...serverAccount(), cwd: "/", ...(env === undefined ? {} : { env }) });
}

async function run(
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

/** True when the process was there to be signalled. */
function signal(processId: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(processId, name);
  } catch {
    return false;
  }
}

/** A process that ended counts as gone even while it waits, as a zombie, for a lazy parent to collect it. */
function isRunning(processId: number): boolean {
  const status = `/proc/${processId}/stat`;
  if (process.platform !== "linux") return signal(processId, 0);
  try {
    return !/\) Z /.test(readFileSync(status, "utf8"));
  } catch {
    return false;
  }
}

function childrenOf(processId: number): number[] {
  const children = `/proc/${processId}/task/${processId}/children`;
  if (existsSync(children)) return readFileSync(children, "utf8").split(" ").filter(Boolean).map(Number);
  const table = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
  const pairs = table.split("\n").map((line) => line.trim().split(/\s+/).map(Number));
  return pairs.flatMap(([id, parent]) => (parent === processId && id !== undefined ? [id] : []));
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
