import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { DrillResult, Manifest } from "@pgkeep/core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { missingPostgres, startPostgres, type TestServer } from "../support/postgresServer.js";
import { runProgram } from "../support/runProgram.js";
import { missingS3, startS3, type TestS3 } from "../support/s3Server.js";
import { Project } from "./Project.js";
import { createShop, dropShop, SHOP, shopContents } from "./shop.js";

/** As `list --json` prints it. */
interface List {
  cluster: string;
  store: string;
  recoveryPoints: { id: string; state: string; bytes: number; drills: { verdict: string }[] }[];
  leftovers: { id: string; attempt: string; objects: number }[];
}
interface Doctor {
  verdict: string;
  exitCode: number;
  checks: { name: string; verdict: string; details: string[]; problems: { where: string; reason: string }[] }[];
}

let server: TestServer;
let s3: TestS3 | undefined;
let project: Project;

beforeAll(async () => {
  server = await startPostgres();
  if (missingS3() === undefined) s3 = await startS3();
});
afterAll(async () => {
  await server?.stop();
  await s3?.stop();
});
beforeEach(async () => {
  await createShop(server);
  project = new Project();
  project.environment.PGPASSWORD = server.connection.password;
});
afterEach(async () => {
  await server.psql(
    "SELECT format('DROP DATABASE %I WITH (FORCE)', datname) FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres' \\gexec",
  );
  await server.psql("DROP ROLE IF EXISTS shop");
  expect(readdirSync(join(project.folder, "tmp")), "left behind in the temporary folder").toEqual([]);
  project.remove();
});

async function init(store: string): Promise<void> {
  const { host, port, user } = server.connection;
  const databases = SHOP.flatMap((name) => ["--database", name]);
  await project.succeed([
    "init",
    "--cluster",
    "shop",
    ...databases,
    "--host",
    host,
    "--port",
    String(port),
    "--user",
    user,
    "--store",
    store,
  ]);
  for (const key of ["identity.txt", "escrow-identity.txt", "signing-key.pem"]) {
    const secret = readFileSync(join(project.folder, "keys", key), "utf8")
      .split("\n")
      .find((line) => line !== "" && !line.startsWith("#") && !line.startsWith("-----"));
    project.secrets.push(secret ?? expect.fail(`no key in ${key}`));
  }
}

/** Where a project's recovery points go, and what a store needs said in the configuration. */
const STORES = [
  { kind: "a folder", missing: undefined, prepare: () => Promise.resolve("./store") },
  {
    kind: "S3",
    missing: missingS3(),
    prepare: async () => {
      if (!s3) throw new Error("no S3 server");
      const bucket = `bucket-${Date.now()}`;
      await s3.createBucket(bucket);
      Object.assign(project.environment, { AWS_ACCESS_KEY_ID: s3.accessKey, AWS_SECRET_ACCESS_KEY: s3.secretKey });
      project.secrets.push(s3.secretKey);
      return `s3://${bucket}/backups`;
    },
  },
];

