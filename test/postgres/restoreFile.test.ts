import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { Encrypter, generateIdentity, identityToRecipient } from "age-encryption";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { silentReporter } from "../../packages/agent/src/reporter.js";
import { describePlan } from "../../packages/agent/src/restore/describePlan.js";
import type { RestoreFileOptions } from "../../packages/agent/src/restore/RestoreOptions.js";
import { restoreFile } from "../../packages/agent/src/restore/restoreFile.js";
import { createEveryObject } from "../support/fixtures/everyObject.js";
import { changesBetween, type PlainDump, plainDump } from "../support/fixtures/plainDump.js";
import { programFolder } from "../support/postgresPrograms.js";
import { startPostgres, type TestServer, testedMajors } from "../support/postgresServer.js";
import { problemOf } from "../support/problemOf.js";

describe.each(testedMajors)("a file that PostgreSQL %i's own tools made", (major) => {
  let server: TestServer;
  let folder: string;
  let before: PlainDump;
  const file = (name: string) => join(folder, name);
  const dump = (name: string, flags: string[], programs = server.programFolder) => {
    const { host, port, user, password } = server.connection;
    execFileSync(join(programs, "pg_dump"), [...flags, `--file=${file(name)}`, "every"], {
      env: { PGHOST: host, PGPORT: String(port), PGUSER: user, PGPASSWORD: password, PATH: process.env.PATH },
    });
    return file(name);
  };
  const restore = (path: string, changes: Partial<RestoreFileOptions> = {}) =>
    restoreFile({ connection: server.connection, file: path, database: "copy", reporter: silentReporter, ...changes });

  beforeAll(async () => {
    server = await startPostgres({ major });
    folder = mkdtempSync(join(tmpdir(), "pgkeep-file-"));
    await createEveryObject(server, "every");
    before = await plainDump(server, "every");
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** What a dump without --create does not hold is the database's own; what is respelled is by the server. */
  const expectCopy = async () => {
    const changes = changesBetween(before, await plainDump(server, "copy"));
    const names = changes
      .map(({ object }) => object)
      .filter((object) => !/^(DATABASE|DATABASE PROPERTIES|ACL DATABASE|COMMENT DATABASE) /.test(object));
    expect(names).toEqual(["DOMAIN app.currency", "TABLE app.measurement", "TABLE DATA app.painted_truck", "TABLE DATA app.truck"]);
    await server.psql("DROP DATABASE copy WITH (FORCE)").catch(async () => {
      await server.psql("ALTER SUBSCRIPTION every_subscription SET (slot_name = NONE); DROP SUBSCRIPTION every_subscription", "copy");
      if (major >= 16)
        await server.psql(
          "ALTER SUBSCRIPTION every_local_subscription SET (slot_name = NONE); DROP SUBSCRIPTION every_local_subscription",
          "copy",
        );
      await server.psql("DROP DATABASE copy WITH (FORCE)");
    });
  };

  it("comes back from a plain script, and it is said that nothing is proven", async () => {
    const result = await restore(dump("plain.sql", []));
    expect(result.notices[0]).toMatch(/nothing is proven about .*plain\.sql/);
    expect(result.checks).toEqual([]);
    expect(result.plan).toMatchObject({ recoveryPoint: null, file: file("plain.sql"), verify: false });
    await expectCopy();
  });

  it("comes back from a script packed by gzip or zstd, whatever its name", async () => {
    const script = readFileSync(file("plain.sql"));
    writeFileSync(file("packed.sql"), gzipSync(script));
    await restore(file("packed.sql"));
    await expectCopy();
    writeFileSync(file("packed.dump"), zstdCompressSync(script));
    await restore(file("packed.dump"));
    await expectCopy();
  });

  it("comes back from a script that drops everything first", async () => {
    await restore(dump("clean.sql", ["--clean"]));
    await expectCopy();
    await restore(dump("cleanIfExists.sql", ["--clean", "--if-exists"]));
    await expectCopy();
  });

  it("comes back from an archive, compressed inside or not, compared where its rows can be read", async () => {
    const compressed = await restore(dump("compressed.dump", ["-Fc"]));
    expect(compressed.notices.join("\n")).toMatch(/not read back and compared/);
    await expectCopy();
    const plain = await restore(dump("plain.dump", ["-Fc", "-Z0"]));
    expect(describePlan(plain.plan)).toContain("count what was restored and compare it with the rows of the file");
    expect(plain.checks).toMatchObject([{ name: "rows of copy", verdict: "PASS" }]);
    await expectCopy();
  });

  it("comes back from what a shell wrote into a file, where newer versions leave their table of contents twice", async () => {
    const { host, port, user, password } = server.connection;
    const written = file("redirected.dump");
    execFileSync("sh", ["-c", `${join(server.programFolder, "pg_dump")} -Fc -Z0 every > ${written}`], {
      env: { PGHOST: host, PGPORT: String(port), PGUSER: user, PGPASSWORD: password, PATH: process.env.PATH },
    });
    if (major >= 16) expect(statSync(written).size).toBeGreaterThan(statSync(file("plain.dump")).size + 10_000);
    expect((await restore(written)).checks).toMatchObject([{ verdict: "PASS" }]);
    await expectCopy();
  });

  it("comes back from tar and directory archives", async () => {
    await restore(dump("archive.tar", ["-Ft"]));
    await expectCopy();
    await restore(dump("archive.directory", ["-Fd"]));
    await expectCopy();
  });

  it("comes back encrypted by age around zstd, as pgkeep's own objects lie in a store", async () => {
    const identity = await generateIdentity();
    const encrypter = new Encrypter();
    encrypter.addRecipient(await identityToRecipient(identity));
    writeFileSync(file("object"), await encrypter.encrypt(zstdCompressSync(readFileSync(file("plain.dump")))));
    await restore(file("object"), { identities: [identity] });
    await expectCopy();
    expect((await problemOf(restore(file("object"), { identities: [await generateIdentity()] }))).exitCode).toBe(65);
  });

  it("comes back without owners and privileges into other hands", async () => {
    await server.psql("CREATE ROLE other LOGIN CREATEDB PASSWORD 'o'");
    const connection = { ...server.connection, user: "other", password: "o" };
    const script = file("owned.sql");
    writeFileSync(
      script,
      `CREATE SCHEMA app;\nALTER SCHEMA app OWNER TO nobody_here;\nCREATE TABLE app.t (a int);\nALTER TABLE app.t OWNER TO nobody_here;\nGRANT SELECT ON app.t TO nobody_here;\n`,
    );
    expect((await problemOf(restore(script, { connection }))).message).toContain("role nobody_here");
    await restore(script, { connection, noOwner: true, noAcl: true });
    expect(await server.psql("SELECT tableowner FROM pg_tables WHERE schemaname = 'app'", "copy")).toBe("other");
    await server.psql("DROP DATABASE copy; DROP ROLE other");
  });

  it("is refused when cut, and nothing is touched", async () => {
    for (const name of ["plain.sql", "packed.sql", "packed.dump", "plain.dump", "compressed.dump", "archive.tar"]) {
      const whole = readFileSync(file(name));
      for (const share of [0, 0.01, 0.5, 0.99]) {
        writeFileSync(file("cut"), whole.subarray(0, Math.floor(whole.length * share)));
        expect((await problemOf(restore(file("cut")))).exitCode, `${name} cut at ${share}`).toBe(65);
      }
    }
    expect(await server.psql("SELECT datname FROM pg_database WHERE datname LIKE 'copy%'")).toBe("");
  });

  it("is refused when it reaches beyond its database", async () => {
    const problem = await problemOf(restore(dump("create.sql", ["--create"])));
    expect(problem.exitCode).toBe(64);
    expect(problem.message).toMatch(/CREATE DATABASE every/);
    expect(problem.message).toMatch(/\\connect every/);
  });

  it("replaces a living database, which keeps its settings and privileges and stays beside", async () => {
    await server.psql("CREATE DATABASE living");
    await server.psql("ALTER DATABASE living SET work_mem = '9MB'; COMMENT ON DATABASE living IS 'lives'");
    await server.psql("CREATE TABLE today (a int)", "living");
    expect((await problemOf(restore(file("plain.dump"), { database: "living" }))).message).toContain("--yes-replace living");
    const result = await restore(file("plain.dump"), { database: "living", yesReplace: ["living"] });
    expect(
      await server.psql("SHOW work_mem; SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = 'living'", "living"),
    ).toBe("9MB\nlives");
    expect(await server.psql("SELECT count(*) FROM today", result.replaced[0]?.keptAs ?? "")).toBe("0");
  });

  it("leaves the living database alone when a statement fails in the middle", async () => {
    await server.psql(
      `SELECT format('ALTER SUBSCRIPTION %I SET (slot_name = NONE); DROP SUBSCRIPTION %I', subname, subname) FROM pg_subscription
        WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = 'living') \\gexec`,
      "living",
    );
    writeFileSync(file("broken.sql"), "CREATE TABLE one (a int);\nCREATE TABLE one (a int);\nCREATE TABLE two (a int);\n");
    const problem = await problemOf(restore(file("broken.sql"), { database: "living", yesReplace: ["living"] }));
    expect(problem.message).toContain('relation "one" already exists');
    expect(await server.psql("SELECT to_regclass('one') IS NULL", "living")).toBe("t");
    expect(await server.psql("SELECT datname FROM pg_database WHERE datname LIKE '%pgkeep%'")).toBe("");
  });

  if (major !== 15) return;
  it("comes back from what pg_dump 18 made of this older server", async () => {
    for (const [name, flags] of [
      ["newer.sql", []],
      ["newer.dump", ["-Fc", "-Z0"]],
      ["newer.tar", ["-Ft"]],
    ] as const) {
      await restore(dump(name, [...flags], programFolder(18)));
      await expectCopy();
    }
  });
});

describe("files that are no dump", () => {
  const folder = mkdtempSync(join(tmpdir(), "pgkeep-file-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  it.each<[string, Buffer, string]>([
    ["nothing", Buffer.alloc(0), "the file is empty"],
    ["PowerShell's UTF-16", Buffer.from("\uFEFFCREATE TABLE t (a int);", "utf16le"), "UTF-16"],
    ["bzip2", Buffer.from("BZh91AY"), "bunzip2"],
    ["a picture", Buffer.from("89504e470d0a1a0a0000000d", "hex"), "neither an SQL script nor an archive"],
    [
      "a tar of something",
      Buffer.concat([Buffer.from("readme.txt".padEnd(257, "\0")), Buffer.from("ustar\0"), Buffer.alloc(300)]),
      "not one that pg_dump -Ft made",
    ],
  ])("%s", async (_name, bytes, reason) => {
    const path = join(folder, "file");
    writeFileSync(path, bytes);
    const connection = {
      host: "/nonexistent",
      port: 1,
      user: "u",
      sslMode: "disable" as never,
      maintenanceDatabase: "postgres",
      connectTimeoutSeconds: 1,
    };
    expect((await problemOf(restoreFile({ connection, file: path, database: "x", reporter: silentReporter }))).message).toContain(reason);
  });
});
