import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AccessConnection } from "../../packages/postgresql/src/index.js";
import { createAdmin } from "../support/accessAdmin.js";
import { copyExample } from "../support/engine/copyExample.js";
import { type Cli, missingEngine, packageSchema, schemaSnapshot, startCli } from "../support/engine/index.js";
import { postgresqlProvider } from "../support/engine/providers/postgresql/postgresqlProvider.js";
import { randomProvider } from "../support/engine/providers/random/randomProvider.js";
import { startPostgres, type TestServer } from "../support/postgresServer.js";
import { queryAs } from "../support/queryAs.js";
import { runProgram } from "../support/runProgram.js";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const pulumiPackage = join(repository, "packages", "pulumi");

describe("the package pgkeep", () => {
  it("describes every argument and output to every language", async () => {
    await schemaSnapshot(pulumiPackage, "golden/schema.json");
  });

  it.skipIf(missingEngine() !== undefined)(
    "answers the CLI with every component, also in a clone that was never built before",
    async () => {
      const clone = bareClone();
      const cli = await startCli();
      try {
        // What `prepare` does in the root after an `npm install`, here for this package and what it builds on.
        const compiler = join(repository, "node_modules", "typescript", "bin", "tsc");
        await runProgram(process.execPath, [compiler, "--build", "packages/pulumi"], { cwd: clone });
        const { exitCode, stdout, text } = await cli.run(clone, ["package", "get-schema", "./packages/pulumi"]);
        expect(exitCode, text).toBe(0);
        const answered = JSON.parse(stdout) as ReturnType<typeof packageSchema>;
        // The CLI sorts them.
        expect(Object.keys(answered.resources).sort()).toEqual(Object.keys(packageSchema(pulumiPackage).resources).sort());
        expect(Object.keys(answered.resources)).toContain("pgkeep:index:PostgresAccess");
      } finally {
        await cli.dispose();
        rmSync(clone, { recursive: true, force: true });
      }
    },
  );
});

/** This repository as a fresh clone has it after `npm ci`: nothing compiled, and the workspaces among its node_modules. */
function bareClone(): string {
  const clone = mkdtempSync(join(tmpdir(), "pgkeep-clone-"));
  const compiled = new Set(["dist", "node_modules", "tsconfig.tsbuildinfo"]);
  for (const file of ["package.json", "tsconfig.json", "tsconfig.base.json"]) copyFileSync(join(repository, file), join(clone, file));
  cpSync(join(repository, "packages"), join(clone, "packages"), {
    recursive: true,
    filter: (path) => !compiled.has(basename(path)),
  });
  const modules = join(clone, "node_modules");
  mkdirSync(join(modules, "@pgkeep"), { recursive: true });
  for (const name of readdirSync(join(repository, "node_modules"))) {
    if (name !== "@pgkeep" && name !== "pgkeep") symlinkSync(join(repository, "node_modules", name), join(modules, name));
  }
  for (const name of readdirSync(join(clone, "packages"))) symlinkSync(join(clone, "packages", name), join(modules, "@pgkeep", name));
  return clone;
}

