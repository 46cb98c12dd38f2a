import { execFileSync } from "node:child_process";
import { inspect } from "node:util";
import { type Connection, ExitCode, ProblemError, SslMode } from "@pgkeep/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { childEnvironment } from "../../packages/agent/src/postgresql/childEnvironment.js";
import { readServer } from "../../packages/agent/src/postgresql/server.js";
import { openSession, openSessionWithRetry } from "../../packages/agent/src/postgresql/session.js";
import { silentReporter } from "../../packages/agent/src/reporter.js";
import { freePort } from "../support/freePort.js";
import { missingPgbouncer, startPgbouncer } from "../support/pgbouncer.js";
import { missingPostgres, startPostgres, startStandby, type TestServer, testedMajors } from "../support/postgresServer.js";
import { makeCertificates, type TestCertificates } from "../support/testCertificates.js";

async function problemOf(opening: Promise<unknown>): Promise<ProblemError> {
  const error = await opening.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ProblemError) return error;
  throw new Error(`expected a ProblemError, got ${inspect(error)}`);
}

describe.for(testedMajors)("a session with PostgreSQL %s", (major) => {
  const skipped = missingPostgres(major);
  let server: TestServer;
  beforeAll(async () => {
    if (skipped) return;
    server = await startPostgres({ major });
    await server.psql(`
      CREATE ROLE hasty LOGIN PASSWORD 'h';
      ALTER ROLE hasty SET statement_timeout = '500ms';
      ALTER ROLE hasty SET idle_in_transaction_session_timeout = '500ms';
      ALTER ROLE hasty SET default_transaction_read_only = on;
      ALTER ROLE hasty SET search_path = evil, public;
      ALTER ROLE hasty SET timezone = 'Asia/Kathmandu';
      ALTER ROLE hasty SET bytea_output = escape;
      CREATE DATABASE latin TEMPLATE template0 ENCODING LATIN1;
      CREATE DATABASE closed; ALTER DATABASE closed ALLOW_CONNECTIONS false;
      CREATE DATABASE private; REVOKE CONNECT ON DATABASE private FROM PUBLIC;`);
  });
  afterAll(() => server?.stop());

  it.skipIf(skipped)("overrides what a role has set", async () => {
    const session = await openSession({ ...server.connection, user: "hasty", password: "h" }, "latin");
    const [row] = await session.query<Record<string, string>>(
      `SELECT current_setting('search_path') AS path, current_setting('TimeZone') AS zone, current_setting('bytea_output') AS bytea,
              current_setting('client_encoding') AS encoding, current_setting('transaction_read_only') AS readonly,
              current_setting('application_name') AS name, current_setting('statement_timeout') AS timeout,
              current_setting('transaction_timeout', true) AS transaction_timeout, 'für' AS umlaut, pg_sleep(0.8)::text AS slept`,
    );
    expect(row).toMatchObject({
      path: "",
      zone: "UTC",
      bytea: "hex",
      encoding: "UTF8",
      readonly: "off",
      name: "pgkeep",
      timeout: "0",
      umlaut: "für",
    });
    expect(row?.transaction_timeout).toBe(major >= 17 ? "0" : null);
    await session.end();
  });

  it.skipIf(skipped)("runs statements one after another, and several in one message", async () => {
    const session = await openSession(server.connection, "postgres");
    const answers = await Promise.all([
      session.query("SELECT 1 AS n"),
      session.query("SELECT 1/0").catch((error: { code: string }) => error.code),
      session.query("SELECT $1::int AS n", [3]),
      session.queryLast("BEGIN; SELECT 1 AS other; SELECT 4 AS n"),
    ]);
    expect(answers).toEqual([[{ n: 1 }], "22012", [{ n: 3 }], [{ n: 4 }]]);
    expect(session.busy).toBe(false);
    await session.end();
  });

  it.skipIf(skipped)("says that it is lost, with the server's words", async () => {
    const [one, other] = await Promise.all([openSession(server.connection, "postgres"), openSession(server.connection, "postgres")]);
    await other.query("SELECT pg_terminate_backend($1)", [one.processId]);
    expect((await one.lost).message).toContain("terminating connection due to administrator command");
    expect((await problemOf(one.query("SELECT 1"))).exitCode).toBe(ExitCode.Unavailable);
    await Promise.all([one.end(), other.end()]);
  });

  it.skipIf(skipped)("ends with the signal, also in the middle of a statement", async () => {
    const stop = new AbortController();
    const session = await openSession(server.connection, "postgres", { signal: stop.signal });
    const reason = new Error("told to stop");
    setTimeout(() => stop.abort(reason), 50);
    await expect(session.query("SELECT pg_sleep(30)")).rejects.toBe(reason);
    await session.end();
    await expect(openSession(server.connection, "postgres", { signal: stop.signal })).rejects.toBe(reason);
  });

  it.skipIf(skipped)("shows no password, whatever is printed", async () => {
    const session = await openSession(server.connection, "postgres");
    expect(inspect(session, { depth: 9, showHidden: true })).not.toContain(server.connection.password);
    await session.end();
    const problem = await problemOf(openSession({ ...server.connection, password: "geheim" }, "postgres"));
    expect(inspect(problem, { depth: 9 })).not.toContain("geheim");
  });

  it.skipIf(skipped)("says what to change when it cannot open", async () => {
    const { connection } = server;
    const { password: _, ...without } = connection;
    const cases: [Connection, string, ExitCode, RegExp][] = [
      [{ ...connection, password: "wrong" }, "postgres", ExitCode.Permission, /password authentication failed[\s\S]*PGPASSWORD_FILE/],
      [without, "postgres", ExitCode.Permission, /asks for a password of user postgres and none is configured/],
      [
        { ...connection, host: "no-such-host.invalid" },
        "postgres",
        ExitCode.Unavailable,
        /connection.host[\s\S]*no-such-host.invalid[\s\S]*inside a container/,
      ],
      [{ ...connection, port: await freePort() }, "postgres", ExitCode.Unavailable, /nothing accepts connections there/],
      [{ ...connection, host: "/nonexistent" }, "postgres", ExitCode.Unavailable, /no such socket/],
      [connection, "missing", ExitCode.Configuration, /no database of this name[\s\S]*case-sensitive/],
      [connection, "closed", ExitCode.Configuration, /not currently accepting connections/],
      [{ ...connection, user: "hasty", password: "h" }, "private", ExitCode.Permission, /GRANT CONNECT ON DATABASE "private" TO "hasty"/],
      [{ ...connection, sslMode: SslMode.VerifyFull }, "postgres", ExitCode.Configuration, /does not speak TLS/],
    ];
    for (const [given, database, exitCode, message] of cases) {
      const problem = await problemOf(openSession(given, database));
      expect(problem.message).toMatch(message);
      expect(problem.exitCode).toBe(exitCode);
    }
  });

  it.skipIf(skipped)("is not confused by PG variables of the surroundings", async () => {
    const before = { ...process.env };
    Object.assign(process.env, {
      PGHOST: "nowhere.invalid",
      PGUSER: "nobody",
      PGPASSWORD: "wrong",
      PGSSLMODE: "verify-full",
      PGDATABASE: "none",
    });
    try {
      await (await openSession(server.connection, "postgres")).end();
      const { password: _, ...without } = server.connection;
      expect((await problemOf(openSession(without, "postgres"))).message).toContain("none is configured");
    } finally {
      for (const name of ["PGHOST", "PGUSER", "PGPASSWORD", "PGSSLMODE", "PGDATABASE"]) delete process.env[name];
      Object.assign(process.env, before);
    }
  });

  it.skipIf(skipped)("knows its server, and asks a standby as well", async () => {
    const standby = await startStandby(server);
    try {
      const [session, other] = await Promise.all([
        openSession({ ...server.connection, user: "hasty", password: "h" }, "postgres"),
        openSession(standby.connection, "postgres"),
      ]);
      const [primary, replica] = [await readServer(session), await readServer(other)];
      expect(primary).toMatchObject({ major, inRecovery: false, timeline: 1, lsn: expect.stringMatching(/^[0-9A-F]+\/[0-9A-F]+$/) });
      expect(Math.abs(primary.clock.getTime() - Date.now())).toBeLessThan(2_000);
      expect(replica).toMatchObject({ major, inRecovery: true, timeline: 1, systemIdentifier: primary.systemIdentifier });
      await server.psql("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC");
      expect(await readServer(session)).toMatchObject({ systemIdentifier: null, timeline: 1 });
      await Promise.all([session.end(), other.end()]);
    } finally {
      await standby.stop();
    }
  });

  it.skipIf(skipped)("waits for a server that starts", async () => {
    await server.shutDown();
    const seen: string[] = [];
    const opening = openSessionWithRetry(server.connection, "postgres", 30_000, {
      ...silentReporter,
      info: (message) => seen.push(message),
    });
    setTimeout(() => void server.start(), 400);
    await (await opening).end();
    expect(seen[0]).toContain("nothing accepts connections there");
    await server.shutDown();
    const problem = await problemOf(openSessionWithRetry(server.connection, "postgres", 600, silentReporter));
    expect(problem.exitCode).toBe(ExitCode.Unavailable);
    await server.start();
  });

  it.skipIf(skipped ?? missingPgbouncer()).for(["transaction", "session", "statement"] as const)(
    "refuses pgbouncer in %s mode and leaves nothing behind in its sessions",
    async (poolMode) => {
      const pooler = await startPgbouncer(server, { poolMode });
      try {
        const problem = await problemOf(openSession(pooler.connection, "postgres"));
        expect(problem.exitCode).toBe(ExitCode.Configuration);
        expect(problem.message).toMatch(/a connection pooler is between[\s\S]*connect to PostgreSQL itself/);
        const args = ["-XAtq", "-h", pooler.connection.host, "-p", String(pooler.connection.port), "-U", "postgres", "-d", "postgres"];
        const shown = execFileSync(`${server.programFolder}/psql`, [...args, "-c", "SHOW search_path"], {
          env: { PGPASSWORD: server.connection.password ?? "" },
          encoding: "utf8",
        });
        expect(shown.trim()).toBe('"$user", public');
      } finally {
        await pooler.stop();
      }
    },
  );
});

