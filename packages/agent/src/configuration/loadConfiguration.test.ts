import { chmod, mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ExitCode } from "@pgkeep/core";
import { describe, expect, it, test } from "vitest";
import { loadConfiguration } from "./loadConfiguration.js";
import { temporaryFolder } from "./temporaryFolder.fixture.js";

const MINIMAL = "version: 1\ncluster: syntho\ndatabases: [a]\nstore: { url: file:///var/backups }\n";

async function folderWith(files: Record<string, string | Uint8Array>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder, name, ".."), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

describe("the configuration is found", () => {
  const named = (name: string) => MINIMAL.replace("syntho", name);
  it("by --config, then PGKEEP_CONFIG, then in the working folder", async () => {
    const cwd = await folderWith({ "pgkeep.yaml": named("here"), "a/flag.yaml": named("flag"), "b/env.yaml": named("env") });
    const env = { PGKEEP_CONFIG: "b/env.yaml" };
    expect((await loadConfiguration({ configPath: "a/flag.yaml", env, cwd })).cluster).toBe("flag");
    expect((await loadConfiguration({ env, cwd })).cluster).toBe("env");
    expect((await loadConfiguration({ env: { PGKEEP_CONFIG: "" }, cwd })).cluster).toBe("here");
    expect((await loadConfiguration({ configPath: join(cwd, "a/flag.yaml"), env, cwd: "/" })).cluster).toBe("flag");
  });

  it("in PGKEEP_CONFIG_YAML, as YAML or JSON, over the file in the working folder, which its paths are relative to", async () => {
    const cwd = await folderWith({ "pgkeep.yaml": named("here") });
    const json = '{"version":1,"cluster":"inline","databases":["a"],"store":{"url":"file:///b"},"drill":{"workFolder":"scratch"}}';
    const loaded = await loadConfiguration({ env: { PGKEEP_CONFIG_YAML: json }, cwd });
    expect(loaded).toMatchObject({ cluster: "inline", drill: { workFolder: join(cwd, "scratch") } });
    expect((await loadConfiguration({ env: { PGKEEP_CONFIG_YAML: named("yaml") }, cwd })).cluster).toBe("yaml");
    expect((await loadConfiguration({ env: { PGKEEP_CONFIG_YAML: "" }, cwd })).cluster).toBe("here");
  });

  it.each([
    ["--config", { configPath: "pgkeep.yaml" }, {}],
    ["PGKEEP_CONFIG", {}, { PGKEEP_CONFIG: "pgkeep.yaml" }],
  ])("and not in PGKEEP_CONFIG_YAML where %s names a file too", async (where, named_, env) => {
    const cwd = await folderWith({ "pgkeep.yaml": MINIMAL });
    await expect(loadConfiguration({ ...named_, env: { ...env, PGKEEP_CONFIG_YAML: MINIMAL }, cwd })).rejects.toThrow(
      expect.objectContaining({ exitCode: ExitCode.Configuration, message: expect.stringContaining(`${where} and PGKEEP_CONFIG_YAML`) }),
    );
  });

  it("and what is wrong in PGKEEP_CONFIG_YAML is told with its line", async () => {
    const env = { PGKEEP_CONFIG_YAML: "version: 1\ncluster: Shop\ndatabases: [a]\nstore: { url: file:///b }\n" };
    await expect(loadConfiguration({ env, cwd: "/" })).rejects.toThrow("cluster (PGKEEP_CONFIG_YAML:2)");
  });

  it("and its paths are relative to its own folder, or to the home folder", async () => {
    const text = `${MINIMAL}connection: { passwordFile: secrets/pw, sslrootcert: system }
dump: { programs: /usr/bin }
encryption: { recipients: [age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p], identityFile: ~/identity.txt }
signing: { privateKeyFile: ../key.pem }
drill: { workFolder: scratch, connection: { host: /tmp, sslrootcert: ca.pem } }
`;
    const cwd = await folderWith({ "etc/pgkeep.yaml": text });
    const config = await loadConfiguration({ configPath: "etc/pgkeep.yaml", env: { HOME: "/home/alice" }, cwd });
    expect(config).toMatchObject({
      connection: { passwordFile: join(cwd, "etc/secrets/pw"), sslrootcert: "system" },
      dump: { programs: "/usr/bin" },
      encryption: { identityFile: "/home/alice/identity.txt" },
      signing: { privateKeyFile: join(cwd, "key.pem") },
      drill: { workFolder: join(cwd, "etc/scratch"), connection: { host: "/tmp", sslrootcert: join(cwd, "etc/ca.pem") } },
    });
  });
});

describe("a configuration is refused", () => {
  const load = (cwd: string, configPath?: string) =>
    loadConfiguration({ env: {}, cwd, ...(configPath === undefined ? {} : { configPath }) });
  test.each([
    ["when there is none", undefined, "pgkeep.yaml: there is no such file", "run `pgkeep init`"],
    ["when --config names none", "other.yaml", "--config: there is no such file", "correct the path"],
    ["when --config names a folder", ".", "--config: this is a folder", "pgkeep.yaml"],
  ])("%s", async (_name, configPath, reason, next) => {
    const cwd = await temporaryFolder();
    for (const part of [reason, next]) {
      await expect(load(cwd, configPath)).rejects.toThrow(
        expect.objectContaining({ exitCode: ExitCode.Configuration, message: expect.stringContaining(part) }),
      );
    }
  });

  it("when the agent's user may not read it", async () => {
    const cwd = await folderWith({ "pgkeep.yaml": MINIMAL });
    await chmod(join(cwd, "pgkeep.yaml"), 0o000);
    await chmod(cwd, 0o755);
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534);
    try {
      await expect(load(cwd)).rejects.toThrow(expect.objectContaining({ exitCode: ExitCode.Permission }));
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  test.each([
    ["not UTF-8", new Uint8Array([0x61, 0x3a, 0x20, 0xff]), "not text in UTF-8"],
    ["far too large", `${MINIMAL}#${"x".repeat(1_100_000)}`, "larger than any configuration"],
    ["empty", "", "this is empty"],
  ])("when it is %s", async (_name, text, reason) => {
    await expect(load(await folderWith({ "pgkeep.yaml": text }))).rejects.toThrow(reason);
  });

  it("with the line of every problem", async () => {
    const text =
      "version: 1\ncluster: Syntho\ndatabases:\n  - app\n  - other\n  - app\nstore:\n  url: file:///x\n  regoin: eu\nconnection:\n  port: 99999\n";
    const error = await load(await folderWith({ "pgkeep.yaml": text })).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ exitCode: ExitCode.Configuration });
    const places = (error as { problems: { where: string }[] }).problems.map(({ where }) => where);
    expect(places.toSorted()).toEqual([
      "cluster (pgkeep.yaml:2)",
      "connection.port (pgkeep.yaml:11)",
      "databases[2] (pgkeep.yaml:6)",
      "store.regoin (pgkeep.yaml:9)",
    ]);
  });

  it("and nothing stands in the folder that was not there before", async () => {
    const cwd = await folderWith({ "pgkeep.yml": MINIMAL });
    await expect(load(cwd)).rejects.toThrow("there is no such file");
    await rename(join(cwd, "pgkeep.yml"), join(cwd, "pgkeep.yaml"));
    expect((await load(cwd)).cluster).toBe("syntho");
  });
});
