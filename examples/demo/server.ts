import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chownSync, closeSync, existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import pg from "pg";

const run = promisify(execFile);

export interface Login {
  username: string;
  password: string;
}

/** The PostgreSQL that the demo starts for itself: on this machine only, with passwords that nobody else knows. */
export interface DemoServer {
  host: string;
  port: number;
  /** For example `18.4`. */
  version: string;
  /** Path of one of this server's client programs. */
  program(name: "pg_dump" | "pg_restore"): string;
  /** As the server's superuser unless said. */
  connect(database: string, login?: Login): Promise<pg.Client>;
  stop(): Promise<void>;
}

/** Nothing in a demo needs to survive a power cut. */
const SETTINGS = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  max_wal_size: "4GB",
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
};

export function newPassword(): string {
  return randomBytes(18).toString("base64url");
}

/** Starts a server below `folder`, which must be empty, with the programs that the set-up found (PGKEEP_PG_BIN). */
export async function startServer(folder: string): Promise<DemoServer> {
  const programs = programFolder();
  const account = serverAccount();
  if (account) chownSync(folder, account.uid, account.gid);
  const passwordFile = join(folder, "password");
  const superuser = { username: "postgres", password: newPassword() };
  writeFileSync(passwordFile, superuser.password, { mode: 0o600 });
  if (account) chownSync(passwordFile, account.uid, account.gid);

  const data = join(folder, "data");
  const options = [
    "-D",
    data,
    "-U",
    "postgres",
    "-A",
    "scram-sha-256",
    "--pwfile",
    passwordFile,
    "--no-sync",
    "--locale=C",
    "--encoding=UTF8",
  ];
  await run(join(programs, "initdb"), options, { cwd: folder, ...account });
  const log = openSync(join(folder, "server.log"), "w");
  const port = await freePort();
  const settings = Object.entries({ ...SETTINGS, port }).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const child = spawn(join(programs, "postgres"), ["-D", data, ...settings], { cwd: folder, stdio: ["ignore", log, log], ...account });
  closeSync(log);

  const server: DemoServer = {
    host: "127.0.0.1",
    port,
    version: readVersion(programs),
    program: (name) => join(programs, name),
    connect: async (database, { username, password } = superuser) => {
      const client = new pg.Client({ host: "127.0.0.1", port, user: username, password, database });
      // A lost connection shows in the query that meets it.
      client.on("error", () => undefined);
      await client.connect();
      return client;
    },
    stop: () => stop(child),
  };
  await ready(server, child, join(folder, "server.log")).catch(async (error) => {
    await server.stop();
    throw error;
  });
  return server;
}

/** One that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("the system gave no port");
  return address.port;
}

async function ready(server: DemoServer, child: ChildProcess, log: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      const client = await server.connect("postgres");
      await client.end();
      return;
    } catch (error) {
      if (child.exitCode !== null || child.signalCode !== null || tries > 300) {
        throw new Error(`the demo's PostgreSQL did not start:\n${readFileSync(log, "utf8")}`, { cause: error });
      }
      await sleep(100);
    }
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  // Immediate shutdown: its folder is removed next.
  child.kill("SIGQUIT");
  await ended;
}

function programFolder(): string {
  const folders = [process.env.PGKEEP_PG_BIN, process.env.PATH]
    .flatMap((list) => (list ?? "").split(delimiter))
    .filter((folder) => folder !== "");
  const found = folders.find((folder) => ["initdb", "postgres", "pg_dump", "pg_restore"].every((name) => existsSync(join(folder, name))));
  if (found === undefined)
    throw new Error("no PostgreSQL server programs on PATH or in PGKEEP_PG_BIN; `npm run demo` finds or fetches them");
  return found;
}

function readVersion(programs: string): string {
  const text = execFileSync(join(programs, "postgres"), ["--version"], { encoding: "utf8" });
  return /\d+(\.\d+)?/.exec(text)?.[0] ?? text.trim();
}

/** PostgreSQL refuses to run as root, so root lends it another account; anybody else runs it as himself. */
function serverAccount(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ["postgres", "nobody"]) {
    try {
      const idOf = (option: string) =>
        Number(execFileSync("id", [option, name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
      return { uid: idOf("-u"), gid: idOf("-g") };
    } catch {
      // no such account: the next one
    }
  }
  throw new Error("running as root, and there is neither an account `postgres` nor `nobody` to run the server under");
}
