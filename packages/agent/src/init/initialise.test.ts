import { chmod, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ExitCode } from "@pgkeep/core";
import { Decrypter, Encrypter } from "age-encryption";
import { describe, expect, it, test } from "vitest";
import { loadIdentities, loadSigningKey } from "../configuration/keys.js";
import { loadConfiguration } from "../configuration/loadConfiguration.js";
import { temporaryFolder } from "../configuration/temporaryFolder.fixture.js";
import { type InitialiseOptions, initialise } from "./initialise.js";

const FILES = [".gitignore", "ESCROW.md", "keys", "keys/escrow-identity.txt", "keys/identity.txt", "keys/signing-key.pem", "pgkeep.yaml"];

async function listed(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).toSorted();
}

async function initialised(difference: Partial<InitialiseOptions> = {}): Promise<string> {
  const folder = join(await temporaryFolder(), "new", "folder");
  await initialise({
    folder,
    cluster: "syntho",
    databases: ["syntho-core", "syntho-backend"],
    store: "file:///var/backups",
    ...difference,
  });
  return folder;
}

describe("pgkeep init", () => {
  it("writes a configuration that works with the keys beside it", async () => {
    const folder = await initialised();
    expect(await listed(folder)).toEqual(FILES);
    const config = await loadConfiguration({ env: {}, cwd: folder });
    expect(config).toMatchObject({
      cluster: "syntho",
      databases: ["syntho-core", "syntho-backend"],
      store: { url: "file:///var/backups" },
    });
    expect(await loadSigningKey(config, {})).toMatchObject({ type: "private" });
    const identities = await loadIdentities(config, {});
    const escrow = await loadIdentities({}, { PGKEEP_IDENTITY_FILE: join(folder, "keys/escrow-identity.txt") });
    const encrypter = new Encrypter();
    for (const recipient of config.encryption?.recipients ?? []) encrypter.addRecipient(recipient);
    const sealed = await encrypter.encrypt("data");
    for (const identity of [...identities, ...escrow]) {
      const decrypter = new Decrypter();
      decrypter.addIdentity(identity);
      expect(await decrypter.decrypt(sealed, "text")).toBe("data");
    }
    expect(new Set([...identities, ...escrow]).size).toBe(2);
  });

  it("closes the secrets to everybody else, whatever the umask", async () => {
    const before = process.umask(0);
    try {
      const folder = await initialised();
      const mode = async (name: string) => ((await stat(join(folder, name))).mode & 0o777).toString(8);
      expect(await mode("keys")).toBe("700");
      for (const name of ["identity.txt", "escrow-identity.txt", "signing-key.pem"]) expect(await mode(`keys/${name}`)).toBe("600");
      expect(await mode("pgkeep.yaml")).toBe("644");
    } finally {
      process.umask(before);
    }
  });

  it("writes no secret into what is shown, committed or printed", async () => {
    const folder = await initialised();
    for (const name of ["pgkeep.yaml", "ESCROW.md", ".gitignore"])
      expect(await readFile(join(folder, name), "utf8")).not.toMatch(/AGE-SECRET-KEY-1[A-Z0-9]|PRIVATE/);
  });

  it("says what it wrote and what to do next", async () => {
    const folder = await temporaryFolder();
    const { files, next } = await initialise({ folder, cluster: "c", databases: ["a"], store: "s3://bucket" });
    expect(files.map(({ path }) => path.slice(folder.length + 1)).toSorted()).toEqual(FILES.filter((name) => name !== "keys"));
    expect(files.filter(({ secret }) => secret)).toHaveLength(3);
    expect(next[0]).toContain("off this machine");
  });

  test.each([
    [["yes"], "yes"],
    [["1e3"], "1e3"],
    [["a: b # c"], "a: b # c"],
    [["- x"], "- x"],
    [["multi\nline"], "multi\nline"],
    [["\"quoted\" and 'single'"], "\"quoted\" and 'single'"],
    [["ünï çødé 🐘"], "ünï çødé 🐘"],
  ])("keeps the database name %j what it is", async (databases, name) => {
    expect((await loadConfiguration({ env: {}, cwd: await initialised({ databases }) })).databases).toEqual([name]);
  });

  it("takes a URI", async () => {
    const uri = "postgresql://backup@db.example.org:5433/postgres?sslmode=verify-full";
    expect((await loadConfiguration({ env: {}, cwd: await initialised({ uri }) })).connection.uri).toBe(uri);
  });
});

