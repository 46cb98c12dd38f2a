import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PutBucketPolicyCommand } from "@aws-sdk/client-s3";
import { ExitCode } from "@pgkeep/core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { freePort } from "../support/freePort.js";
import { missingPgbouncer, startPgbouncer } from "../support/pgbouncer.js";
import { programFolder } from "../support/postgresPrograms.js";
import { missingPostgres, startPostgres, type TestServer } from "../support/postgresServer.js";
import { runProgram } from "../support/runProgram.js";
import { missingS3, startS3, type TestS3 } from "../support/s3Server.js";
import { serverAccount } from "../support/serverAccount.js";
import { type Ended, Project, type RunOptions } from "./Project.js";
import { createShop, SHOP } from "./shop.js";

/** What stands where secrets stand, so that it would be seen wherever it leaks. */
const CANARY = "canary-8f3a2c";
const SCREEN_LINES = 24;

let server: TestServer;
let project: Project;

beforeAll(async () => {
  server = await startPostgres();
  await createShop(server);
  await server.psql(`CREATE ROLE keeper SUPERUSER LOGIN PASSWORD '${CANARY}-password'`);
});
afterAll(() => server?.stop());
beforeEach(() => {
  project = new Project();
  project.configure({ ...server.connection, user: "keeper", password: `${CANARY}-password` }, SHOP);
  project.secrets.push(CANARY);
});
afterEach(() => {
  expect(readdirSync(join(project.folder, "tmp")), "left behind in the temporary folder").toEqual([]);
  project.remove();
});

