import { readFileSync } from "node:fs";
import tls from "node:tls";
import { type Connection, ExitCode, ProblemError, SslMode } from "@pgkeep/core";
import { rdsAuthorities } from "./rdsAuthorities.js";

/**
 * TLS options for `pg` that mean what libpq means by the same sslmode: `verify-full` checks chain and host name, `verify-ca` the chain,
 * `require` neither. `pg` alone treats all three alike, so the checks are spelled out here.
 * https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION
 */
export function sessionTls(connection: Connection): tls.ConnectionOptions | false {
  // libpq never encrypts over a Unix socket.
  if (connection.sslMode === SslMode.Disable || connection.host.startsWith("/")) return false;
  const verifies = connection.sslMode !== SslMode.Require;
  return {
    rejectUnauthorized: verifies,
    ...(verifies && { ca: trustedAuthorities(connection.sslRootCertificate ?? "system") }),
    ...(connection.sslMode !== SslMode.VerifyFull && { checkServerIdentity: () => undefined }),
    ...(connection.sslCertificate !== undefined && { cert: readPem("connection.sslcert", connection.sslCertificate) }),
    ...(connection.sslKey !== undefined && { key: readPem("connection.sslkey", connection.sslKey) }),
  };
}

/**
 * `system` is the machine's own store, as it is for libpq, so that SQL and pg_dump trust the same authorities. Node's bundled list is
 * used only where the machine has none.
 */
function trustedAuthorities(rootCertificate: string): string[] {
  if (rootCertificate === "rds") return [...rdsAuthorities()];
  if (rootCertificate !== "system") return [readPem("connection.sslrootcert", rootCertificate)];
  const system = tls.getCACertificates("system");
  return system.length === 0 ? [...tls.getCACertificates("default")] : [...system, ...tls.getCACertificates("extra")];
}

function readPem(where: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new ProblemError(
      ExitCode.Configuration,
      {
        where,
        received: path,
        reason: `this file cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown error"})`,
        allowed: "the path of a PEM file that the agent's user may read",
        next: "correct the path or the file's permissions",
      },
      { cause: error },
    );
  }
}
