import { access, constants } from "node:fs/promises";
import { homedir, userInfo } from "node:os";
import { join } from "node:path";
import { type Connection, ConnectionAuthentication, type ConnectionConfig, type ConnectionFiles, resolveConnection } from "@pgkeep/core";
import { rdsTokenSigner } from "../postgresql/rdsToken.js";
import type { Environment } from "./Environment.js";
import { clientKeyProblem } from "./filePermissions.js";
import { ProblemCollector } from "./ProblemCollector.js";
import { assertRdsAuthorities } from "./rdsAuthoritiesProblem.js";
import { readPrivateFile, unreadable } from "./readPrivateFile.js";
import { readSecret, readSecretFile } from "./readSecret.js";

/** A connection, and where its password came from. */
export interface LoadedConnection {
  connection: Connection;
  /** For example `PGPASSWORD_FILE`, or that there is a token for each connection; undefined when there is no password, as with peer, trust or certificate authentication. */
  passwordFrom: string | undefined;
}

/**
 * Completes a connection of the configuration from the environment, a password file and defaults, and sees that the files it names are there.
 * Throws a ProblemError that holds everything that is wrong. `where` is the configuration's own path, for messages.
 */
export async function loadConnection(config: ConnectionConfig, environment: Environment, where = "connection"): Promise<Connection> {
  return (await loadConnectionWithSource(config, environment, where)).connection;
}

/** As loadConnection, and tells where the password came from. */
export async function loadConnectionWithSource(
  config: ConnectionConfig,
  environment: Environment,
  where = "connection",
): Promise<LoadedConnection> {
  const problems = new ProblemCollector();
  const signed = config.authentication === ConnectionAuthentication.RdsIam;
  const given = signed ? undefined : await problems.attempt(() => readPassword(config, environment, where));
  // Only where nothing else gives a password, as libpq does: a forgotten file of another purpose must not stop a run.
  const filed = given || signed ? undefined : await problems.attempt(() => readPasswordFile(environment));
  const files: ConnectionFiles = { ...(given && { password: given.text }), ...(filed && { pgpass: filed.text }) };
  const connection = await problems.attempt(() => resolveConnection(config, environment, files, operatingSystemUser(), where));
  if (connection) {
    const { sslRootCertificate, sslCertificate, sslKey } = connection;
    if (sslRootCertificate === "rds") await problems.attempt(() => assertRdsAuthorities(connection, where));
    else if (sslRootCertificate !== undefined && sslRootCertificate !== "system") {
      await problems.attempt(() => assertReadable(sslRootCertificate, `${where}.sslrootcert`));
    }
    if (sslCertificate !== undefined) await problems.attempt(() => assertReadable(sslCertificate, `${where}.sslcert`));
    if (sslKey !== undefined) await problems.attempt(() => readPrivateFile(sslKey, `${where}.sslkey`, clientKeyProblem));
  }
  problems.throwIfAny();
  if (!connection) throw new Error("a connection that could not be resolved left no problem");
  if (connection.rdsIam !== undefined) {
    const { region } = connection.rdsIam;
    const rdsIam = { region, signToken: rdsTokenSigner(region, environment) };
    return { connection: { ...connection, rdsIam }, passwordFrom: "a token for each connection" };
  }
  return { connection, passwordFrom: connection.password === undefined ? undefined : (given?.from ?? filed?.from) };
}

interface Source {
  text: string;
  from: string;
}

async function readPassword(config: ConnectionConfig, environment: Environment, where: string): Promise<Source | undefined> {
  if (config.passwordFile !== undefined) {
    return { text: await readSecretFile(config.passwordFile, `${where}.passwordFile`), from: config.passwordFile };
  }
  const text = await readSecret(environment, "PGPASSWORD");
  return text === undefined ? undefined : { text, from: environment.PGPASSWORD ? "PGPASSWORD" : "PGPASSWORD_FILE" };
}

/** The libpq password file. One that PGPASSFILE names must be there; the one of the home folder may be missing. */
async function readPasswordFile(environment: Environment): Promise<Source | undefined> {
  const named = environment.PGPASSFILE;
  const path = named || join(environment.HOME || homedir(), ".pgpass");
  if (!named && !(await isThere(path))) return undefined;
  return { text: await readPrivateFile(path, named ? "PGPASSFILE" : "~/.pgpass"), from: path };
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path, constants.F_OK);
    return true;
  } catch {
    return false;
  }
}

async function assertReadable(path: string, where: string): Promise<void> {
  try {
    await access(path, constants.R_OK);
  } catch (error) {
    throw unreadable(path, where, error);
  }
}

/** A container may run under a user id that has no name. */
function operatingSystemUser(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}