describe.skipIf(missingPostgres(15) !== undefined)("from nothing to restored databases", () => {
  for (const { kind, missing, prepare } of STORES) {
    it.skipIf(missing !== undefined)(`over ${kind}: init, doctor, backup, list, show, drill, loss, restore`, async () => {
      const store = await prepare();
      await init(store);
      if (store.startsWith("s3:")) project.edit((config) => Object.assign(config.store, { endpoint: s3?.endpoint, forcePathStyle: true }));
      const before = await shopContents(server);

      expect(await project.succeed(["config", "check"])).toContain("cluster        shop");
      const doctor = await project.json<Doctor>(["doctor"]);
      expect(doctor.checks.filter(({ verdict }) => verdict !== "PASS")).toEqual([]);
      expect(doctor.verdict).toBe("PASS");

      const backup = await project.succeed(["backup"]);
      const [, id = ""] = /Recovery point (\S+) is committed/.exec(backup) ?? [];
      expect(id).toMatch(/^\d{8}T\d{6}Z-\w{8}$/);
      const list = await project.json<List>(["list"]);
      expect(list).toMatchObject({ cluster: "shop", recoveryPoints: [{ id, state: "checked", drills: [] }], leftovers: [] });
      const { manifest } = await project.json<{ manifest: Manifest }>(["show", id]);
      expect(manifest.databases.map(({ name }) => name)).toEqual(SHOP);
      expect(manifest.signature).not.toBeNull();
      expect(await project.succeed(["show"])).toMatch(/public\.customer +500 /);

      const drill = await project.succeed(["drill"]);
      expect(drill).toContain(`Drill of recovery point ${id}: PASS`);
      expect(drill).toMatch(/measured RTO/);
      expect(drill).toMatch(/shop-jobs +public\.job +1,000 .* yes/);
      expect((await project.json<List>(["list"])).recoveryPoints).toMatchObject([{ id, state: "proven", drills: [{ verdict: "PASS" }] }]);

      await dropShop(server);
      const rehearsal = await project.succeed(["restore", "latest-proven", "--dry-run"]);
      expect(rehearsal).toContain("Nothing was touched");
      expect(await server.psql("SELECT count(*) FROM pg_database WHERE datname LIKE '%shop%'")).toBe("0");
      expect(await project.succeed(["restore", "latest-proven"])).toContain("PASS  rows of shop");
      expect(await shopContents(server)).toEqual(before);
    });
  }

  it("an escrow key alone opens everything; another key, or none, is refused", async () => {
    await init("store");
    await project.succeed(["backup"]);
    // The escrow identity on its way back from the safe, the daily one lost.
    renameSync(join(project.folder, "keys", "escrow-identity.txt"), join(project.folder, "from-the-safe.txt"));
    renameSync(join(project.folder, "keys", "identity.txt"), join(project.folder, "lost.txt"));
    project.edit((config) => delete config.encryption.identityFile);
    const escrow = ["--identity-file", "from-the-safe.txt"];
    expect(await project.succeed(["drill", ...escrow])).toContain("the identity of recipient 2 of 2, age1");

    const none = await project.run(["drill"]);
    expect(none.exitCode, none.stderr).toBe(78);
    expect(none.stderr).toMatch(/identity/);

    const other = new Project();
    await other.succeed(["init", "--cluster", "other", "--database", "x", "--store", "s"]);
    const foreign = await project.run(["drill", "--identity-file", join(other.folder, "keys", "identity.txt")]);
    other.remove();
    expect(foreign.exitCode, foreign.stderr).toBe(79);
    expect(`${foreign.stdout}${foreign.stderr}`).toMatch(/identit/);

    await dropShop(server);
    await project.succeed(["restore", "latest", ...escrow]);
    expect(await server.psql("SELECT count(*) FROM job", "shop-jobs")).toBe("1000");
  });

  it("an edited manifest and one that another key signed are refused by every reader", async () => {
    await init("store");
    await project.succeed(["backup"]);
    const manifests = join(project.store, "shop", "manifests");
    const [file = ""] = readdirSync(manifests);
    const text = readFileSync(join(manifests, file), "utf8");
    writeFileSync(
      join(manifests, file),
      text.replace('"cluster": "shop"', '"cluster": "shop" ').replace('"owner": "shop"', '"owner": "mallory"'),
    );
    const edited = await project.run(["show"]);
    expect(edited.exitCode).toBe(65);
    expect(edited.stderr).toContain("does not fit its own checksum");
    writeFileSync(join(manifests, file), text);
    project.edit((config) => {
      config.signing.publicKeys = ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="];
    });
    for (const command of [["show"], ["drill"], ["restore", "latest", "--dry-run"]]) {
      const { exitCode, stderr } = await project.run(command);
      expect(exitCode, command.join(" ")).toBe(65);
      expect(stderr).toContain("signature is not valid for any configured key");
    }
  });

  it("saved files come back with their contents and modes, and nothing that exists is overwritten", async () => {
    await init("store");
    const root = join(project.folder, "application");
    mkdirSync(join(root, "config"), { recursive: true });
    writeFileSync(join(root, ".env"), "TOKEN=not to be seen\n", { mode: 0o600 });
    writeFileSync(join(root, "config", "override.yaml"), "services: {}\n", { mode: 0o644 });
    project.edit((config) => Object.assign(config, { files: { root, paths: [".env", "config"] } }));
    project.secrets.push("not to be seen");
    await project.succeed(["backup"]);

    expect(await project.succeed(["restore", "latest", "--no-databases", "--files", "out", "--dry-run"])).toContain("would be extracted");
    expect(existsSync(join(project.folder, "out"))).toBe(false);
    const report = await project.json<{ databases: unknown; files: { paths: string[] } }>([
      "restore",
      "latest",
      "--no-databases",
      "--files",
      "out",
    ]);
    expect(report).toMatchObject({ databases: null, files: { paths: [".env", "config", "config/override.yaml"] } });
    expect(readFileSync(join(project.folder, "out", ".env"), "utf8")).toBe("TOKEN=not to be seen\n");
    expect(statSync(join(project.folder, "out", ".env")).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(project.folder, "out", "config", "override.yaml"), "utf8")).toBe("services: {}\n");

    const again = await project.run(["restore", "latest", "--no-databases", "--files", "out"]);
    expect(again.exitCode).toBe(64);
    expect(again.stderr).toContain("nothing is overwritten");
  });

  it("replaces living databases only when their names are typed, keeps the old ones and says the way back", async () => {
    await init("store");
    await project.succeed(["backup"]);
    const before = await shopContents(server);
    await server.psql("DELETE FROM job", "shop-jobs");
    const refused = await project.run(["restore", "latest", "--yes-replace", "shop"]);
    expect(refused.exitCode).toBe(64);
    expect(refused.stderr).toContain("--yes-replace shop-jobs");
    expect(await server.psql("SELECT count(*) FROM job", "shop-jobs")).toBe("0");

    const restored = await project.succeed(["restore", "latest", "--yes-replace", "shop", "--yes-replace", "shop-jobs"]);
    expect(await shopContents(server)).toEqual(before);
    expect(restored).toMatch(/To put the old databases back in place:\n {2}BEGIN;/);
    const [, kept = ""] = /shop-jobs .* kept as (\S+)/.exec(restored) ?? [];
    expect(await server.psql("SELECT count(*) FROM job", kept)).toBe("0");

    await project.succeed(["restore", "latest", "--database", "shop", "--as", "shop-yesterday"]);
    await project.succeed(["restore", "latest", "--as", "shop=copy", "--as", "shop-jobs=copy-jobs"]);
    expect(await shopContents(server, ["copy", "copy-jobs"])).toEqual(before);
    await server.psql("TRUNCATE job", "copy-jobs");
    await project.succeed([
      "restore",
      "latest",
      "--database",
      "shop-jobs",
      "--as",
      "copy-jobs",
      "--in-place",
      "--clean",
      "--yes-replace",
      "copy-jobs",
    ]);
    expect(await shopContents(server, ["copy", "copy-jobs"])).toEqual(before);
  });

  it("restores into another server, whose password is not the first one's", async () => {
    await init("store");
    await project.succeed(["backup"]);
    const before = await shopContents(server);
    const target = await startPostgres();
    try {
      await target.psql("CREATE ROLE restorer SUPERUSER LOGIN PASSWORD 'of the other server'");
      const to = ["--to", `postgresql://restorer@127.0.0.1:${target.connection.port}/postgres`];
      const without = await project.run(["restore", "latest", ...to]);
      expect(without.exitCode).toBe(77);
      expect(without.stderr).toContain("PGKEEP_TARGET_PASSWORD");
      expect(without.stderr).not.toContain("PGPASSWORD,");
      await project.succeed(["restore", "latest", ...to], { environment: { PGKEEP_TARGET_PASSWORD: "of the other server" } });
      expect(await shopContents(target)).toEqual(before);
      const typed = await project.run(["restore", "latest", "--to", "postgresql://restorer:hunter2@127.0.0.1/postgres"]);
      expect(typed.exitCode).toBe(64);
      expect(`${typed.stdout}${typed.stderr}`).not.toContain("hunter2");
    } finally {
      await target.stop();
    }
  });

  it("restores a dump that somebody made, on a machine without a configuration", async () => {
    const environment = { PATH: process.env.PATH, PGPASSWORD: server.connection.password };
    const { host, port, user } = server.connection;
    const dump = await runProgram(join(server.programFolder, "pg_dump"), ["-h", host, "-p", String(port), "-U", user, "shop"], {
      env: environment,
    });
    writeFileSync(join(project.folder, "theirs.sql.gz"), gzipSync(dump));
    const target = ["--to", `postgresql://${user}@${host}:${port}/postgres`];
    const own = { environment: { PGPASSWORD: undefined, PGKEEP_TARGET_PASSWORD: server.connection.password } };
    const printed = await project.succeed(["restore", "--file", "theirs.sql.gz", "--into", "theirs", ...target], own);
    expect(printed).toContain("nothing is proven about");
    expect(await server.psql('SELECT count(*) FROM "order"', "theirs")).toBe("2000");
    const again = await project.run(["restore", "--file", "theirs.sql.gz", "--into", "theirs", ...target], own);
    expect(again.exitCode).toBe(64);
    expect(again.stderr).toContain("--yes-replace theirs");
  });

  it("stops the application around the swap, starts it whatever happens, and keeps the way back when it is not well", async () => {
    await init("store");
    await project.succeed(["backup"]);
    const hooks = ["--stop", "echo stopped >> log", "--start", "echo started >> log"];
    const well = createServer((_, response) => response.end("ok"));
    await new Promise<void>((resolve) => well.listen(0, "127.0.0.1", resolve));
    const address = `http://127.0.0.1:${(well.address() as AddressInfo).port}/health`;
    const replace = [
      "restore",
      "latest",
      "--database",
      "shop",
      "--yes-replace",
      "shop",
      "--drop-replaced",
      ...hooks,
      "--check-url",
      address,
    ];
    try {
      const restored = await project.succeed(replace);
      expect(restored).toContain(`PASS  application: ${address} answered status 200`);
      expect(restored).not.toContain("put the old databases back");
    } finally {
      well.close();
      well.closeAllConnections();
    }
    const ill = await project.run([...replace, "--check-for", "1s"]);
    expect(ill.exitCode).toBe(65);
    expect(ill.stdout).toContain(`FAIL  application: ${address}`);
    expect(ill.stdout).toContain("To put the old databases back in place:");
    expect(readFileSync(join(project.folder, "log"), "utf8")).toBe("stopped\nstarted\n".repeat(2));
  });

  it("prints JSON with keys that programs may rely on", async () => {
    await init("store");
    const keys = (value: object) => Object.keys(value).sort();
    const doctor = await project.json<Doctor>(["doctor"]);
    expect(keys(doctor)).toEqual(["checks", "exitCode", "verdict"]);
    expect(keys(doctor.checks[0] ?? {})).toEqual(["details", "exitCode", "name", "problems", "verdict"]);
    expect(doctor.checks.map(({ name }) => name)).toEqual([
      ...[
        "configuration",
        "secrets",
        "encryption",
        "signing",
        "files",
        "application",
        "connection",
        "programs",
        "databases",
        "contents of shop",
      ],
      ...[
        "contents of shop-jobs",
        "roles",
        "one instant",
        "store",
        "store writes",
        "clocks",
        "store privacy",
        "store room",
        "drill",
        "drill room",
      ],
    ]);
    expect(keys(await project.json<object>(["backup"]))).toEqual(["anomaly", "committedBefore", "manifest"]);
    const list = await project.json<List>(["list"]);
    expect(keys(list)).toEqual(["cluster", "leftovers", "newer", "recoveryPoints", "store"]);
    expect(keys(list.recoveryPoints[0] ?? {})).toEqual([
      "accepted",
      "application",
      "before",
      "bytes",
      "committedAt",
      "drills",
      "good",
      "id",
      "pinned",
      "proven",
      "removing",
      "slot",
      "state",
    ]);
    const shown = await project.json<object>(["show"]);
    expect(keys(shown)).toEqual(["acceptance", "drills", "manifest", "pinned", "removing", "state", "suspicion"]);
    expect(keys(await project.json<DrillResult>(["drill"]))).toEqual([
      ...[
        "agentVersion",
        "application",
        "checks",
        "cluster",
        "compareMilliseconds",
        "endedAt",
        "formatVersion",
        "id",
        "manifestChecksum",
        "neverProven",
      ],
      ...["respelled", "restoreMilliseconds", "scratch", "startedAt", "tables", "verdict"],
    ]);
    const restore = await project.json<{ databases: object }>(["restore", "latest", "--as", "shop=a", "--as", "shop-jobs=b"]);
    expect(keys(restore)).toEqual(["databases", "files"]);
    expect(keys(restore.databases)).toEqual(["checks", "dryRun", "leftOut", "milliseconds", "notices", "plan", "replaced", "roles"]);
    expect(keys(await project.json<object>(["config", "check"]))).toEqual(["facts"]);
    expect(await project.json<object>(["config", "print"])).toMatchObject({ version: 1, cluster: "shop", snapshot: { timeout: "30s" } });
    const failure = await project.json<{ error: object }>(["show", "20200101T000000Z-00000000"], { exitCode: 66 });
    expect(keys(failure.error)).toEqual(["exitCode", "problems"]);
    const usage = await project.json<object>(["lst"], { exitCode: 64 });
    expect(usage).toEqual({
      error: { exitCode: 64, problems: [{ where: "command line", reason: "unknown command 'lst'", next: "Did you mean list?" }] },
    });
  });
});
