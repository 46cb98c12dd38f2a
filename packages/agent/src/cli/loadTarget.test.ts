import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ExitCode, ProblemError } from "@pgkeep/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { aboutTarget, loadTarget } from "./loadTarget.js";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "pgkeep-target-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

async function problemsOf(uri: string, environment: NodeJS.ProcessEnv = {}): Promise<ProblemError> {
  return await loadTarget(uri, { HOME: home, ...environment }).then(
    () => expect.fail("it was taken"),
    (error: unknown) => (error instanceof ProblemError ? error : expect.fail(String(error))),
  );
}

describe("another server to restore into", () => {
  it("has nothing of the server that is backed up", async () => {
    const source = { PGHOST: "source", PGPORT: "1", PGUSER: "dumper", PGPASSWORD: "of the source", PGSSLMODE: "disable", PGDATABASE: "x" };
    expect(await loadTarget("postgresql://admin@db.example.org/maintenance", { HOME: home, ...source })).toMatchObject({
      host: "db.example.org",
      port: 5432,
      user: "admin",
      sslMode: "verify-full",
      maintenanceDatabase: "maintenance",
    });
    expect(await loadTarget("postgresql://admin@db.example.org", { HOME: home, ...source })).not.toHaveProperty("password");
  });

  it("has a password of its own, or the line of a password file that bears its name", async () => {
    const own = { HOME: home, PGPASSWORD: "of the source", PGKEEP_TARGET_PASSWORD: "its own" };
    expect(await loadTarget("postgresql://admin@db.example.org", own)).toMatchObject({ password: "its own" });
    writeFileSync(join(home, ".pgpass"), "source:*:*:*:of the source\ndb.example.org:*:*:admin:from the file\n", { mode: 0o600 });
    expect(await loadTarget("postgresql://admin@db.example.org", { HOME: home })).toMatchObject({ password: "from the file" });
    const file = join(home, "secret");
    writeFileSync(file, "from another\n", { mode: 0o600 });
    const named = { HOME: home, PGKEEP_TARGET_PASSWORD_FILE: file };
    expect(await loadTarget("postgresql://admin@db.example.org", named)).toMatchObject({ password: "from another" });
  });

  it("by IAM database authentication, when its own variable says so", async () => {
    const uri = "postgresql://admin@app.c9akciq32ab.eu-west-1.rds.amazonaws.com/postgres";
    const own = { HOME: home, PGKEEP_TARGET_AUTHENTICATION: "rds-iam", PGKEEP_TARGET_PASSWORD: "unused" };
    const keys = { AWS_ACCESS_KEY_ID: "AKID", AWS_SECRET_ACCESS_KEY: "secret" };
    const target = await loadTarget(uri, { ...own, ...keys });
    expect(target).toMatchObject({ rdsIam: { region: "eu-west-1" }, sslRootCertificate: "rds" });
    expect(target).not.toHaveProperty("password");
    expect(await target.rdsIam?.signToken?.(target)).toContain("DBUser=admin");
    expect(await loadTarget(uri, { HOME: home, ...keys })).not.toHaveProperty("rdsIam");
    const { problems } = await problemsOf("postgresql://admin@db.example.org", own);
    expect(problems[0]).toMatchObject({ where: "AWS_REGION", next: expect.stringContaining("the server that --to names") });
    const unknown = await problemsOf(uri, { PGKEEP_TARGET_AUTHENTICATION: "iam" });
    expect(unknown.problems[0]).toMatchObject({ where: "PGKEEP_TARGET_AUTHENTICATION", received: '"iam"', allowed: "password, rds-iam" });
  });

  it.each([
    ["a password", "postgresql://admin:hunter2@db.example.org/postgres", "every user of this machine can read a command line"],
    ["a password as a parameter", "postgresql://admin@db.example.org/postgres?password=hunter2", "every user of this machine"],
    ["no host", "postgresql:///postgres", "it names no host"],
    ["another form", "host=db.example.org password=hunter2", "libpq's keyword form"],
  ])("refuses %s and repeats nothing of it", async (_, uri, reason) => {
    const { exitCode, problems, message } = await problemsOf(uri);
    expect(exitCode).toBe(ExitCode.Usage);
    expect(problems).toMatchObject([{ where: "--to" }]);
    expect(message).toContain(reason);
    expect(message).not.toContain("hunter2");
  });

  it("names its own option and variables in what goes wrong", async () => {
    const { problems } = await problemsOf("postgresql://admin@db.example.org/postgres?sslmode=prefer");
    expect(problems[0]?.where).toBe("--to (uri)");
    const refused = new ProblemError(ExitCode.Permission, [
      { where: "connection.passwordFile", reason: "it was refused", next: "give it in PGPASSWORD" },
      { where: "connection.port", reason: "nothing listens" },
      { where: "database shop", reason: "it exists" },
    ]);
    expect((aboutTarget(refused) as ProblemError).problems).toMatchObject([
      { where: "PGKEEP_TARGET_PASSWORD", next: expect.stringContaining("PGKEEP_TARGET_PASSWORD_FILE") },
      { where: "--to (port)" },
      { where: "database shop" },
    ]);
  });
});