describe("pgkeep init never overwrites", () => {
  test.each(["pgkeep.yaml", "keys/identity.txt", "keys/escrow-identity.txt", "keys/signing-key.pem", "ESCROW.md"])(
    "%s, and then writes nothing at all",
    async (name) => {
      const folder = await temporaryFolder();
      await mkdir(join(folder, "keys"));
      await writeFile(join(folder, name), "mine");
      const before = await listed(folder);
      await expect(initialise({ folder, cluster: "c", databases: ["a"], store: "s3://bucket" })).rejects.toThrow(
        expect.objectContaining({ exitCode: ExitCode.Usage, problems: [expect.objectContaining({ where: join(folder, name) })] }),
      );
      expect(await readFile(join(folder, name), "utf8")).toBe("mine");
      expect(await listed(folder)).toEqual(before);
    },
  );

  it("a second time, and names everything that is there", async () => {
    const folder = await initialised();
    const act = initialise({ folder, cluster: "c", databases: ["a"], store: "s3://bucket" });
    await expect(act).rejects.toThrow(expect.objectContaining({ problems: expect.objectContaining({ length: 5 }) }));
  });

  it("and adds one line to a .gitignore that is there, once", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, ".gitignore"), "node_modules");
    await initialise({ folder, cluster: "c", databases: ["a"], store: "s3://bucket" });
    expect(await readFile(join(folder, ".gitignore"), "utf8")).toBe("node_modules\n/keys/\n");
    const other = await temporaryFolder();
    await writeFile(join(other, ".gitignore"), "keys/\n");
    const { files } = await initialise({ folder: other, cluster: "c", databases: ["a"], store: "s3://bucket" });
    expect(await readFile(join(other, ".gitignore"), "utf8")).toBe("keys/\n");
    expect(files.map(({ path }) => path)).not.toContain(join(other, ".gitignore"));
  });
});

describe("pgkeep init refuses, and writes nothing,", () => {
  test.each<[string, Partial<InitialiseOptions>, string]>([
    ["a cluster that cannot be one", { cluster: "Synt ho" }, "cluster"],
    ["two databases with one name", { databases: ["a", "a"] }, "databases[1]"],
    ["no database", { databases: [] }, "databases"],
    ["a name over 63 bytes", { databases: ["é".repeat(32)] }, "databases[0]"],
    ["a store of no kind", { store: "ftp://x" }, "store.url"],
    ["a password in the URI", { uri: "postgresql://u:hunter2@h" }, "connection.uri"],
  ])("%s", async (_name, difference, where) => {
    const folder = await temporaryFolder();
    const act = initialise({ folder, cluster: "c", databases: ["a"], store: "s3://bucket", ...difference });
    await expect(act).rejects.toThrow(
      expect.objectContaining({ exitCode: ExitCode.Configuration, message: expect.stringContaining(where) }),
    );
    await expect(act).rejects.not.toThrow("hunter2");
    expect(await listed(folder)).toEqual([]);
  });

  it("a folder that it may not write to", async () => {
    const folder = await temporaryFolder();
    await chmod(folder, 0o555);
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534);
    try {
      await expect(initialise({ folder, cluster: "c", databases: ["a"], store: "s3://bucket" })).rejects.toThrow(
        expect.objectContaining({ exitCode: ExitCode.Permission }),
      );
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
    expect(await listed(folder)).toEqual([]);
  });
});
