import { expect, test } from "vitest";
import { type Connection, describeConnection } from "./connection.js";
import { SslMode } from "./sslMode.js";

const connection: Connection = {
  host: "db.example.org",
  port: 5432,
  user: "backup",
  password: "hunter2",
  sslMode: SslMode.VerifyFull,
  maintenanceDatabase: "postgres",
  connectTimeoutSeconds: 10,
};

test.each([
  [{}, "backup@db.example.org:5432, sslmode verify-full (authorities: system)"],
  [{ sslRootCertificate: "/ca.pem" }, "backup@db.example.org:5432, sslmode verify-full (authorities: /ca.pem)"],
  [
    { sslRootCertificate: "rds", rdsIam: { region: "eu-west-1" } },
    "backup@db.example.org:5432, sslmode verify-full (authorities: rds), IAM database authentication in eu-west-1",
  ],
  [{ host: "::1", sslMode: SslMode.Disable }, "backup@[::1]:5432, sslmode disable"],
  [{ host: "/tmp", sslMode: SslMode.Disable }, "backup at the socket /tmp/.s.PGSQL.5432"],
])("with %j it is %s", (difference, expected) => expect(describeConnection({ ...connection, ...difference })).toBe(expected));
