import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ExitCode } from "@pgkeep/core";
import { describe, expect, it } from "vitest";
import { initialise } from "../init/initialise.js";
import { checkConfiguration } from "./checkConfiguration.js";
import { temporaryFolder } from "./temporaryFolder.fixture.js";

const env = { PGPASSWORD: "hunter2", HOME: "/nonexistent" };

async function initialised(): Promise<string> {
  const folder = await temporaryFolder();
  await initialise({
    folder,
    cluster: "syntho",
    databases: ["a", "b"],
    store: "s3://bucket/x",
    uri: "postgresql://backup@db.example.org/postgres",
  });
  return folder;
}

describe("a check of the configuration", () => {
  it("tells what it means here, and no secret", async () => {
    const cwd = await initialised();
    const facts = Object.fromEntries((await checkConfiguration({ env, cwd })).map(({ name, value }) => [name, value]));
    expect(facts).toMatchObject({
      configuration: join(cwd, "pgkeep.yaml"),
      databases: "a, b",
      connection: "backup@db.example.org:5432, sslmode verify-full (authorities: system), password from PGPASSWORD",
      store: "s3://bucket/x",
      encryption: "to 2 age keys; decrypts with the identity of recipient 1",
      signing: expect.stringMatching(/^manifests are signed with \S{44}; only those signed by the configured key are accepted$/),
    });
    expect(JSON.stringify(facts)).not.toMatch(/hunter2|SECRET/);
  });

  it("tells of a bare one what it lacks", async () => {
    const cwd = await temporaryFolder();
    await writeFile(
      join(cwd, "pgkeep.yaml"),
      "version: 1\ncluster: c\ndatabases: [a]\nstore: { url: file:///x }\ndrill: { connection: { host: /tmp, user: d } }\n",
    );
    const facts = await checkConfiguration({ env: { HOME: cwd, PGUSER: "u" }, cwd });
    expect(facts).toContainEqual({ name: "connection", value: "u@localhost:5432, sslmode disable, no password" });
    expect(facts).toContainEqual({ name: "drill.connection", value: "d at the socket /tmp/.s.PGSQL.5432, no password" });
    expect(facts).toContainEqual({ name: "encryption", value: expect.stringContaining("none: objects are as readable as the store") });
    expect(facts).toContainEqual({ name: "signing", value: "manifests are not signed; unsigned ones are accepted" });
  });

  it("reports what is wrong in all of its parts at once", async () => {
    const cwd = await initialised();
    for (const name of ["identity.txt", "signing-key.pem"]) await chmod(join(cwd, "keys", name), 0o644);
    const act = checkConfiguration({ env: { ...env, PGSSLMODE: "prefer" }, cwd });
    await expect(act).rejects.toThrow(expect.objectContaining({ exitCode: ExitCode.Configuration }));
    for (const where of ["PGSSLMODE", "encryption.identityFile", "signing.privateKeyFile"]) await expect(act).rejects.toThrow(where);
  });
});
