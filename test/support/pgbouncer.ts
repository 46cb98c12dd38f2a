import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Connection } from "@pgkeep/core";
import { freePort } from "./freePort.js";
import type { TestServer } from "./postgresServer.js";
import { giveToServerAccount, serverAccount } from "./serverAccount.js";
import { type ServerProcess, startServerProcess } from "./serverProcess.js";

/** A real pooler in front of a server. */
export interface TestPooler {
  /** As the server's own connection, through the pooler. */
  readonly connection: Connection;
  log(): string;
  stop(): Promise<void>;
}

/** Why a test that needs it cannot run here; undefined when it can. */
export function missingPgbouncer(): string | undefined {
  return process.env.PGKEEP_PGBOUNCER === undefined ? "pgbouncer is not on this machine" : undefined;
}

export async function startPgbouncer(
  server: TestServer,
  { poolMode }: { poolMode: "session" | "transaction" | "statement" },
): Promise<TestPooler> {
  const program = process.env.PGKEEP_PGBOUNCER;
  if (program === undefined) throw new Error(`${missingPgbouncer()}. \`npm test\` installs it where it can, and says why where it cannot.`);
  const folder = mkdtempSync(join(tmpdir(), "pgkeep-bouncer-"));
  giveToServerAccount(folder);
  const port = await freePort();
  const { host, user, password = "" } = server.connection;
  const write = (name: string, text: string) => {
    const file = join(folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    giveToServerAccount(file);
    return file;
  };
  const users = write("users", `"${user}" "${password}"\n`);
  const configuration = [
    "[databases]",
    `* = host=${host} port=${server.connection.port}`,
    "[pgbouncer]",
    "listen_addr = 127.0.0.1",
    `listen_port = ${port}`,
    "unix_socket_dir =",
    `auth_type = ${password === "" ? "trust" : "scram-sha-256"}`,
    `auth_file = ${users}`,
    `pool_mode = ${poolMode}`,
    // Two server connections only, so that sessions of a pool are seen to share them.
    "default_pool_size = 2",
    // Not passed on, but not refused: else a client with `options` never gets far enough to notice the pooler.
    "ignore_startup_parameters = extra_float_digits,options",
  ];
  const logFile = join(folder, "pooler.log");
  let pooler: ServerProcess | undefined;
  const stop = async () => {
    await pooler?.end("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    pooler = await startServerProcess({
      program,
      args: [write("pgbouncer.ini", `${configuration.join("\n")}\n`)],
      logFile,
      account: serverAccount(),
      ready: () => answers(port),
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { connection: { ...server.connection, port }, log: () => readFileSync(logFile, "utf8"), stop };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
