import { isSocketFolder } from "./connectionHost.js";
import { SslMode } from "./sslMode.js";

/** Where a PostgreSQL server is and who asks, complete and ready to use. Holds a secret: never log it. */
export interface Connection {
  /** Host name, address, or the folder of a Unix socket (starts with a slash). */
  host: string;
  port: number;
  user: string;
  /** Absent with peer, trust or certificate authentication. */
  password?: string;
  sslMode: SslMode;
  /** Path of a file with the certificates of trusted authorities, or `system`. */
  sslRootCertificate?: string;
  sslCertificate?: string;
  sslKey?: string;
  /** The database to connect to for what concerns the whole cluster. */
  maintenanceDatabase: string;
  connectTimeoutSeconds: number;
}

/** A connection in words, without its secret: `backup@db.example.org:5432, sslmode verify-full (authorities: system)`. */
export function describeConnection({ host, port, user, sslMode, sslRootCertificate }: Connection): string {
  if (isSocketFolder(host)) return `${user} at the socket ${host}/.s.PGSQL.${port}`;
  const place = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
  const verifies = sslMode === SslMode.VerifyCa || sslMode === SslMode.VerifyFull;
  return `${user}@${place}, sslmode ${sslMode}${verifies ? ` (authorities: ${sslRootCertificate ?? "system"})` : ""}`;
}
