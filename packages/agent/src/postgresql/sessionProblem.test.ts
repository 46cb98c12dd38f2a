import { type Connection, ExitCode, ProblemError, SslMode } from "@pgkeep/core";
import { describe, expect, it } from "vitest";
import { connectProblem, endsSession, serverAddress, serverMessage } from "./sessionProblem.js";

// What cannot be had from a real server in a test; the rest is in test/postgres/session.test.ts.
const connection: Connection = {
  host: "db.example.org",
  port: 5432,
  user: "backup",
  password: "s3cret",
  sslMode: SslMode.VerifyFull,
  maintenanceDatabase: "postgres",
  connectTimeoutSeconds: 10,
};
const error = (code: string, message: string) => Object.assign(new Error(message), { code });

describe("what kept a session from opening", () => {
  it.each([
    ["53300", "sorry, too many clients already", ExitCode.Unavailable, /no connection left[\s\S]*max_connections/],
    ["57P03", "the database system is starting up", ExitCode.Unavailable, /does not accept connections yet/],
    ["28000", 'no pg_hba.conf entry for host "10.0.0.1"', ExitCode.Permission, /pg_hba.conf/],
    ["CERT_NOT_YET_VALID", "certificate is not yet valid", ExitCode.Configuration, /clocks may be wrong/],
    ["SELF_SIGNED_CERT_IN_CHAIN", "self-signed certificate in certificate chain", ExitCode.Configuration, /authority that is not trusted/],
    ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "certificate required", ExitCode.Configuration, /TLS handshake failed/],
    ["08P01", "unsupported startup parameter: extra_float_digits", ExitCode.Configuration, /a connection pooler/],
    ["EHOSTUNREACH", "no route to host", ExitCode.Unavailable, /no session could be opened: no route to host/],
  ])("%s", (code, message, exitCode, words) => {
    const problem = connectProblem(connection, "app", error(code, message));
    expect(problem.exitCode).toBe(exitCode);
    expect(problem.message).toMatch(words);
    expect(problem.message).not.toContain("s3cret");
  });

  it("is told as it is when it is a problem already", () => {
    const known = new ProblemError(ExitCode.Permission, { where: "x", reason: "y" });
    expect(connectProblem(connection, "app", known)).toBe(known);
  });

  it("names every address that was tried", () => {
    expect(serverMessage(new AggregateError([new Error("refused ::1"), new Error("refused 127.0.0.1")]))).toBe(
      "refused ::1; refused 127.0.0.1",
    );
    expect(serverAddress({ ...connection, host: "/run/postgresql" })).toBe("/run/postgresql/.s.PGSQL.5432");
  });
});

it.each([
  ["57P01", true],
  ["25P04", true],
  ["08006", true],
  ["ECONNRESET", true],
  ["EPIPE", true],
  ["42P01", false],
  ["57014", false],
  ["40001", false],
])("an error %s ends the session: %s", (code, ends) => {
  expect(endsSession(error(code, ""))).toBe(ends);
});
