import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { formatAgentConfig } from "@pgkeep/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadConfiguration } from "../../packages/agent/src/configuration/loadConfiguration.js";
import { initialise } from "../../packages/agent/src/init/initialise.js";
import { ageProgram } from "../store/publicTools.js";
import { backUp, newFolderStore, type TestStore } from "../support/backupRun.js";
import { missingPostgres, startPostgres, type TestServer } from "../support/postgresServer.js";
import { runProgram } from "../support/runProgram.js";

const DATABASES = ["syntho-core", "it's two"];

describe.skipIf(missingPostgres(15))("the escrow page, followed to the letter by somebody without pgkeep", () => {
  let source: TestServer;
  let target: TestServer;
  let store: TestStore;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "pgkeep-escrow-"));
    [source, target, store] = await Promise.all([startPostgres({ major: 15 }), startPostgres({ major: 15 }), newFolderStore()]);
    await source.psql("CREATE ROLE app LOGIN; CREATE ROLE readers NOLOGIN; GRANT readers TO app;");
    for (const [index, name] of DATABASES.entries()) {
      await source.psql(`CREATE DATABASE "${name}" OWNER app;`);
      await source.psql(
        `SET ROLE app; CREATE TABLE public.t AS SELECT i, 'row ' || i AS text FROM generate_series(1, ${1000 + index}) i;`,
        name,
      );
    }
  });
  afterAll(async () => {
    await Promise.all([source?.stop(), target?.stop(), store?.remove()]);
    rmSync(folder, { recursive: true, force: true });
  });

  it("gets every database back on a new server", async () => {
    await initialise({ folder, cluster: "syntho", databases: DATABASES, store: `file://${store.folder}` });
    const config = formatAgentConfig(await loadConfiguration({ env: {}, cwd: folder }));
    await backUp({
      connection: source.connection,
      store: store.store,
      databases: DATABASES,
      config: { cluster: "syntho", encryption: config.encryption },
    });

    // The bare hands of whoever finds the page: the objects, the escrow identity, the public programs.
    const desk = mkdtempSync(join(folder, "desk-"));
    const page = readFileSync(join(folder, "ESCROW.md"), "utf8");
    copyFileSync(join(folder, "keys/escrow-identity.txt"), join(desk, "escrow-identity.txt"));
    rmSync(join(folder, "keys"), { recursive: true });
    for (const file of readdirSync(join(store.folder, "syntho/points"), { recursive: true, withFileTypes: true })) {
      if (file.isFile() && file.name.endsWith(".age")) copyFileSync(join(file.parentPath, file.name), join(desk, file.name));
    }
    const blocks = [...page.matchAll(/^ {3}```sh\n(.*?)^ {3}```/gms)].map(([, block]) => block ?? "");
    expect(blocks).toHaveLength(2);
    const { host, port, user, password } = target.connection;
    const env = {
      PATH: [dirname(await ageProgram()), target.programFolder, process.env.PATH ?? ""].join(delimiter),
      PGHOST: host,
      PGPORT: String(port),
      PGUSER: user,
      PGPASSWORD: password,
    };
    for (const block of blocks) await runProgram("sh", ["-euc", block], { cwd: desk, env });

    expect(await target.psql("SELECT count(*) FROM pg_roles WHERE rolname IN ('app', 'readers')")).toBe("2");
    for (const [index, name] of DATABASES.entries()) {
      expect(await target.psql("SELECT count(*), min(text), max(i) FROM public.t", `${name}-restored`)).toBe(
        `${1000 + index}|row 1|${1000 + index}`,
      );
    }
  });
});
