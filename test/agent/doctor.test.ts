import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PutBucketPolicyCommand } from "@aws-sdk/client-s3";
import { ExitCode, type Problem, Verdict } from "@pgkeep/core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { freePort } from "../support/freePort.js";
import { missingPgbouncer, startPgbouncer } from "../support/pgbouncer.js";
import { programFolder } from "../support/postgresPrograms.js";
import { missingPostgres, startPostgres, startStandby, type TestServer } from "../support/postgresServer.js";
import { missingS3, startS3 } from "../support/s3Server.js";
import { Project } from "./Project.js";
import { createShop, SHOP } from "./shop.js";

interface Diagnosis {
  name: string;
  verdict: Verdict;
  details: string[];
  problems: Problem[];
}

let server: TestServer;
let project: Project;

beforeAll(async () => {
  server = await startPostgres();
  await createShop(server);
});
afterAll(() => server?.stop());
beforeEach(() => {
  project = new Project();
  project.configure(server.connection, SHOP);
});
afterEach(() => {
  expect(readdirSync(join(project.folder, "tmp")), "left behind in the temporary folder").toEqual([]);
  project.remove();
});

/** Everything that did not pass, by name. */
async function ailments(exitCode: ExitCode, environment: Record<string, string | undefined> = {}): Promise<Record<string, Diagnosis>> {
  const { checks, verdict } = await project.json<{ checks: Diagnosis[]; verdict: Verdict }>(["doctor"], { exitCode, environment });
  expect(checks.length).toBeGreaterThan(exitCode === ExitCode.Configuration ? 1 : 15);
  const sick = checks.filter((check) => check.verdict !== Verdict.Pass);
  expect(verdict).toBe(
    sick.some((check) => check.verdict === Verdict.Fail) ? Verdict.Fail : sick.length > 0 ? Verdict.CouldNotVerify : Verdict.Pass,
  );
  for (const { name, problems } of sick) expect(problems.length, name).toBeGreaterThan(0);
  return Object.fromEntries(sick.map((check) => [check.name, check]));
}

/** Names and verdicts of what did not pass. */
function verdicts(sick: Record<string, Diagnosis>): Record<string, Verdict> {
  return Object.fromEntries(Object.entries(sick).map(([name, { verdict }]) => [name, verdict]));
}

