import { isSocketFolder } from "./connectionHost.js";
import { SslMode } from "./sslMode.js";

/** How a connection proves who it is. */
export enum ConnectionAuthentication {
  /** A password from a file or the environment, a client certificate, or whatever else pg_hba.conf asks for. */
  Password = "password",
  /** IAM database authentication of Amazon RDS and Aurora: the password is a token, signed with the agent's AWS credentials for each connection. */
  RdsIam = "rds-iam",
}

/** IAM database authentication of one connection. */
export interface RdsIamAuthentication {
  region: string;
  /** Signs the token for one connection. The agent puts it in, which has the AWS credentials; nothing else can connect. */
  signToken?: (to: Pick<Connection, "host" | "port" | "user">) => Promise<string>;
}

/** Where a PostgreSQL server is and who asks, complete and ready to use. Holds a secret: never log it. */
export interface Connection {
  /** Host name, address, or the folder of a Unix socket (starts with a slash). */
  host: string;
  port: number;
  user: string;
  /** Absent with peer, trust or certificate authentication. */
  password?: string;
  /** Present with IAM database authentication, in place of a password: a token of this Region is signed for each connection. */
  rdsIam?: RdsIamAuthentication;
  sslMode: SslMode;
  /** Path of a file with the certificates of trusted authorities, or `system`, or `rds`: the bundle of Amazon RDS that comes with the agent. */
  sslRootCertificate?: string;
  sslCertificate?: string;
  sslKey?: string;
  /** The database to connect to for what concerns the whole cluster. */
  maintenanceDatabase: string;
  connectTimeoutSeconds: number;
}

/** A connection in words, without its secret: `backup@db.example.org:5432, sslmode verify-full (authorities: system)`. */
export function describeConnection({ host, port, user, rdsIam, sslMode, sslRootCertificate }: Connection): string {
  if (isSocketFolder(host)) return `${user} at the socket ${host}/.s.PGSQL.${port}`;
  const place = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
  const verifies = sslMode === SslMode.VerifyCa || sslMode === SslMode.VerifyFull;
  const encryption = `sslmode ${sslMode}${verifies ? ` (authorities: ${sslRootCertificate ?? "system"})` : ""}`;
  return `${user}@${place}, ${encryption}${rdsIam ? `, IAM database authentication in ${rdsIam.region}` : ""}`;
}
