import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AddTagsToResourceCommand, CreateDBInstanceCommand, RDSClient } from "@aws-sdk/client-rds";
import { ExitCode, type PhysicalDrillResult, Verdict } from "@pgkeep/core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { putValidationResult } from "../../packages/agent/src/drill/physical/putValidationResult.js";
import { RESTORE_TEST_TAG } from "../../packages/agent/src/drill/physical/restoredInstance.js";
import { silentReporter } from "../../packages/agent/src/reporter.js";
import { Project } from "../agent/Project.js";
import { runHere } from "../agent/runHere.js";
import { type AnyS3, startMoto } from "../support/motoServer.js";
import { startPostgres, type TestServer } from "../support/postgresServer.js";
import { type BackupStandIn, type RdsFront, startBackupStandIn, startRdsFront } from "../support/restoreTestStandIns.js";

const JOB = "9F1B5D3C-0A5E-4F43-8AC2-1D9E7C1B0A11";

describe.skipIf(process.env.PGKEEP_MOTO === undefined)("a physical drill as AWS Backup's restore testing runs it", () => {
  let server: TestServer;
  let moto: AnyS3;
  let front: RdsFront;
  let backup: BackupStandIn;
  let client: RDSClient;
  let project: Project;

  beforeAll(async () => {
    server = await startPostgres({ major: 16, hostBasedAuthentication: ["local all all trust"] });
    await server.psql("CREATE DATABASE shop");
    await server.psql("CREATE TABLE orders AS SELECT n AS id FROM generate_series(1, 100) n", "shop");
    moto = await startMoto();
    front = await startRdsFront(moto.endpoint, { ...server, psql: (sql) => overSocket(sql) } as TestServer);
    backup = await startBackupStandIn();
    client = new RDSClient({
      region: "eu-west-1",
      endpoint: moto.endpoint,
      credentials: { accessKeyId: "key", secretAccessKey: "secret" },
    });
  });
  afterAll(async () => {
    client?.destroy();
    await front?.stop();
    await backup?.stop();
    await moto?.stop();
    await server?.stop();
  });
  beforeEach(() => {
    backup.results.clear();
    backup.fates.splice(0);
    backup.requests.splice(0);
    front.modified.splice(0);
    project = new Project();
    project.configure({ ...server.connection, port: 1 }, ["shop"], { drill: {} });
    Object.assign(project.environment, {
      PGPASSWORD: undefined,
      AWS_ACCESS_KEY_ID: "key",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_ENDPOINT_URL_RDS: front.endpoint,
      AWS_ENDPOINT_URL_BACKUP: backup.endpoint,
    });
  });
  afterEach(() => project.remove());

  /** As the superuser of the machine's own socket, whose password the drill does not change under us. */
  async function overSocket(sql: string): Promise<string> {
    const { default: pg } = await import("pg");
    const one = new pg.Client({ host: server.socketFolder, port: server.connection.port, user: "postgres", database: "postgres" });
    await one.connect();
    await one.query(sql).finally(() => one.end());
    return "";
  }

  async function restored(
    tags: { Key: string; Value: string }[],
    changes: { Engine?: string; MasterUsername?: string } = {},
  ): Promise<string> {
    const identifier = `restored-${randomBytes(4).toString("hex")}`;
    const { DBInstance } = await client.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: identifier,
        Engine: "postgres",
        EngineVersion: "16.4",
        DBInstanceClass: "db.t4g.micro",
        AllocatedStorage: 20,
        MasterUsername: "postgres",
        MasterUserPassword: "before-the-drill",
        Port: server.connection.port,
        ...changes,
      }),
    );
    const arn = DBInstance?.DBInstanceArn ?? "";
    if (tags.length > 0) await client.send(new AddTagsToResourceCommand({ ResourceName: arn, Tags: tags }));
    return arn;
  }

  const tagged = [{ Key: RESTORE_TEST_TAG, Value: "plan" }];
  const drill = async (...args: string[]) => await runHere(project, ["drill", "--physical", ...args]);

  it("sets a password on the tagged instance, waits until it is taken, passes, and tells AWS Backup SUCCESSFUL", async () => {
    const arn = await restored(tagged);
    const { exitCode, stdout, stderr } = await drill("--restored-arn", arn, "--restore-job", JOB);
    expect(exitCode, stderr).toBe(ExitCode.Done);
    expect(front.modified).toHaveLength(1);
    expect(front.modified[0]?.get("ApplyImmediately")).toBe("true");
    const password = front.modified[0]?.get("MasterUserPassword") ?? "";
    expect(password).toMatch(/^[\w-]{32}$/);
    expect(stdout + stderr).not.toContain(password);
    expect(stdout).toContain(arn);
    expect(backup.results.get(JOB)).toEqual({
      ValidationStatus: "SUCCESSFUL",
      ValidationStatusMessage: expect.stringMatching(/^PASS: pgkeep made \d+ checks/),
    });
    expect(backup.requests).toEqual([`PUT /restore-jobs/${JOB}/validations`]);
  });

  it("refuses an instance without the tag by name, changes nothing there, and tells AWS Backup that nothing was verified", async () => {
    const arn = await restored([{ Key: "env", Value: "production" }]);
    const { exitCode, stderr } = await drill("--restored-arn", arn, "--restore-job", JOB);
    expect(exitCode).toBe(ExitCode.Configuration);
    expect(stderr).toContain("does not carry the tag awsbackup-restore-test");
    expect(front.modified).toEqual([]);
    expect(backup.results.get(JOB)).toEqual({
      ValidationStatus: "FAILED",
      ValidationStatusMessage: expect.stringMatching(/^COULD_NOT_VERIFY: --restored-arn: no password/),
    });
  });

  it("signs in with the credentials that it is given, also to an instance without the tag", async () => {
    const arn = await restored([]);
    await overSocket("ALTER ROLE postgres PASSWORD 'given'");
    Object.assign(project.environment, { PGUSER: "postgres", PGPASSWORD: "given" });
    const { exitCode, stderr } = await drill("--restored-arn", arn);
    expect(exitCode, stderr).toBe(ExitCode.Done);
    expect(front.modified).toEqual([]);
    expect(backup.requests).toEqual([]);
  });

  it("sets no password of another user than the master, and none on another engine", async () => {
    Object.assign(project.environment, { PGUSER: "reader" });
    const other = await drill("--restored-arn", await restored(tagged));
    expect(other.exitCode).toBe(ExitCode.Configuration);
    expect(other.stderr).toContain("RDS sets only that of the master user, postgres");
    const mysql = await drill("--restored-arn", await restored(tagged, { Engine: "mysql" }));
    expect(mysql.exitCode).toBe(ExitCode.Configuration);
    expect(mysql.stderr).toContain("this is no RDS instance for PostgreSQL");
    expect(front.modified).toEqual([]);
  });

  it("tells FAILED with the name of the check for a copy that is damaged, and ends with 65", async () => {
    const arn = await restored(tagged);
    project.edit((config) => config.databases.push("jobs"));
    const { exitCode, stdout } = await drill(
      "--restored-arn",
      arn,
      "--restore-job",
      JOB,
      "--json",
      "--junit",
      "drill.xml",
      "--report",
      "drill.html",
    );
    expect(exitCode).toBe(ExitCode.DataWrong);
    const result = JSON.parse(stdout) as PhysicalDrillResult;
    expect(result).toMatchObject({ verdict: Verdict.Fail, copy: { restoredArn: arn, restoreJob: JOB } });
    expect(backup.results.get(JOB)).toEqual({
      ValidationStatus: "FAILED",
      ValidationStatusMessage: "FAIL: databases: database jobs of the configuration is not in the copy",
    });
    expect(readFileSync(join(project.folder, "drill.xml"), "utf8")).toContain('classname="pgkeep.physical-drill" name="databases"');
    expect(readFileSync(join(project.folder, "drill.html"), "utf8")).toContain("<title>FAIL: Physical drill, test</title>");
  });

  it("never tells SUCCESSFUL for what could not be verified", async () => {
    const arn = await restored(tagged);
    await overSocket("CREATE ROLE limited LOGIN PASSWORD 'limited'");
    Object.assign(project.environment, { PGUSER: "limited", PGPASSWORD: "limited" });
    const { exitCode } = await drill("--restored-arn", arn, "--restore-job", JOB);
    expect(exitCode).toBe(ExitCode.CouldNotVerify);
    expect(backup.results.get(JOB)).toMatchObject({
      ValidationStatus: "FAILED",
      ValidationStatusMessage: expect.stringMatching(/^COULD_NOT_VERIFY: /),
    });
  });

  it("tries again while AWS Backup is busy, and takes an answer that was lost for the result that stands", async () => {
    const told = {
      restoreJob: JOB,
      region: "eu-west-1",
      verdict: Verdict.Pass,
      message: "PASS",
      reporter: silentReporter,
      firstPauseMilliseconds: 10,
    };
    const environment = project.variables();
    backup.fates.push("busy", "busy", "busy", "busy", "busy");
    await putValidationResult({ ...told, environment });
    expect(backup.results.get(JOB)?.ValidationStatus).toBe("SUCCESSFUL");
    backup.fates.push("lose-answer");
    await putValidationResult({ ...told, environment, restoreJob: "lost" });
    expect(backup.results.get("lost")?.ValidationStatus).toBe("SUCCESSFUL");
    backup.fates.push(...Array(20).fill("busy"));
    await expect(putValidationResult({ ...told, environment, restoreJob: "never", patienceMilliseconds: 100 })).rejects.toMatchObject({
      exitCode: ExitCode.Unavailable,
    });
  });

  it("ends with the reason where AWS Backup could not be told that it passed, and with the verdict where it did not pass", async () => {
    const arn = await restored(tagged);
    backup.fates.push("forbidden");
    const passed = await drill("--restored-arn", arn, "--restore-job", JOB);
    expect(passed.exitCode).toBe(ExitCode.Permission);
    expect(passed.stdout).toContain("PASS");
    expect(passed.stderr).toContain("AWS Backup was not told SUCCESSFUL");
    backup.fates.push("forbidden");
    project.edit((config) => config.databases.push("jobs"));
    const failed = await drill("--restored-arn", arn, "--restore-job", JOB);
    expect(failed.exitCode).toBe(ExitCode.DataWrong);
    expect(failed.stderr).toContain("AWS Backup was not told FAILED");
  });

  it("refuses what names no instance, and options that belong to the other drill", async () => {
    expect((await drill("--restored-arn", "arn:aws:rds:eu-west-1:111122223333:cluster:c")).exitCode).toBe(ExitCode.Usage);
    expect((await drill()).exitCode).toBe(ExitCode.Usage);
    expect((await drill("latest")).exitCode).toBe(ExitCode.Usage);
    expect((await drill("--dry-run")).exitCode).toBe(ExitCode.Usage);
    expect((await runHere(project, ["drill", "--restore-job", JOB])).exitCode).toBe(ExitCode.Usage);
    const missing = await drill("--restored-arn", "arn:aws:rds:eu-west-1:123456789012:db:nowhere");
    expect(missing.exitCode).toBe(ExitCode.Configuration);
    expect(missing.stderr).toContain("DBInstanceNotFound");
  });
});
