/** libpq's sslmode values that pgkeep accepts. `allow` and `prefer` are not: they fall back to plain text without a word. */
export enum SslMode {
  Disable = "disable",
  Require = "require",
  VerifyCa = "verify-ca",
  VerifyFull = "verify-full",
}

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
