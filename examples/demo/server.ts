import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { chownSync, closeSync, existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import pg from "pg";

const run = promisify(execFile);

/** The PostgreSQL that the demo starts for itself: reachable through a socket in its own folder, by nobody else. */
export interface DemoServer {
  /** The socket's folder, to be used as host. */
  host: string;
  port: number;
  user: string;
  password: string;
  /** For example `18.4`. */
  version: string;
  /** Path of one of this server's client programs. */
  program(name: "pg_dump" | "pg_restore"): string;
  connect(database: string): Promise<pg.Client>;
  stop(): Promise<void>;
}

/** Nothing in a demo needs to survive a power cut. */
const SETTINGS = { fsync: "off", synchronous_commit: "off", full_page_writes: "off", max_wal_size: "4GB", listen_addresses: "" };
const PASSWORD = "the demo's own secret";

/** Starts a server below `folder`, which must be empty, with the programs that the set-up found (PGKEEP_PG_BIN). */
export async function startServer(folder: string): Promise<DemoServer> {
  const programs = programFolder();
  const account = serverAccount();
  if (account) chownSync(folder, account.uid, account.gid);
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, PASSWORD, { mode: 0o600 });
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
  const settings = Object.entries({ ...SETTINGS, unix_socket_directories: folder }).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const child = spawn(join(programs, "postgres"), ["-D", data, ...settings], { cwd: folder, stdio: ["ignore", log, log], ...account });
  closeSync(log);

  const server: DemoServer = {
    host: folder,
    port: 5432,
    user: "postgres",
    password: PASSWORD,
    version: readVersion(programs),
    program: (name) => join(programs, name),
    connect: async (database) => {
      const client = new pg.Client({ host: folder, port: 5432, user: "postgres", password: PASSWORD, database });
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
