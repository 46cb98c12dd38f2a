import { existsSync } from "node:fs";
import { type Connection, ExitCode, ProblemError, SslMode } from "@pgkeep/core";
import { connectionPassword } from "./connectionPassword.js";
import { rdsAuthoritiesFile } from "./rdsAuthorities.js";

export interface ChildEnvironmentOptions {
  /** lc_monetary of the session, so that columns of type money are written and read alike. */
  monetaryLocale?: string;
  /** Further server settings for the session. */
  settings?: Record<string, string>;
}

/** Where the machine's own certificate authorities usually are: Debian and Alpine, Fedora and RHEL, SUSE, macOS and the BSDs. */
const SYSTEM_BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/** libpq passes over files that do not exist; naming one keeps it from looking into the home folder for a default. */
const NO_FILE = "/nonexistent/pgkeep";

/** What programs need from the surroundings to run at all. Everything else, PG* above all, stays outside. */
const INHERITED = ["PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "TZDIR"];

/**
 * The environment for pg_dump, pg_restore and psql: libpq's variables, complete, so that a child reaches the same server in the same way
 * as our own sessions, and no PG* variable or file of the user's can lead it elsewhere. The password is in it and never in arguments.
 * The database is not: it is the child's argument. For one child that starts now: with IAM database authentication its token is good for 15
 * minutes, hence for what connects at its start and never again.
 */
export async function childEnvironment(connection: Connection, options: ChildEnvironmentOptions = {}): Promise<NodeJS.ProcessEnv> {
  const password = await connectionPassword(connection);
  return {
    ...Object.fromEntries(INHERITED.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))),
    // Messages in English, so that a warning of pg_dump can be recognised.
    LANG: "C",
    LC_ALL: "C",
    LC_MESSAGES: "C",
    PGHOST: connection.host,
    PGPORT: String(connection.port),
    PGUSER: connection.user,
    ...(password !== undefined && { PGPASSWORD: password }),
    PGPASSFILE: NO_FILE,
    PGSERVICEFILE: NO_FILE,
    PGSSLMODE: connection.sslMode,
    PGSSLROOTCERT: rootCertificate(connection),
    PGSSLCERT: connection.sslCertificate ?? NO_FILE,
    PGSSLKEY: connection.sslKey ?? NO_FILE,
    PGSSLCRL: NO_FILE,
    // libpq would try Kerberos first wherever there is a ticket; our sessions do not.
    PGGSSENCMODE: "disable",
    PGCONNECT_TIMEOUT: String(Math.max(2, Math.ceil(connection.connectTimeoutSeconds))),
    PGAPPNAME: "pgkeep",
    PGTZ: "UTC",
    PGCLIENTENCODING: "UTF8",
    PGOPTIONS: serverOptions(options),
  };
}

/**
 * `sslrootcert=system` needs libpq 16 and verify-full. The machine's bundle file holds the same authorities and works with every libpq
 * and with verify-ca, so it is used for `system` wherever it exists.
 */
function rootCertificate({ sslMode, sslRootCertificate, host }: Connection): string {
  const verifies = sslMode === SslMode.VerifyFull || sslMode === SslMode.VerifyCa;
  // With `require` libpq would verify after all when a file is named, and our own sessions do not.
  if (!verifies || host.startsWith("/")) return NO_FILE;
  if (sslRootCertificate === "rds") return rdsAuthoritiesFile();
  if (sslRootCertificate !== undefined && sslRootCertificate !== "system") return sslRootCertificate;
  const bundle = [process.env.SSL_CERT_FILE, ...SYSTEM_BUNDLES].find((path) => path !== undefined && existsSync(path));
  if (bundle !== undefined) return bundle;
  throw new ProblemError(ExitCode.Configuration, {
    where: "connection.sslrootcert",
    received: sslRootCertificate ?? "system (the default)",
    reason: `this machine has no store of trusted authorities (looked for ${SYSTEM_BUNDLES.join(", ")})`,
    allowed: "the path of a PEM file with the authority that signed the server's certificate",
    next: "name that file, or install the package ca-certificates",
  });
}

/** Settings of a role or a database that would change what COPY writes, or end a long dump, are overridden. */
function serverOptions({ monetaryLocale, settings }: ChildEnvironmentOptions): string {
  const wanted: Record<string, string> = {
    bytea_output: "hex",
    idle_in_transaction_session_timeout: "0",
    ...(monetaryLocale !== undefined && { lc_monetary: monetaryLocale }),
    ...settings,
  };
  return Object.entries(wanted)
    .map(([name, value]) => `-c ${name}=${value.replace(/[\\\s]/g, "\\$&")}`)
    .join(" ");
}
