import { rdsEndpointRegion } from "./aws/rdsEndpoint.js";
import { type Connection, ConnectionAuthentication } from "./connection.js";
import type { ConnectionConfig } from "./connectionConfig.js";
import { hostProblem, isLoopback, isSocketFolder } from "./connectionHost.js";
import { CONNECTION_URI_FORM, type ConnectionUri, parseConnectionUri, passwordInUri } from "./connectionUri.js";
import { ExitCode } from "./exitCode.js";
import { findPassword } from "./passwordFile.js";
import { type Problem, ProblemError } from "./problem.js";
import { resolveRdsIam } from "./resolveRdsIam.js";
import { shownValue } from "./secretText.js";
import { SslMode, sslModeProblem } from "./sslMode.js";

/** Texts of files that whoever asks has read, for nothing here reads any. */
export interface ConnectionFiles {
  /** Text of the libpq password file (PGPASSFILE or ~/.pgpass). */
  pgpass?: string;
  /** The password from `passwordFile` or PGPASSWORD_FILE. Wins over PGPASSWORD. */
  password?: string;
}

/** A setting's value and the place it came from, for messages. */
interface Found {
  value: string;
  where: string;
}

/**
 * Completes a connection from its configuration. Each setting is taken from the first place that has it: the field, the URI, the PG* variable,
 * the default. `PGDATABASE` is not asked: it names an application's database, and a restore cannot replace the one it is connected to.
 * Throws a ProblemError that holds everything that is wrong. `where` is the configuration's own path, for messages.
 */
export function resolveConnection(
  config: ConnectionConfig,
  environment: Readonly<Record<string, string | undefined>>,
  files: ConnectionFiles,
  osUser: string | undefined,
  where = "connection",
): Connection {
  const problems: Problem[] = [];
  const uri = readUri(config.uri, `${where}.uri`, problems);
  const find = (
    field: "host" | "user" | "sslmode" | "sslrootcert" | "sslcert" | "sslkey" | "port",
    variable: string,
  ): Found | undefined => {
    const places: [string, string | number | undefined][] = [
      [`${where}.${field}`, config[field]],
      [`${where}.uri`, uri[field]],
      [variable, environment[variable]],
    ];
    const [place, value] = places.find(([, text]) => text !== undefined && text !== "") ?? [];
    return value === undefined || place === undefined ? undefined : { value: String(value), where: place };
  };

  const host = readHost(find("host", "PGHOST"), environment, where, problems);
  const port = readPort(find("port", "PGPORT"), problems);
  const user = find("user", "PGUSER")?.value ?? osUser ?? "";
  if (user === "") problems.push(noUser(where));
  const maintenanceDatabase = config.maintenanceDatabase ?? uri.database ?? "postgres";
  const sslMode = readSslMode(find("sslmode", "PGSSLMODE"), host, problems);
  const root = find("sslrootcert", "PGSSLROOTCERT");
  const certificate = find("sslcert", "PGSSLCERT");
  const key = find("sslkey", "PGSSLKEY");
  const verifies = sslMode === SslMode.VerifyCa || sslMode === SslMode.VerifyFull;
  // No machine's store of authorities holds those of RDS, so `system` could never verify an endpoint of it.
  const authorities = root?.value ?? (rdsEndpointRegion(host) === undefined ? "system" : "rds");
  if (sslMode === SslMode.VerifyCa && (authorities === "system" || authorities === "rds")) {
    problems.push(weakAuthorities(root, authorities, where));
  }
  if ((certificate === undefined) !== (key === undefined)) problems.push(halfCertificate(certificate, key, where));
  const signed = config.authentication === ConnectionAuthentication.RdsIam;
  const rdsIam = signed ? resolveRdsIam(config.awsRegion, { host, sslMode }, environment, where, problems) : undefined;
  if (problems.length > 0) throw new ProblemError(ExitCode.Configuration, problems);

  const filedPassword =
    files.pgpass === undefined ? undefined : findPassword(files.pgpass, { host, port, database: maintenanceDatabase, user });
  // A token takes the place of every password: one that is set for other programs must not be tried instead.
  const password = signed ? undefined : files.password || environment.PGPASSWORD || filedPassword;
  const sslRootCertificate = root?.value ?? (verifies ? authorities : undefined);
  return {
    host,
    port,
    user,
    ...(password ? { password } : {}),
    ...(rdsIam ? { rdsIam } : {}),
    sslMode,
    ...(sslRootCertificate === undefined ? {} : { sslRootCertificate }),
    ...(certificate ? { sslCertificate: certificate.value } : {}),
    ...(key ? { sslKey: key.value } : {}),
    maintenanceDatabase,
    connectTimeoutSeconds: config.connectTimeout / 1000,
  };
}

