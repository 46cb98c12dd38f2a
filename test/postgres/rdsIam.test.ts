import { execFile } from "node:child_process";
import { join } from "node:path";
import { inspect, promisify } from "node:util";
import { type Connection, ExitCode } from "@pgkeep/core";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { childEnvironment } from "../../packages/agent/src/postgresql/childEnvironment.js";
import { rdsTokenSigner } from "../../packages/agent/src/postgresql/rdsToken.js";
import { openSession, openSessionWithRetry, refusePooler } from "../../packages/agent/src/postgresql/session.js";
import { silentReporter } from "../../packages/agent/src/reporter.js";
import { missingPostgres, startPostgres, type TestServer } from "../support/postgresServer.js";
import { problemOf } from "../support/problemOf.js";
import { RDS_IAM_HBA, type RdsIamStandIn, startRdsIam } from "../support/rdsIamStandIn.js";

const MINUTE = 60;

// Of the servers that are tested only 15 has a libpq with TLS.
describe.skipIf(missingPostgres(15))("IAM database authentication, against a stand-in for RDS's in front of PostgreSQL 15", () => {
  let server: TestServer;
  let standIn: RdsIamStandIn;
  beforeAll(async () => {
    server = await startPostgres({ major: 15, hostBasedAuthentication: RDS_IAM_HBA });
    await server.psql("CREATE ROLE rds_iam; CREATE ROLE dumper LOGIN IN ROLE rds_iam; CREATE ROLE outsider LOGIN PASSWORD 'its own'");
    standIn = await startRdsIam(server);
  });
  afterAll(async () => {
    await standIn?.stop();
    await server?.stop();
  });
  afterEach(() => {
    vi.useRealTimers();
    standIn.secondsAhead = 0;
    standIn.admitted.length = 0;
    standIn.refused.length = 0;
  });

  const signed = (environment: Record<string, string> = standIn.environment, changes: Partial<Connection> = {}): Connection => ({
    ...standIn.connection,
    ...changes,
    rdsIam: { region: "eu-west-1", signToken: rdsTokenSigner("eu-west-1", environment) },
  });
  const userOf = async (connection: Connection) => {
    const session = await openSession(connection, "postgres");
    await refusePooler(session, connection);
    const [row] = await session.query<{ user: string }>("SELECT session_user AS user");
    await session.end();
    return row?.user;
  };

  it("opens sessions, each with a token of its own", async () => {
    const connection = signed();
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    expect(await userOf(connection)).toBe("dumper");
    // Two tokens of one second are the same text.
    vi.setSystemTime(Date.now() + 2_000);
    expect(await Promise.all([userOf(connection), userOf(connection)])).toEqual(["dumper", "dumper"]);
    expect(standIn.admitted).toHaveLength(3);
    expect(new Set(standIn.admitted).size).toBe(2);
    expect(standIn.refused).toEqual([]);
  });

  it("gives pg_dump and psql a token each, in their environment", async () => {
    const connection = signed();
    const run = async (program: string, args: string[]) => {
      const env = { ...(await childEnvironment(connection)), PGDATABASE: "postgres" };
      return (await promisify(execFile)(join(server.programFolder, program), ["--no-password", ...args], { env })).stdout;
    };
    expect(await run("psql", ["-XAtc", "SELECT session_user"])).toBe("dumper\n");
    expect(await run("pg_dump", [])).toContain("PostgreSQL database dump complete");
    expect(standIn.admitted).toHaveLength(2);
  });

  it("outlives its token in a long run, and is refreshed for whatever connects again", async () => {
    const connection = signed();
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    const oldToken = (await childEnvironment(connection)).PGPASSWORD ?? "";
    const long = await openSession(connection, "postgres");
    for (let round = 1; round <= 8; round++) {
      // The stand-in lives in this process and goes by the same clock.
      vi.setSystemTime(Date.now() + 20 * MINUTE * 1000);
      expect(await userOf(connection)).toBe("dumper");
      expect(await long.query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
    }
    await long.end();
    expect(new Set(standIn.admitted).size).toBe(9);
    // The token that the run began with, used again.
    const { rdsIam: _, ...byPassword } = connection;
    const problem = await problemOf(openSession({ ...byPassword, password: oldToken }, "postgres"));
    expect(standIn.refused).toEqual(["it has expired"]);
    expect(problem.message).not.toContain(oldToken);
  });

  it("a token of a machine whose clock is behind is refused, and the message says where to look", async () => {
    standIn.secondsAhead = 16 * MINUTE;
    const problem = await problemOf(openSession(signed(), "postgres"));
    expect(standIn.refused).toEqual(["it has expired"]);
    expect(problem.exitCode).toBe(ExitCode.Permission);
    expect(problem.message).toMatch(/PAM authentication failed[\s\S]*rds-db:connect on arn:aws:rds-db:eu-west-1:[\s\S]*clock is right/);
    standIn.secondsAhead = 14 * MINUTE;
    expect(await userOf(signed())).toBe("dumper");
  });

  it.each([
    ["another secret key", { AWS_SECRET_ACCESS_KEY: "wrong" }, "its signature is wrong"],
    ["another access key", { AWS_ACCESS_KEY_ID: "AKIDOTHER" }, "it is of another key, Region or service"],
    ["a session that has ended", { AWS_SESSION_TOKEN: "older" }, "it is of another session"],
  ])("with %s is refused at once and not tried again", async (_, changes, reason) => {
    const environment = { ...standIn.environment, ...changes };
    const problem = await problemOf(openSessionWithRetry(signed(environment), "postgres", 30_000, silentReporter));
    expect(standIn.refused).toEqual([reason]);
    expect(problem.exitCode).toBe(ExitCode.Permission);
    for (const secret of Object.values(environment)) expect(inspect(problem, { depth: 9 })).not.toContain(secret);
  });

  it("of a role that is not in rds_iam says to grant it, and a password for one that is says that IAM is wanted", async () => {
    const outsider = await problemOf(openSession(signed(standIn.environment, { user: "outsider" }), "postgres"));
    expect(outsider.message).toContain('GRANT rds_iam TO "outsider"');
    const { rdsIam: _, ...byPassword } = standIn.connection;
    const member = await problemOf(openSession({ ...byPassword, password: "hunter2" }, "postgres"));
    expect(member.message).toMatch(/member of rds_iam[\s\S]*connection.authentication: rds-iam/);
    expect(member.message).not.toContain("hunter2");
    expect(await userOf({ ...byPassword, user: "outsider", password: "its own" })).toBe("outsider");
  });

  it("without any AWS credentials says where they come from", async () => {
    const names = ["AWS_ACCESS_KEY_ID", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_PROFILE"];
    for (const name of names) vi.stubEnv(name, undefined);
    vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
    vi.stubEnv("AWS_CONFIG_FILE", "/nonexistent");
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent");
    try {
      const problem = await problemOf(openSession(signed({}), "postgres"));
      expect(problem.exitCode).toBe(ExitCode.Configuration);
      expect(problem.message).toMatch(/no token can be signed without AWS credentials[\s\S]*role of the ECS task/);
      const child = await problemOf(childEnvironment(signed({})));
      expect(child.message).toContain("no token can be signed");
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it("shows no token, whatever is printed", async () => {
    const connection = signed();
    const session = await openSession(connection, "postgres");
    const shown = inspect([session, connection], { depth: 9, showHidden: true });
    await session.end();
    for (const secret of [...Object.values(standIn.environment), ...standIn.admitted]) expect(shown).not.toContain(secret);
  });
});