describe.skipIf(missingEngine() !== undefined)("the root project, by the CLI, with Pulumi.dev.yaml as it stands", () => {
  let server: TestServer;
  let folder: string;
  let cli: Cli;
  const run = (...args: string[]) => cli.run(folder, [...args, "--stack", "dev"]);

  beforeAll(async () => {
    server = await startPostgres({ major: 15 });
    const admin = await createAdmin(server);
    // A new stack writes the salt of its secrets into Pulumi.dev.yaml: into a copy.
    folder = mkdtempSync(join(tmpdir(), "pgkeep-root-"));
    for (const file of ["Pulumi.yaml", "Pulumi.dev.yaml", "package.json"]) copyFileSync(join(repository, file), join(folder, file));
    for (const part of ["packages", "node_modules"]) symlinkSync(join(repository, part), join(folder, part));
    const environment = {
      PGHOST: server.connection.host,
      PGPORT: String(server.connection.port),
      PGUSER: admin.username,
      PGPASSWORD: admin.password,
    };
    cli = await startCli({ providers: [postgresqlProvider(), randomProvider()], environment });
    expect(await run("stack", "init")).toMatchObject({ exitCode: 0 });
  });
  afterAll(async () => {
    await cli?.dispose();
    await server?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  it("previews and creates both databases, with one login for both", async () => {
    const preview = await run("preview", "--diff");
    expect(preview.exitCode, preview.text).toBe(0);
    expect(preview.text).toContain("destroy: databases, their data, roles and grants stay on the server");
    const up = await run("up", "--yes", "--skip-preview");
    expect(up.exitCode, up.text).toBe(0);
    const output = await run("stack", "output", "connections", "--show-secrets", "--json");
    const connections = JSON.parse(output.stdout) as Record<string, AccessConnection>;
    for (const database of ["syntho-core", "syntho-backend"]) {
      const { uri = "", helmValues } = connections[`syntho@${database}`] ?? {};
      expect(await queryAs(uri, "SELECT current_database() AS database, current_user AS acts")).toEqual([
        { database, acts: "syntho_owner" },
      ]);
      expect(helmValues).toContain(`name: ${database}`);
    }
    expect(readFileSync(join(folder, "Pulumi.dev.yaml"), "utf8")).toContain("pgkeep:databases");
  });

  it("says once what is wrong with a declaration, and how to mend it", async () => {
    const name = "pgkeep:databases[0].name";
    const { exitCode, text } = await run("preview", "--config-file", "other.yaml", "--config-path", "--config", `${name}=postgres`);
    expect(exitCode).not.toBe(0);
    expect(text.match(/databases\[0\]\.name: every server has a database of this name for its own use/g)).toHaveLength(1);
    expect(text).not.toMatch(/^\s+at |__pulumi/m);
  });

  it("refuses a configuration that is wrong, every key at once, and shows no secret", async () => {
    const settings = { "pgkeep:adminPassword": "hunter22", "pgkeep:databses": "[]", "pgkeep:adopt": "perhaps" };
    const options = Object.entries(settings).flatMap(([key, value]) => ["--config", `${key}=${value}`, "--config-file", "wrong.yaml"]);
    const { exitCode, text } = await run("preview", ...options);
    expect(exitCode).not.toBe(0);
    expect(text).toContain("pgkeep:adminPassword: this is a secret, and stands in the stack's file for everybody to read");
    expect(text).toContain("pgkeep:databses: there is no such setting");
    expect(text).toContain("pgkeep:adopt: this is neither a list nor a group nor true or false");
    expect(text).toContain("pgkeep:databases: this is missing");
    expect(text).not.toContain("hunter22");
    expect(text).not.toMatch(/^\s+at /m);
  });
});

describe.skipIf(missingEngine() !== undefined)("examples/postgres-access, as its README says", () => {
  it("is deployed, and tells the application its connection", async () => {
    const server = await startPostgres({ major: 18 });
    const folder = copyExample("postgres-access");
    const cli = await startCli({ providers: [postgresqlProvider(), randomProvider()] });
    const run = async (...args: string[]) => {
      const result = await cli.run(folder, [...args, "--stack", "dev"]);
      expect(result.exitCode, result.text).toBe(0);
      return result;
    };
    try {
      const admin = await createAdmin(server);
      await run("stack", "init");
      const { host, port } = server.connection;
      const settings = Object.entries({ host, port, insecure: true, adminUsername: admin.username });
      const plain = settings.flatMap(([key, value]) => ["--plaintext", `${key}=${value}`]);
      await run("config", "set-all", ...plain, "--secret", `adminPassword=${admin.password}`);
      await run("up", "--yes", "--skip-preview");
      const { stdout } = await run("stack", "output", "connections", "--show-secrets", "--json");
      const connection = (JSON.parse(stdout) as Record<string, AccessConnection>)["syntho@syntho-core"];
      expect(connection?.environment).toMatch(
        /^PGHOST=127.0.0.1\nPGPORT=\d+\nPGDATABASE=syntho-core\nPGUSER=syntho_a\nPGPASSWORD=\w{32}\n/,
      );
      expect(await queryAs(connection?.uri ?? "", "SELECT current_user AS acts")).toEqual([{ acts: "syntho_owner" }]);
    } finally {
      await cli.dispose();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