function readUri(text: string | undefined, where: string, problems: Problem[]): ConnectionUri {
  if (text === undefined) return {};
  try {
    const { password, ...uri } = parseConnectionUri(text);
    if (password !== undefined) problems.push({ where, ...passwordInUri });
    return uri;
  } catch (error) {
    problems.push({ where, reason: (error as Error).message, allowed: CONNECTION_URI_FORM });
    return {};
  }
}

function readHost(
  found: Found | undefined,
  environment: Readonly<Record<string, string | undefined>>,
  where: string,
  problems: Problem[],
): string {
  // Where the configuration itself names the host, what these say does not matter.
  const rival = ["PGSERVICE", "PGHOSTADDR"].find((name) => environment[name]);
  if (rival !== undefined && !found?.where.startsWith(where)) {
    problems.push({
      where: rival,
      received: shownValue(environment[rival]),
      reason: `psql would follow it and pgkeep does not read it, so the two could reach different servers`,
      next: `write ${where}.host in the configuration, or unset ${rival}`,
    });
  }
  if (!found) return "localhost";
  const host = found.value.replace(/^\[([^\]]*:[^\]]*)\]$/, "$1");
  const reason = hostProblem(host);
  if (reason !== undefined) {
    problems.push({ where: found.where, reason, received: shownValue(host), allowed: "one host name, address, or folder of a socket" });
  }
  return host;
}

function readPort(found: Found | undefined, problems: Problem[]): number {
  if (!found) return 5432;
  const port = /^\d{1,5}$/.test(found.value) ? Number(found.value) : 0;
  if (port < 1 || port > 65_535) {
    problems.push({
      where: found.where,
      reason: "this is not a port",
      received: shownValue(found.value),
      allowed: "one number from 1 to 65535",
    });
  }
  return port;
}

function readSslMode(found: Found | undefined, host: string, problems: Problem[]): SslMode {
  const reason = found && sslModeProblem(found.value);
  if (found && reason !== undefined) {
    problems.push({ where: found.where, reason, received: shownValue(found.value), allowed: Object.values(SslMode).join(", ") });
  }
  // libpq never encrypts over a socket, whatever sslmode says.
  if (isSocketFolder(host)) return SslMode.Disable;
  if (found) return found.value as SslMode;
  return isLoopback(host) ? SslMode.Disable : SslMode.VerifyFull;
}

/** As libpq: anyone can get a certificate from these authorities, so without the host's name it proves nothing. */
function weakAuthorities(root: Found | undefined, authorities: string, where: string): Problem {
  const anyone =
    authorities === "rds"
      ? "with the authorities of Amazon RDS every customer's database would pass"
      : "with the system's public authorities every server on the internet would pass";
  return {
    where: root?.where ?? `${where}.sslmode`,
    reason: `verify-ca does not check the host's name, so ${anyone}`,
    received: `sslmode verify-ca, sslrootcert ${authorities}${root === undefined ? " (the default)" : ""}`,
    allowed: "verify-ca with the file of your own authority, or verify-full",
    next: `write ${where}.sslmode: verify-full, or name your authority's file in ${where}.sslrootcert`,
  };
}

function halfCertificate(certificate: Found | undefined, key: Found | undefined, where: string): Problem {
  const missing = certificate ? "sslkey" : "sslcert";
  return {
    where: (certificate ?? key)?.where ?? where,
    reason: `a client certificate needs its key and the key its certificate, and ${missing} is missing`,
    next: `write ${where}.${missing}, or remove the other`,
  };
}

function noUser(where: string): Problem {
  return {
    where: `${where}.user`,
    reason: "no user is named, and the operating system has no name for the one that the agent runs as",
    next: `write ${where}.user, or set PGUSER`,
  };
}
