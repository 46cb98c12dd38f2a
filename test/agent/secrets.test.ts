import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { missingPostgres, startPostgres, type TestServer } from "../support/postgresServer.js";
import { missingS3, startS3, type TestS3 } from "../support/s3Server.js";
import { ProcessWatch } from "./ProcessWatch.js";
import { Project } from "./Project.js";
import { createShop, dropShop, SHOP } from "./shop.js";

let server: TestServer;
let s3: TestS3;
let project: Project;
const password = `canary-${randomBytes(8).toString("hex")}`;

beforeAll(async () => {
  // Every statement is logged, so that one with a secret in it would be seen.
  server = await startPostgres({ settings: { log_statement: "all" } });
  s3 = await startS3();
  await createShop(server);
  await server.psql("CREATE ROLE keeper SUPERUSER LOGIN");
  await server.psql(`SET log_statement = 'none'; ALTER ROLE keeper PASSWORD '${password}'`);
});
afterAll(async () => {
  await server?.stop();
  await s3?.stop();
});
beforeEach(() => {
  project = new Project();
});
afterEach(() => project.remove());

const readable = (path: string) => readFileSync(path, "utf8");

/** Each test runs a dozen commands or two, one after another: on a busy machine that takes minutes. */
const PATIENCE_MILLISECONDS = 480_000;

