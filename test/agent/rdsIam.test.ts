import { afterAll, beforeAll, expect, it } from "vitest";
import { missingPostgres } from "../support/postgresServer.js";
import { RDS_IAM_HBA, type RdsIamStandIn, startRdsIam } from "../support/rdsIamStandIn.js";
import { type SimulatedRds, startSimulatedRds } from "../support/simulatedRds.js";
import { ProcessWatch } from "./ProcessWatch.js";
import { Project } from "./Project.js";

let rds: SimulatedRds;
let standIn: RdsIamStandIn;
let project: Project;

// Of the servers that are tested only 15 has a libpq with TLS.
const missing = missingPostgres(15);

beforeAll(async () => {
  if (missing) return;
  rds = await startSimulatedRds({ major: 15, hostBasedAuthentication: RDS_IAM_HBA });
  await rds.psql(
    "CREATE ROLE dumper LOGIN; GRANT rds_iam, pg_read_all_data TO dumper; CREATE ROLE restorer LOGIN CREATEDB IN ROLE rds_iam",
  );
  await rds.psql("CREATE DATABASE shop; GRANT CREATE ON DATABASE shop TO master");
  await rds.psql("CREATE TABLE orders AS SELECT n, repeat('x', 200) AS text FROM generate_series(1, 20000) n", "shop");
  standIn = await startRdsIam(rds.server);
  project = new Project();
  const { host, port, sslRootCertificate } = standIn.connection;
  project.write({
    version: 1,
    cluster: "shop",
    connection: {
      host,
      port,
      user: "dumper",
      authentication: "rds-iam",
      awsRegion: "eu-west-1",
      sslmode: "verify-full",
      sslrootcert: sslRootCertificate,
    },
    databases: ["shop"],
    store: { url: `file://${project.store}` },
  });
  Object.assign(project.environment, standIn.environment);
  project.secrets.push(standIn.environment.AWS_SECRET_ACCESS_KEY, standIn.environment.AWS_SESSION_TOKEN, "X-Amz-Signature");
});
afterAll(async () => {
  project?.remove();
  await standIn?.stop();
  await rds?.server.stop();
});

it.skipIf(missing)(
  "a whole life by IAM database authentication: doctor, backup, drill, restore, and never a token where it can be read",
  async () => {
    expect(await project.succeed(["config", "check"])).toContain(
      "IAM database authentication in eu-west-1, password from a token for each connection",
    );
    expect(await project.succeed(["doctor"])).toContain("IAM database authentication in eu-west-1, no pooler in between");

    let running: number | undefined;
    const texts = [standIn.environment.AWS_SECRET_ACCESS_KEY, standIn.environment.AWS_SESSION_TOKEN, "X-Amz-Signature"];
    const watch = new ProcessWatch(texts, () => running);
    const { child, ended } = project.start(["backup"]);
    running = child.pid;
    const { exitCode, stderr } = await ended;
    watch.stop();
    expect(exitCode, stderr).toBe(0);
    expect(watch.looks).toBeGreaterThan(10);
    expect([...watch.indiscreet]).toEqual([]);
    // pg_dump gets its own token, with the session's in it, and never the key that signs.
    expect([...(watch.environments.get("pg_dump") ?? [])].sort()).toEqual(
      ["X-Amz-Signature", standIn.environment.AWS_SESSION_TOKEN].sort(),
    );
    expect(await project.succeed(["drill", "latest"])).toContain("PASS");

    const { host, port, sslRootCertificate = "" } = standIn.connection;
    const to = `postgresql://restorer@${host}:${port}/postgres?sslmode=verify-full&sslrootcert=${encodeURIComponent(sslRootCertificate)}`;
    const environment = { PGKEEP_TARGET_AUTHENTICATION: "rds-iam", AWS_REGION: "eu-west-1" };
    const restored = await project.succeed(
      ["restore", "latest", "--to", to, "--database", "shop", "--as", "shop_back", "--no-owner", "--no-acl", "--jobs", "2"],
      { environment },
    );
    expect(restored).toMatch(/rows of shop.*1 table, 20,000 rows read back and equal/);
    expect(await rds.server.psql("SELECT count(*) FROM orders", "shop_back")).toBe("20000");
    expect(standIn.refused).toEqual([]);
    expect(standIn.admitted.length).toBeGreaterThan(10);
  },
);

it.skipIf(missing)("tells of two jobs that it takes one, since pg_restore connects again with the token that it began with", async () => {
  const { host, port, sslRootCertificate = "" } = standIn.connection;
  const to = `postgresql://restorer@${host}:${port}/postgres?sslmode=verify-full&sslrootcert=${encodeURIComponent(sslRootCertificate)}`;
  const environment = { PGKEEP_TARGET_AUTHENTICATION: "rds-iam", AWS_REGION: "eu-west-1" };
  const args = [
    "restore",
    "latest",
    "--to",
    to,
    "--database",
    "shop",
    "--as",
    "again",
    "--no-owner",
    "--no-acl",
    "--jobs",
    "2",
    "--dry-run",
  ];
  expect((await project.run(args, { environment })).stderr + (await project.run(args, { environment })).stdout).toContain(
    "one job instead of 2",
  );
});

it.skipIf(missing)("a run whose AWS session has ended stops with exit code 77 and says what to see to", async () => {
  const { exitCode, stderr } = await project.run(["backup"], { environment: { AWS_SESSION_TOKEN: "of yesterday" } });
  expect(exitCode, stderr).toBe(77);
  expect(stderr).toContain("PAM authentication failed");
  expect(stderr).toContain("rds-db:connect");
  expect(stderr).not.toContain("of yesterday");
});