/** Everything in a folder store, by key; also what is no object. */
function stored(): string[] {
  return existsSync(project.store)
    ? readdirSync(project.store, { recursive: true, withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map(({ parentPath, name }) => join(parentPath, name).slice(project.store.length + 1))
        .sort()
    : [];
}

interface Expected {
  exitCode: ExitCode;
  /** All of them must be on the screen. */
  says: (string | RegExp)[];
  /** What the run may leave in the store; nothing else. */
  leaves?: RegExp[];
}

/** Runs a command that must be refused, in the way that every refusal is promised to look. */
async function refused(args: string[], { exitCode, says, leaves = [] }: Expected, options: RunOptions = {}): Promise<Ended> {
  const before = stored();
  const ended = await project.run(args, options);
  const { stdout, stderr } = ended;
  if (process.env.SHOW) console.log(stderr);
  expect(ended.exitCode, stderr).toBe(exitCode);
  expect(stdout).toBe("");
  expect(stderr.trimEnd().split("\n").length, stderr).toBeLessThanOrEqual(SCREEN_LINES);
  expect(stderr).toMatch(/^error: /m);
  expect(stderr).toMatch(/^ {2}next: +\S/m);
  expect(stderr, "a stack trace").not.toMatch(/^\s+at /m);
  for (const text of says) {
    if (typeof text === "string") expect(stderr).toContain(text);
    else expect(stderr).toMatch(text);
  }
  // A refused backup leaves no more than the record that it was refused.
  const added = stored().filter((key) => !before.includes(key) && !/(^|\/)audit(\/|$)/.test(key));
  expect(added.filter((key) => !leaves.some((one) => one.test(key)))).toEqual([]);
  // The same for programs.
  const json = await project.run([...args, "--json"], options);
  expect(json.exitCode).toBe(exitCode);
  const { error } = JSON.parse(json.stdout) as { error: { exitCode: number; problems: { where: string; reason: string }[] } };
  expect(error.exitCode).toBe(exitCode);
  for (const { where, reason } of error.problems) expect([where, reason]).not.toContain("");
  return ended;
}

/** What a run that began leaves: its first sign of life, and no manifest. */
const BEGUN = /^test\/points\/[^/]+\/[^/]+\/begin\.json$/;

describe.skipIf(missingPostgres(15) !== undefined)("bad input gets one screen with the way out, and nothing is half done", () => {
  it("an unknown key in the configuration", async () => {
    project.edit((config) => {
      config.databses = ["x"];
      config.connection.password = CANARY;
      config.connection.sslMode = "require";
    });
    await refused(["backup"], {
      exitCode: ExitCode.Configuration,
      says: ["databses", "did you mean databases?", "pgkeep.yaml:", "did you mean sslmode?", "PGPASSWORD_FILE"],
    });
  });

  it("two databases with one name", async () => {
    project.edit((config) => {
      config.databases = ["shop", "shop-jobs", "shop"];
    });
    await refused(["backup"], {
      exitCode: ExitCode.Configuration,
      says: ["databases[2]", '"shop"', "same as entry 0", "remove one of them"],
    });
  });

  it("a database that does not exist", async () => {
    project.edit((config) => config.databases.push("Shop"));
    await refused(["backup"], {
      exitCode: ExitCode.Configuration,
      says: ["databases[2]", "Shop", "postgres, shop, shop-jobs", "correct the name"],
    });
  });

  it("a host that has no address, and a port where nobody answers", async () => {
    project.edit((config) => {
      config.connection.host = "db.invalid";
      config.connection.sslmode = "disable";
    });
    await refused(["backup"], { exitCode: ExitCode.Unavailable, says: ["connection.host", "db.invalid", "no address is known"] });
    const port = await freePort();
    project.edit((config) => {
      config.connection.host = "127.0.0.1";
      config.connection.port = port;
    });
    await refused(["backup"], {
      exitCode: ExitCode.Unavailable,
      says: ["connection.port", `127.0.0.1:${port}`, "nothing accepts connections there"],
    });
  });

  it("a wrong password, and none", async () => {
    await refused(
      ["backup"],
      { exitCode: ExitCode.Permission, says: ["connection.passwordFile", "for user keeper (not shown)", "PGPASSWORD_FILE"] },
      { environment: { PGPASSWORD: `${CANARY}-wrong` } },
    );
    await refused(
      ["backup"],
      { exitCode: ExitCode.Permission, says: ["connection.passwordFile", "asks for a password of user keeper and none is configured"] },
      { environment: { PGPASSWORD: undefined } },
    );
  });

  it("a password file that others can read", async () => {
    const file = join(project.folder, "password");
    writeFileSync(file, `${CANARY}-password\n`);
    chmodSync(file, 0o644);
    await refused(
      ["backup"],
      { exitCode: ExitCode.Configuration, says: ["PGPASSWORD_FILE", file, "mode 0644", "chmod 600"] },
      { environment: { PGPASSWORD: undefined, PGPASSWORD_FILE: file } },
    );
  });

  it.skipIf(missingPostgres(18) !== undefined)("programs older than the server", async () => {
    const newer = await startPostgres({ major: 18 });
    try {
      await createShop(newer);
      project.configure(newer.connection, SHOP, { dump: { programs: programFolder(15) } });
      await refused(["backup"], { exitCode: ExitCode.Configuration, says: ["programs", "15.", "PostgreSQL 18", "postgresql-client-18"] });
      project.edit((config) => delete config.dump);
      // Without the machine's usual folders there would be nothing newer; here there may be, so only the folder is asked for.
      await refused(["restore", "latest"], {
        exitCode: ExitCode.NoSuchRecoveryPoint,
        says: ["recovery point", "latest", "run `pgkeep backup` first"],
      });
    } finally {
      await newer.stop();
    }
  });

  it.skipIf(missingPgbouncer() !== undefined).each(["session", "transaction"] as const)("a pooler in %s mode", async (poolMode) => {
    const pooler = await startPgbouncer(server, { poolMode });
    try {
      project.configure(pooler.connection, SHOP);
      await refused(["backup"], {
        exitCode: ExitCode.Configuration,
        says: ["connection", `127.0.0.1:${pooler.connection.port}`, "a connection pooler is between", "a direct connection to the server"],
      });
    } finally {
      await pooler.stop();
    }
  });

  describe("no room in the store", () => {
    const leaves = [BEGUN, /globals\.sql\.zst$/, /shop-jobs\.dump\.zst$/];

    beforeAll(() => server.psql("CREATE TABLE noise AS SELECT gen_random_uuid() AS id FROM generate_series(1, 200000)", "shop"));
    afterAll(() => server.psql("DROP TABLE noise", "shop"));

    it.skipIf(process.getuid?.() !== 0 || process.platform !== "linux")("a file system that is full", async () => {
      mkdirSync(project.store);
      await runProgram("mount", ["-t", "tmpfs", "-o", "size=1m,mode=700", "tmpfs", project.store]);
      try {
        const says = ["shop.dump.zst", "no room is left there", "nothing appeared under this name", "make room"];
        await refused(["backup"], { exitCode: ExitCode.NoSpace, says, leaves });
      } finally {
        await runProgram("umount", [project.store]);
      }
    });

    it("a limit on the size of files", async () => {
      const says = ["shop.dump.zst", "a file may not become this large there", "ulimit -f"];
      await refused(["backup"], { exitCode: ExitCode.NoSpace, says, leaves }, { largestFileKilobytes: 512 });
    });
  });

  it("a store that may not be written", async () => {
    mkdirSync(project.store, { mode: 0o755 });
    const account = serverAccount();
    if (!account) chmodSync(project.store, 0o555);
    await refused(
      ["backup"],
      { exitCode: ExitCode.Permission, says: [project.store, "the operating system does not allow it", "give the account"] },
      account ? { account } : {},
    );
  });

  it("a store on a file system that is not mounted", async () => {
    project.edit((config) => {
      config.store.url = `file://${project.folder}/not/mounted`;
    });
    await refused(["backup"], {
      exitCode: ExitCode.Configuration,
      says: ["not/mounted", "store.url", "may be a file system that is not mounted", "mkdir -p"],
    });
  });

  it("clocks that differ", async () => {
    const shifted = {
      node: ["--import", fileURLToPath(new URL("./shiftedClock.mjs", import.meta.url))],
      environment: { PGKEEP_TEST_CLOCK_SHIFT: "600000" },
    };
    await refused(
      ["backup"],
      {
        exitCode: ExitCode.Configuration,
        says: ["clock of the PostgreSQL server", "it is 600 s behind this machine's", "at most 5 minutes", "correct the wrong clock"],
        leaves: [BEGUN],
      },
      shifted,
    );
    await project.succeed(["backup"], { ...shifted, environment: { PGKEEP_TEST_CLOCK_SHIFT: "200000" } });
  });

  it("a command line that means nothing", async () => {
    await refused(["restore", "latest", "--in-place"], {
      exitCode: ExitCode.Usage,
      says: ["--in-place", "--in-place --clean --yes-replace NAME"],
    });
    await refused(["restore"], { exitCode: ExitCode.Usage, says: ["recovery point", "latest-proven", "pgkeep list"] });
    await refused(["drill", "yesterday"], {
      exitCode: ExitCode.Usage,
      says: ["yesterday", "this is not the id of a recovery point", "pgkeep list"],
    });
    await refused(["init", "--store", "s"], { exitCode: ExitCode.Usage, says: ["--cluster", "--database"] });
    const { exitCode, stderr } = await project.run(["restore", "latest", "--jobs", "0"]);
    expect(exitCode).toBe(ExitCode.Usage);
    expect(stderr).toContain("'--jobs <number>' argument '0' is invalid. Allowed: a whole number from 1 to 64.");
  });
});

describe.skipIf(missingPostgres(15) !== undefined || missingS3() !== undefined)("bad input over S3", () => {
  let s3: TestS3;
  const secret = `${CANARY}-store`;

  beforeAll(async () => {
    s3 = await startS3();
  });
  afterAll(() => s3?.stop());

  function configureBucket(bucket: string, { accessKey, secretKey } = s3 as { accessKey: string; secretKey: string }): void {
    project.edit((config) => {
      config.store = { url: `s3://${bucket}/backups`, endpoint: s3.endpoint, forcePathStyle: true };
    });
    Object.assign(project.environment, { AWS_ACCESS_KEY_ID: accessKey, AWS_SECRET_ACCESS_KEY: secretKey });
    project.secrets.push(secretKey);
  }

  it("a bucket that does not exist", async () => {
    configureBucket("nowhere");
    await refused(["backup"], {
      exitCode: ExitCode.Configuration,
      says: ["s3://nowhere/backups", "the bucket does not exist there", "create the bucket, or correct store.url"],
    });
  });

  it("a wrong secret key", async () => {
    await s3.createBucket("wrong-key");
    configureBucket("wrong-key", { accessKey: s3.accessKey, secretKey: secret });
    await refused(["backup"], {
      exitCode: ExitCode.Permission,
      says: ["s3://wrong-key", "the server does not accept these credentials", "AWS_SECRET_ACCESS_KEY"],
    });
  });

  it("credentials that may read and not write", async () => {
    await s3.createBucket("read-only");
    const reader = await s3.createUser();
    const Statement = ["s3:GetObject", "s3:ListBucket"].map((Action) => ({
      Effect: "Allow",
      Principal: { AWS: [reader.accessKey] },
      Action,
      Resource: `arn:aws:s3:::read-only${Action === "s3:GetObject" ? "/*" : ""}`,
    }));
    await s3.client.send(new PutBucketPolicyCommand({ Bucket: "read-only", Policy: JSON.stringify({ Version: "2012-10-17", Statement }) }));
    configureBucket("read-only", reader);
    await refused(["backup"], {
      exitCode: ExitCode.Permission,
      says: ["s3://read-only", "these credentials may not do this", "s3:PutObject"],
    });
    const doctor = await project.json<{ checks: { name: string; verdict: string }[] }>(["doctor"], { exitCode: ExitCode.Permission });
    expect(doctor.checks).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: "store", verdict: "PASS" }),
        expect.objectContaining({ name: "store writes", verdict: "FAIL" }),
        expect.objectContaining({ name: "store privacy", verdict: "COULD_NOT_VERIFY" }),
      ]),
    );
  });

  it("an S3 server that is not there", async () => {
    configureBucket("gone");
    const port = await freePort();
    project.edit((config) => {
      config.store.endpoint = `http://127.0.0.1:${port}`;
    });
    await refused(["list"], { exitCode: ExitCode.Unavailable, says: ["s3://gone", "the store cannot be reached", "check store.endpoint"] });
  });
});