describe.skipIf(missingPostgres(15) !== undefined || missingS3() !== undefined || process.platform !== "linux")("secrets", () => {
  it("never appear in a command line, a log, an object, and only where they are needed in an environment", {
    timeout: PATIENCE_MILLISECONDS,
  }, async () => {
    const { host, port } = server.connection;
    await s3.createBucket("discreet");
    const databases = SHOP.flatMap((name) => ["--database", name]);
    await project.succeed([
      ...[
        "init",
        "--cluster",
        "shop",
        ...databases,
        "--host",
        host,
        "--port",
        String(port),
        "--user",
        "keeper",
        "--store",
        "s3://discreet/shop",
      ],
    ]);
    const root = join(project.folder, "application");
    mkdirSync(root);
    writeFileSync(join(root, ".env"), "TOKEN=of-the-application\n");
    project.edit((config) => {
      Object.assign(config.store, { endpoint: s3.endpoint, forcePathStyle: true });
      config.files = { root, paths: [".env"] };
      // By variables, the most talkative way there is.
      delete config.encryption.identityFile;
      delete config.signing.privateKeyFile;
    });
    const identity =
      /^AGE-SECRET-KEY-\S+$/m.exec(readable(join(project.folder, "keys", "identity.txt")))?.[0] ?? expect.fail("no identity");
    const pem = readable(join(project.folder, "keys", "signing-key.pem"));
    const signingKey = pem.split("\n")[1] ?? expect.fail("no signing key");
    Object.assign(project.environment, {
      PGPASSWORD: password,
      PGKEEP_IDENTITY: identity,
      PGKEEP_SIGNING_KEY: pem,
      AWS_ACCESS_KEY_ID: s3.accessKey,
      AWS_SECRET_ACCESS_KEY: s3.secretKey,
    });
    const secrets = [password, identity, signingKey, s3.secretKey];
    project.secrets.push(...secrets);

    let current: number | undefined;
    const watch = new ProcessWatch(secrets, () => current);
    const succeed = async (args: string[]) => {
      const running = project.start(args);
      current = running.child.pid;
      const { exitCode, stdout, stderr } = await running.ended;
      expect(exitCode, `${stdout}\n${stderr}`).toBe(0);
    };
    const hooks = ["--stop", `env > ${project.folder}/stop.txt`, "--start", `env > ${project.folder}/start.txt`];
    try {
      await succeed(["doctor", "--log-format", "json"]);
      await succeed(["backup"]);
      await succeed(["backup", "--log-format", "json"]);
      await succeed(["drill"]);
      await dropShop(server);
      await succeed(["restore", "latest", ...hooks]);
      await succeed(["restore", "latest", "--jobs", "2", "--as", "shop=a", "--as", "shop-jobs=b", "--files", "out"]);
    } finally {
      watch.stop();
    }
    expect(watch.looks).toBeGreaterThan(200);
    expect([...watch.indiscreet]).toEqual([]);
    const environments = Object.fromEntries(watch.environments);
    expect(Object.keys(environments)).toEqual(expect.arrayContaining(["pg_dump", "pg_restore", "postgres"]));
    // libpq's programs get the one password that they log in with, by the environment; no program gets anything else.
    for (const [program, held] of watch.environments) {
      expect([program, [...held].filter((text) => text !== password)]).toEqual([program, []]);
    }
    expect(environments.postgres).toEqual(new Set());
    for (const name of ["stop.txt", "start.txt"]) {
      for (const secret of secrets) expect(readable(join(project.folder, name))).not.toContain(secret);
    }

    for (const secret of [...secrets, "of-the-application"]) {
      for (const [key, bytes] of await objects()) expect([key, bytes.includes(secret)]).toEqual([key, false]);
      expect(server.log().includes(secret)).toBe(false);
      expect(s3.log().includes(secret)).toBe(false);
    }
  });

  it("are not repeated by the errors about them", { timeout: PATIENCE_MILLISECONDS }, async () => {
    project.configure({ ...server.connection, user: "keeper", password }, SHOP);
    const canary = "canary-in-a-wrong-place";
    project.secrets.push(canary);
    const file = join(project.folder, "key.txt");
    writeFileSync(file, `AGE-SECRET-KEY-1${canary.toUpperCase()}\n${canary}\n`, { mode: 0o600 });
    project.secrets.push(canary.toUpperCase());

    const refusals: [what: string, args: string[], exitCode: number, environment?: Record<string, string>][] = [
      ["a wrong password", ["backup"], 77, { PGPASSWORD: canary }],
      ["a damaged identity", ["config", "check"], 78, { PGKEEP_IDENTITY_FILE: file }],
      ["a damaged identity of an option", ["drill", "--identity-file", file], 66],
      [
        "a damaged signing key",
        ["backup"],
        78,
        { PGKEEP_SIGNING_KEY: `-----BEGIN PRIVATE KEY-----\n${canary}\n-----END PRIVATE KEY-----` },
      ],
      [
        "a password in a URI that was typed",
        ["init", "x", "--cluster", "c", "--database", "d", "--store", "s", "--uri", `postgresql://u:${canary}@h/d`],
        78,
      ],
      ["a password in a target that was typed", ["restore", "latest", "--to", `postgresql://u:${canary}@h/d`], 64],
      [
        "credentials in a store's address",
        ["init", "x", "--cluster", "c", "--database", "d", "--store", `s3://key:${canary}@bucket/x`],
        78,
      ],
      ["a password in an address that is checked", ["restore", "latest", "--check-url", `ftp://u:${canary}@h/`], 64],
    ];
    await project.succeed(["backup"], { environment: {} });
    for (const [what, args, exitCode, environment = {}] of refusals) {
      for (const json of [[], ["--json"]]) {
        const ended = await project.run([...args, ...json], { environment });
        expect(ended.exitCode, `${what}: ${ended.stderr}`).toBe(what === "a damaged identity of an option" ? 78 : exitCode);
      }
    }
    // In the configuration itself.
    for (const change of [
      (config: Record<string, Record<string, unknown>>) => Object.assign(config, { connection: { uri: `postgresql://u:${canary}@h/d` } }),
      (config: Record<string, Record<string, unknown>>) =>
        Object.assign(config, { encryption: { recipients: [`AGE-SECRET-KEY-1${canary.toUpperCase()}`] } }),
      (config: Record<string, Record<string, unknown>>) =>
        Object.assign(config, { store: { url: "s3://b/p", endpoint: `https://u:${canary}@h` } }),
      (config: Record<string, Record<string, unknown>>) => Object.assign(config, { password: canary }),
    ]) {
      project.edit(change);
      expect((await project.run(["config", "check"])).exitCode).toBe(78);
      expect((await project.run(["doctor", "--json"])).exitCode).toBe(78);
    }
    expect(readdirSync(project.folder)).not.toContain("x");
  });
});

async function objects(): Promise<[key: string, bytes: Buffer][]> {
  const { Contents = [] } = await s3.client.send(new ListObjectsV2Command({ Bucket: "discreet" }));
  expect(Contents.length).toBeGreaterThan(6);
  return await Promise.all(
    Contents.map(async ({ Key = "" }): Promise<[string, Buffer]> => {
      const { Body } = await s3.client.send(new GetObjectCommand({ Bucket: "discreet", Key }));
      return [Key, await buffer(Body as Readable)];
    }),
  );
}
