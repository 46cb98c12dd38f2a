import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatAgentConfig, type Manifest, storeLayout } from "@pgkeep/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadConfiguration } from "../../packages/agent/src/configuration/loadConfiguration.js";
import { initialise } from "../../packages/agent/src/init/initialise.js";
import { collectRunbook } from "../../packages/agent/src/runbook/collectRunbook.js";
import { runbookMarkdown } from "../../packages/agent/src/runbook/runbookMarkdown.js";
import { findProgram } from "../../setup/command.mjs";
import { createShop, dropShop, SHOP, shopContents } from "../agent/shop.js";
import { ageProgram, zstdProgram } from "../store/publicTools.js";
import { backUp, newFolderStore, type TestStore, testConfig } from "../support/backupRun.js";
import { programFolder } from "../support/postgresPrograms.js";
import { startPostgres, type TestedMajor, type TestServer } from "../support/postgresServer.js";
import { runProgram } from "../support/runProgram.js";

/** A name for which shell, SQL and connection strings each need quotes. */
const ODD = 'it\'s a=b "two"';

/** Server's major, and whose psql and pg_restore are at hand. */
const CASES: [server: TestedMajor, programs: TestedMajor][] = [
  [15, 15],
  [18, 18],
  [15, 18],
];

describe.each(CASES)("the runbook of PostgreSQL %i, followed to the letter with the programs of PostgreSQL %i", (major, programsOf) => {
  let server: TestServer;
  let target: TestStore;
  let folder: string;
  let page: string;
  let before: string[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "pgkeep-runbook-"));
    [server, target] = await Promise.all([startPostgres({ major }), newFolderStore()]);
    await createShop(server);
    await server.psql("CREATE ROLE readers NOLOGIN; GRANT readers TO shop; ALTER ROLE shop SET work_mem = '7MB'");
    await server.psql(
      `GRANT CONNECT ON DATABASE shop TO readers; ALTER DATABASE shop SET statement_timeout = '61s';
       COMMENT ON DATABASE shop IS E'the shop\\nSQL\\nin two lines'`,
    );
    await server.psql(`CREATE DATABASE "it's a=b ""two""" OWNER shop`);
    await server.psql(
      "CREATE TABLE t AS SELECT n, 'row ' || n AS text FROM generate_series(1, 70) n; GRANT SELECT ON t TO readers",
      connection(ODD),
    );
    before = await contents();
    const { config, manifest } = await takeBackup();
    const recoveryPoints = [{ id: manifest.id, drills: [], good: true }];
    page = runbookMarkdown(await collectRunbook({ config, store: target.store, layout: storeLayout("shop"), manifest, recoveryPoints }));
    // The disaster: both databases, one of the roles; the other is there already, and differs.
    await server.psql(`DROP DATABASE "it's a=b ""two"""`);
    await dropShop(server);
    await server.psql("DROP ROLE readers; ALTER ROLE shop CONNECTION LIMIT 5");
  });
  afterAll(async () => {
    await Promise.all([server?.stop(), target?.remove()]);
    rmSync(folder, { recursive: true, force: true });
  });

  it("gets roles, databases and files back with public programs alone", async () => {
    const programs = await onlyThesePrograms();
    const script = blocksWithoutPgkeep(page, programsOf > major && major < 17).join("\n");
    const { password } = server.connection;
    const output = await runProgram("/bin/sh", ["-eu", "-c", script], {
      cwd: folder,
      env: { PATH: programs, HOME: folder, PGPASSWORD: password, LC_ALL: "C.UTF-8" },
    });

    expect(output.match(/: OK$/gm)).toHaveLength(5);
    expect(output.match(/\(\d+ rows?\)/g)).toEqual(["(0 rows)", "(0 rows)", "(0 rows)"]);
    expect(await contents()).toEqual(before);
    expect(
      await server.psql("SELECT rolname, rolcanlogin, rolconnlimit FROM pg_roles WHERE rolname IN ('shop', 'readers') ORDER BY 1"),
    ).toBe("readers|f|-1\nshop|t|5");
    const [work] = restoreFolder(page);
    expect(readFileSync(join(folder, work ?? "", "files", ".env"), "utf8")).toBe("COLOUR=green\n");
  });

  async function contents(): Promise<string[]> {
    return [
      ...(await shopContents(server)),
      await server.psql("SELECT count(*), min(text), (SELECT relacl::text FROM pg_class WHERE relname = 't') FROM t", connection(ODD)),
      await server.psql(
        `SELECT datname, pg_get_userbyid(datdba), datacl::text, shobj_description(oid, 'pg_database'),
                (SELECT setconfig::text FROM pg_db_role_setting WHERE setdatabase = d.oid)
           FROM pg_database d WHERE datname LIKE 'shop%' OR datname LIKE 'it%' ORDER BY 1`,
      ),
      await server.psql("SELECT count(*) FROM pg_auth_members WHERE roleid = 'readers'::regrole AND member = 'shop'::regrole"),
    ];
  }

  async function takeBackup() {
    const application = join(folder, "app");
    mkdirSync(application);
    writeFileSync(join(application, ".env"), "COLOUR=green\n");
    const databases = [...SHOP, ODD];
    await initialise({ folder, cluster: "shop", databases, store: `file://${target.folder}` });
    const { connection: _, ...written } = formatAgentConfig(await loadConfiguration({ env: {}, cwd: folder }));
    const { host, port } = server.connection;
    const changes = { ...written, connection: { host, port, user: "backup" }, files: { root: application, paths: [".env"] } };
    const config = testConfig(databases, changes);
    const { manifest }: { manifest: Manifest } = await backUp({
      connection: server.connection,
      store: target.store,
      databases,
      config: changes,
    });
    return { config, manifest };
  }

  /** A folder that holds links to the programs that the page names, and to no other. */
  async function onlyThesePrograms(): Promise<string> {
    const bin = join(folder, "bin");
    mkdirSync(bin);
    const needed = /^Needed: (.*?); /m.exec(page.slice(page.indexOf("## Without pgkeep")))?.[1] ?? "";
    const names = [...needed.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
    expect(names).toEqual(["age", "zstd", "psql", "pg_restore", "cp", "sha256sum", "tar"]);
    const postgres = programFolder(programsOf) ?? "";
    // mkdir and sed are of POSIX, as the shell is.
    const places: Record<string, string | undefined> = { age: await ageProgram(), zstd: zstdProgram() };
    for (const name of ["psql", "pg_restore"]) places[name] = join(postgres, name);
    for (const name of ["cp", "sha256sum", "tar", "mkdir", "sed"]) places[name] = findProgram(name);
    for (const [name, program] of Object.entries(places)) symlinkSync(program ?? "", join(bin, name));
    return bin;
  }
});

function connection(name: string): string {
  return `dbname='${name.replaceAll("'", "\\'")}'`;
}

/** The blocks of the way without pgkeep, in their order; with `instead`, those that take another's place do so. */
function blocksWithoutPgkeep(page: string, instead: boolean): string[] {
  const [, section = ""] = page.split("\n## Without pgkeep\n");
  const blocks = [...(section.split("\n## ")[0] ?? "").matchAll(/^```sh( instead)?\n(.*?)\n```$/gms)];
  return blocks.flatMap(([, other, code = ""], index) => {
    if (other !== undefined) return instead ? [code] : [];
    return instead && blocks[index + 1]?.[1] !== undefined ? [] : [code];
  });
}

function restoreFolder(page: string): string[] {
  return [...page.matchAll(/^cd (\S+)$/gm)].map(([, name = ""]) => name);
}
