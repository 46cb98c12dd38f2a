import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Connection, SslMode } from "@pgkeep/core";
import { freePort } from "./freePort.js";
import { programFolder } from "./postgresPrograms.js";
import { runPostgres } from "./runPostgres.js";
import { runProgram } from "./runProgram.js";
import { giveToServerAccount, serverAccount } from "./serverAccount.js";
import type { TestServer } from "./TestServer.js";
import type { TestedMajor } from "./testedMajors.js";

export type { TestServer } from "./TestServer.js";
export { type TestedMajor, testedMajors } from "./testedMajors.js";

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
    return await runPostgres(major, programs, folder, connection, options.settings ?? {});
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
    return await runPostgres(primary.major, primary.programFolder, folder, connection, { hot_standby: "on", ...options.settings });
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
