import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { zstdCompressSync } from "node:zlib";
import type { Manifest } from "@pgkeep/core";
import { generateIdentity, identityToRecipient } from "age-encryption";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openSession } from "../../packages/agent/src/postgresql/session.js";
import { silentReporter } from "../../packages/agent/src/reporter.js";
import type { RestoreOptions } from "../../packages/agent/src/restore/RestoreOptions.js";
import { restoreFile } from "../../packages/agent/src/restore/restoreFile.js";
import { runRestore } from "../../packages/agent/src/restore/runRestore.js";
import { backUp, newFolderStore, type TestStore } from "../support/backupRun.js";
import { startPostgres, type TestServer } from "../support/postgresServer.js";
import { problemOf } from "../support/problemOf.js";

let server: TestServer;
let other: TestServer;
let store: TestStore;
let manifest: Manifest;
let identity: string;
const secret = "the reader's own";

beforeAll(async () => {
  identity = await generateIdentity();
  [server, other] = await Promise.all([startPostgres({ major: 15 }), startPostgres({ major: 18 })]);
  store = await newFolderStore();
  await server.psql(
    `CREATE ROLE owner; CREATE ROLE "Read ""er" LOGIN PASSWORD '${secret.replaceAll("'", "''")}'; CREATE DATABASE app OWNER owner`,
  );
  await server.psql('CREATE TABLE t AS SELECT 1 AS one; GRANT SELECT ON t TO "Read ""er"', "app");
  const recipients = [await identityToRecipient(identity)];
  const config = { encryption: { recipients }, dump: { rolePasswords: true } };
  ({ manifest } = await backUp({ connection: server.connection, store: store.store, databases: ["app"], config }));
});
afterAll(async () => {
  await Promise.all([server?.stop(), other?.stop()]);
  await store?.remove();
});

const restore = (changes: Partial<RestoreOptions> = {}) =>
  runRestore({ store: store.store, connection: other.connection, manifest, identities: [identity], reporter: silentReporter, ...changes });

it("brings passwords back where they were saved, and leaves those that exist", async () => {
  const result = await restore();
  expect(result.roles).toMatchObject({ created: expect.arrayContaining(['Read "er', "owner"]), withoutPassword: [] });
  const session = await openSession({ ...other.connection, user: 'Read "er', password: secret }, "app");
  expect(await session.query("SELECT one FROM public.t")).toEqual([{ one: 1 }]);
  await session.end();
  await other.psql(`ALTER ROLE "Read ""er" PASSWORD 'changed'`);
  await restore({ databases: [{ name: "app", as: "again" }] });
  await (await openSession({ ...other.connection, user: 'Read "er', password: "changed" }, "again")).end();
});

it("refuses a wrong key and no key, before anything is touched", async () => {
  const before = await other.psql("SELECT datname FROM pg_database ORDER BY 1");
  for (const identities of [[await generateIdentity()], []]) {
    const problem = await problemOf(restore({ identities, databases: [{ name: "app", as: "never" }] }));
    expect([65, 78]).toContain(problem.exitCode);
    expect(problem.message).not.toMatch(/AGE-SECRET-KEY-1[A-Z0-9]/);
  }
  expect(await other.psql("SELECT datname FROM pg_database ORDER BY 1")).toBe(before);
});

it("runs nothing forged: with a signature every object is read whole before the first statement", async () => {
  const plain = await newFolderStore();
  try {
    const { manifest: made } = await backUp({ connection: server.connection, store: plain.store, databases: ["app"] });
    const object = made.databases[0]?.object;
    if (!object) throw new Error("no object");
    const path = join(plain.folder, object.key);
    chmodSync(path, 0o600);
    // Another dump, whole in itself, that would make a role for whoever forged it.
    await server.psql("CREATE DATABASE forged");
    await server.psql(
      "CREATE TABLE t AS SELECT 1 AS one; CREATE EXTENSION IF NOT EXISTS plpgsql; COMMENT ON TABLE t IS 'forged'",
      "forged",
    );
    const { host, port, user, password } = server.connection;
    const forged = execFileSync(join(server.programFolder, "pg_dump"), ["-Fc", "-Z0", "forged"], {
      env: { PGHOST: host, PGPORT: String(port), PGUSER: user, PGPASSWORD: password },
    });
    writeFileSync(path, zstdCompressSync(forged));
    expect(readFileSync(path).length).not.toBe(object.bytes);
    const lines: string[] = [];
    const reporter = { ...silentReporter, info: (line: string) => void lines.push(line) };
    const signed = { ...made, signature: { algorithm: "ed25519" as const, keyId: "0".repeat(16), value: "" } };
    const problem = await problemOf(
      restore({ store: plain.store, manifest: signed, databases: [{ name: "app", as: "signed" }], reporter }),
    );
    expect(problem.exitCode).toBe(65);
    expect(lines.filter((line) => line.startsWith("creating"))).toEqual([]);
    // Without a signature it is found as well, and what was loaded by then is gone.
    expect((await problemOf(restore({ store: plain.store, manifest: made, databases: [{ name: "app", as: "signed" }] }))).exitCode).toBe(
      65,
    );
    expect(await other.psql("SELECT datname FROM pg_database WHERE datname LIKE 'signed%'")).toBe("");
  } finally {
    await plain.remove();
  }
});

it("shows no secret of a statement that fails", async () => {
  const file = join(store.folder, "failing.sql");
  const mapping = "CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS (user 'x', password 'hunter2' oops);";
  writeFileSync(file, `CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;\n${mapping}\n`);
  const problem = await problemOf(restoreFile({ connection: other.connection, file, database: "failing", reporter: silentReporter }));
  expect(problem.message).toContain("LINE 1");
  expect(problem.message).toContain("password '***' oops");
  expect(problem.message).not.toContain("hunter2");
});