// One major is enough here: what differs is our side and libpq's. Only servers built with OpenSSL have ssl.
describe.skipIf(missingPostgres(15))("TLS means the same to our sessions and to libpq", () => {
  const made: TestCertificates[] = [];
  const certificates = (name: string, days?: number) => {
    const one = makeCertificates(name, days);
    made.push(one);
    return one;
  };
  const servers: TestServer[] = [];
  const start = ({ certificate, key }: TestCertificates) => startWith(certificate, key);
  const startWith = async (certificate: string, key: string) => {
    const server = await startPostgres({ major: 15, settings: { ssl: true, ssl_cert_file: certificate, ssl_key_file: key } });
    servers.push(server);
    return server;
  };
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    for (const one of made) one.remove();
  });

  /** What a session of ours and psql under our environment say. */
  const both = async (connection: Connection) => {
    const ours = await openSession(connection, "postgres").then(
      async (session) => {
        const [row] = await session.query<{ ssl: boolean }>("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()");
        await session.end();
        return row?.ssl ? "encrypted" : "plain";
      },
      (error: ProblemError) => error.message,
    );
    let libpq: string;
    try {
      const args = [
        "-XAtq",
        "-d",
        "postgres",
        "-c",
        "SELECT CASE WHEN ssl THEN 'encrypted' ELSE 'plain' END FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
      ];
      libpq = execFileSync("/usr/lib/postgresql/15/bin/psql", args, {
        env: await childEnvironment(connection),
        encoding: "utf8",
        stdio: "pipe",
      }).trim();
    } catch (error) {
      libpq = String((error as { stderr?: string }).stderr ?? error);
    }
    return { ours, libpq };
  };

  it("with a good certificate", async () => {
    const good = certificates("IP:127.0.0.1");
    const server = await start(good);
    const encrypted = { ours: "encrypted", libpq: "encrypted" };
    for (const sslMode of [SslMode.VerifyFull, SslMode.VerifyCa]) {
      expect(await both({ ...server.connection, sslMode, sslRootCertificate: good.authority })).toEqual(encrypted);
      expect(await both({ ...server.connection, sslMode })).toEqual({
        ours: expect.stringContaining("an authority that is not trusted here"),
        libpq: expect.stringContaining("certificate verify failed"),
      });
    }
    expect(await both({ ...server.connection, sslMode: SslMode.Require })).toEqual(encrypted);
    // libpq would verify here, which pgkeep's `require` does not.
    expect(
      await both({ ...server.connection, sslMode: SslMode.Require, sslRootCertificate: certificates("IP:127.0.0.1").authority }),
    ).toEqual(encrypted);
    expect(await both({ ...server.connection, sslMode: SslMode.Disable })).toEqual({ ours: "plain", libpq: "plain" });
    expect(await both({ ...server.connection, host: server.socketFolder, sslMode: SslMode.VerifyFull })).toEqual({
      ours: "plain",
      libpq: "plain",
    });
  });

  it("with the authorities of Amazon RDS, which have not signed for this server", async () => {
    const own = certificates("IP:127.0.0.1");
    const server = await start(own);
    const { ours, libpq } = await both({ ...server.connection, sslMode: SslMode.VerifyFull, sslRootCertificate: "rds" });
    expect(ours).toMatch(/an authority that is not trusted here[\s\S]*verify-full, authorities from rds[\s\S]*global-bundle\.pem/);
    expect(ours).toContain("for any other server give the file with the authority's certificate as sslrootcert");
    expect(libpq).toContain("certificate verify failed");
  });

  it("with a certificate of another name", async () => {
    const foreign = certificates("DNS:db.example.org");
    const server = await start(foreign);
    expect(await both({ ...server.connection, sslMode: SslMode.VerifyFull, sslRootCertificate: foreign.authority })).toEqual({
      ours: expect.stringContaining("is for another name"),
      libpq: expect.stringContaining("does not match host name"),
    });
    expect(await both({ ...server.connection, sslMode: SslMode.VerifyCa, sslRootCertificate: foreign.authority })).toEqual({
      ours: "encrypted",
      libpq: "encrypted",
    });
  });

  it("with a certificate that has expired", async () => {
    const expired = certificates("IP:127.0.0.1", -1);
    const server = await start(expired);
    expect(await both({ ...server.connection, sslMode: SslMode.VerifyFull, sslRootCertificate: expired.authority })).toEqual({
      ours: expect.stringContaining("the server's certificate has expired"),
      libpq: expect.stringContaining("certificate verify failed"),
    });
  });

  it("with a certificate that signed itself", async () => {
    const { authority, authorityKey } = certificates("IP:127.0.0.1");
    const { connection } = await startWith(authority, authorityKey);
    expect(await both({ ...connection, sslMode: SslMode.VerifyFull, sslRootCertificate: certificates("IP:127.0.0.1").authority })).toEqual({
      ours: expect.stringMatching(/signed by itself|an authority that is not trusted/),
      libpq: expect.stringContaining("certificate verify failed"),
    });
    const problem = await problemOf(
      openSession({ ...connection, sslMode: SslMode.VerifyFull, sslRootCertificate: "/no/such.pem" }, "postgres"),
    );
    expect(problem.message).toContain("this file cannot be read (ENOENT)");
    expect(problem.exitCode).toBe(ExitCode.Configuration);
  });
});