describe.skipIf(missingPostgres(15) !== undefined)("pgkeep doctor", () => {
  it("finds nothing where everything is well, and leaves one record", async () => {
    chmodSync(project.folder, 0o755);
    expect(await ailments(ExitCode.Done)).toEqual({});
    expect(readdirSync(join(project.store, "test"))).toEqual(["doctor"]);
    expect(readdirSync(join(project.store, "test", "doctor"))).toHaveLength(1);
    expect(await project.succeed(["doctor"])).toMatch(/^PASS: 20 checks, 20 PASS$/m);
    expect(await project.succeed(["list"])).toContain("No recovery point yet");
  });

  it("says that nothing else is known without a configuration", async () => {
    project.edit((config) => {
      config.databases = [];
    });
    const sick = await ailments(ExitCode.Configuration);
    expect(verdicts(sick)).toEqual({ configuration: Verdict.Fail, "everything else": Verdict.CouldNotVerify });
    expect(sick.configuration?.problems[0]?.where).toContain("databases");
  });

  it("makes every other check where the server cannot be reached", async () => {
    const port = await freePort();
    project.edit((config) => {
      config.connection.port = port;
    });
    const sick = await ailments(ExitCode.Unavailable);
    const unknown = [
      "programs",
      "databases",
      "contents of shop",
      "contents of shop-jobs",
      "roles",
      "one instant",
      "clocks",
      "drill",
      "drill room",
      "store room",
    ];
    expect(verdicts(sick)).toEqual({
      connection: Verdict.Fail,
      ...Object.fromEntries(unknown.map((name) => [name, Verdict.CouldNotVerify])),
    });
  });

  it("finds a wrong password, an open secret and a database that is missing", async () => {
    const file = join(project.folder, "password");
    writeFileSync(file, "wrong", { mode: 0o600 });
    expect(await ailments(ExitCode.Permission, { PGPASSWORD: undefined, PGPASSWORD_FILE: file })).toMatchObject({
      connection: { verdict: Verdict.Fail, problems: [{ where: "connection.passwordFile" }] },
    });
    chmodSync(file, 0o640);
    expect(await ailments(ExitCode.Configuration, { PGPASSWORD: undefined, PGPASSWORD_FILE: file })).toMatchObject({
      secrets: { verdict: Verdict.Fail, problems: [{ where: "PGPASSWORD_FILE", next: `chmod 600 ${file}` }] },
    });
    project.edit((config) => config.databases.push("shopp"));
    expect(await ailments(ExitCode.Configuration)).toMatchObject({
      databases: { verdict: Verdict.Fail, problems: [{ where: "databases[2]", received: "shopp" }] },
      "contents of shopp": { verdict: Verdict.Fail },
    });
  });

  it.skipIf(missingPgbouncer() !== undefined)("finds a pooler", async () => {
    const pooler = await startPgbouncer(server, { poolMode: "transaction" });
    try {
      project.configure(pooler.connection, SHOP);
      const sick = await ailments(ExitCode.Configuration);
      expect(sick.connection?.problems[0]?.reason).toContain("a connection pooler is between");
    } finally {
      await pooler.stop();
    }
  });

  it("names what the role may not dump, and takes a waiver", async () => {
    await server.psql("CREATE ROLE limited LOGIN PASSWORD 'limited' IN ROLE pg_read_all_data");
    await server.psql("CREATE TABLE hidden (id int); ALTER TABLE hidden ENABLE ROW LEVEL SECURITY", "shop");
    try {
      project.configure({ ...server.connection, user: "limited", password: "limited" }, SHOP);
      project.secrets.pop();
      const sick = await ailments(ExitCode.Permission);
      expect(sick["contents of shop"]).toMatchObject({
        verdict: Verdict.Fail,
        problems: [{ where: "database shop: row-level-security:public.hidden", next: expect.stringContaining("BYPASSRLS") }],
      });
      project.edit((config) => Object.assign(config, { dump: { waive: ["row-level-security:public.hidden"] } }));
      expect(await project.succeed(["doctor"])).toContain("but what is waived: row-level-security:public.hidden");
    } finally {
      await server.psql("DROP TABLE hidden", "shop");
      await server.psql("DROP ROLE limited");
    }
  });

  it.skipIf(missingPostgres(18) !== undefined)("finds programs that are older than the server", async () => {
    const newer = await startPostgres({ major: 18 });
    try {
      await createShop(newer);
      project.configure(newer.connection, SHOP, { dump: { programs: programFolder(15) } });
      const sick = await ailments(ExitCode.Configuration);
      expect(verdicts(sick)).toEqual({ programs: Verdict.Fail, drill: Verdict.CouldNotVerify });
    } finally {
      await newer.stop();
    }
  });

  it("does not call a standby fit whose replay goes on, and does not pause it only to see", async () => {
    const standby = await startStandby(server);
    try {
      project.configure(standby.connection, SHOP);
      expect(await ailments(ExitCode.Configuration)).toMatchObject({ "one instant": { verdict: Verdict.Fail } });
      project.edit((config) => Object.assign(config, { snapshot: { fallback: "pause-standby" } }));
      expect(await ailments(ExitCode.CouldNotVerify)).toMatchObject({ "one instant": { verdict: Verdict.CouldNotVerify } });
      expect(await standby.psql("SELECT pg_is_wal_replay_paused()")).toBe("f");
    } finally {
      await standby.stop();
    }
  });

  it("finds a folder that others can read, and one inside a git work tree", async () => {
    mkdirSync(project.store, { mode: 0o755 });
    chmodSync(project.store, 0o755);
    expect(await ailments(ExitCode.Configuration)).toMatchObject({
      "store privacy": {
        verdict: Verdict.Fail,
        problems: [{ where: "store.url", reason: expect.stringContaining("every user of this machine") }],
      },
    });
    chmodSync(project.store, 0o700);
    execFileSync("git", ["init", "-q", project.folder]);
    expect(await ailments(ExitCode.Configuration)).toMatchObject({
      "store privacy": { verdict: Verdict.Fail, problems: [{ reason: expect.stringContaining(`git work tree ${project.folder}`) }] },
    });
  });

  it("tries the keys: what a backup would encrypt must open with an identity at hand", async () => {
    const { host, port } = server.connection;
    for (const folder of ["a", "b"]) {
      await project.succeed([
        "init",
        folder,
        "--cluster",
        "test",
        "--database",
        "shop",
        "--host",
        host,
        "--port",
        String(port),
        "--user",
        "postgres",
        "--store",
        "store",
      ]);
    }
    project.environment.PGKEEP_CONFIG = join(project.folder, "a", "pgkeep.yaml");
    expect(await project.succeed(["doctor"])).toContain("1 of 1 identities at hand open what is encrypted now");
    const other = join(project.folder, "b", "keys", "identity.txt");
    execFileSync("cp", ["-p", other, join(project.folder, "a", "keys", "identity.txt")]);
    expect(await ailments(ExitCode.Configuration)).toMatchObject({
      encryption: { verdict: Verdict.Fail, problems: [{ where: "encryption.identityFile" }] },
    });
    execFileSync("cp", ["-p", join(project.folder, "b", "keys", "signing-key.pem"), join(project.folder, "a", "keys", "signing-key.pem")]);
    expect(await ailments(ExitCode.Configuration)).toMatchObject({
      secrets: { verdict: Verdict.Fail },
      signing: { verdict: Verdict.Fail },
    });
  });

  it("finds a work tree that is none", async () => {
    project.edit((config) => Object.assign(config, { application: { workTree: project.folder } }));
    expect(await ailments(ExitCode.Configuration)).toMatchObject({
      application: { verdict: Verdict.Fail, problems: [{ reason: expect.stringContaining("is no root of a git work tree") }] },
    });
  });

  it("finds files that are not there", async () => {
    project.edit((config) => Object.assign(config, { files: { root: project.folder, paths: ["pgkeep.yaml", ".env"] } }));
    expect(await ailments(ExitCode.Configuration)).toMatchObject({
      files: { verdict: Verdict.Fail, problems: [{ where: "files.paths[1]", received: ".env" }] },
    });
  });

  it.skipIf(missingPostgres(18) !== undefined)("knows before the first drill that an extension is missing for it", async () => {
    await server.psql("CREATE EXTENSION old_snapshot", "shop");
    try {
      // Gone since 17.
      project.edit((config) => Object.assign(config, { drill: { programs: programFolder(18) } }));
      expect(await ailments(ExitCode.CouldNotVerify)).toMatchObject({
        drill: { verdict: Verdict.CouldNotVerify, problems: [{ where: "extension old_snapshot" }] },
      });
      project.edit((config) => Object.assign(config, { drill: { programs: project.folder } }));
      expect(verdicts(await ailments(ExitCode.CouldNotVerify))).toEqual({ drill: Verdict.CouldNotVerify });
    } finally {
      await server.psql("DROP EXTENSION old_snapshot", "shop");
    }
  });

  it("examines a given scratch server too", async () => {
    const scratch = await startPostgres({ authentication: "trust" });
    try {
      project.edit((config) =>
        Object.assign(config, { drill: { connection: { host: "127.0.0.1", port: scratch.connection.port, user: "postgres" } } }),
      );
      expect(await project.succeed(["doctor"])).toContain("on the given server, PostgreSQL 15");
    } finally {
      await scratch.stop();
    }
  });

  it.skipIf(missingS3() !== undefined)("finds a bucket that anybody can read", async () => {
    const s3 = await startS3();
    try {
      await s3.createBucket("open");
      project.edit((config) => {
        config.store = { url: "s3://open/shop", endpoint: s3.endpoint, forcePathStyle: true };
      });
      Object.assign(project.environment, { AWS_ACCESS_KEY_ID: s3.accessKey, AWS_SECRET_ACCESS_KEY: s3.secretKey });
      expect(await project.succeed(["doctor"])).toContain("store privacy: refuses requests without credentials");
      const Statement = [{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::open/*" }];
      await s3.client.send(new PutBucketPolicyCommand({ Bucket: "open", Policy: JSON.stringify({ Version: "2012-10-17", Statement }) }));
      expect(await ailments(ExitCode.Configuration)).toMatchObject({
        "store privacy": { verdict: Verdict.Fail, problems: [{ reason: "anybody can read its objects without any credentials" }] },
      });
    } finally {
      await s3.stop();
    }
  });
});
