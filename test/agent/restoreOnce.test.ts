import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { missingPostgres, startPostgres, type TestServer } from "../support/postgresServer.js";
import { type Ended, Project } from "./Project.js";
import { createShop, SHOP } from "./shop.js";

let server: TestServer;
let project: Project;

const REPLACE = ["restore", "latest", "--database", "shop-jobs", "--yes-replace", "shop-jobs", "--drop-replaced"];
const asRun = (run: string) => ({ environment: { PGKEEP_RUN_ID: run } });
const jobs = () => server.psql("SELECT count(*) FROM job", "shop-jobs");
const steps = (name: string) => {
  const folder = join(project.store, "test", "audit", "restores", name);
  return existsSync(folder) ? readdirSync(folder).toSorted() : [];
};

beforeAll(async () => {
  server = await startPostgres();
  await createShop(server);
});
afterAll(() => server?.stop());
beforeEach(async () => {
  project = new Project();
  project.configure(server.connection, SHOP);
  await server.psql("INSERT INTO job SELECT n, '{}' FROM generate_series(1, 1000) n ON CONFLICT DO NOTHING", "shop-jobs");
  await project.succeed(["backup"]);
  await server.psql("DELETE FROM job WHERE id > 1", "shop-jobs");
});
afterEach(() => project.remove());

function expectRefused({ exitCode, stdout, stderr }: Ended, reason: RegExp): void {
  expect(exitCode, `${stdout}\n${stderr}`).toBe(64);
  expect(stderr).toMatch(reason);
  expect(stderr).not.toMatch(/^\s+at /m);
}

/** Runs until a step of the application's is reached, and dies there without a word. */
async function killedAt(name: string, option: "--stop" | "--start"): Promise<void> {
  const mark = join(project.folder, "reached");
  const { child, ended } = project.start([...REPLACE, "--once", name, option, `touch ${mark}; sleep 3`], asRun("job-1"));
  for (let i = 0; i < 300 && !existsSync(mark); i += 1) await sleep(100);
  expect(existsSync(mark)).toBe(true);
  child.kill("SIGKILL");
  await ended;
}

describe.skipIf(missingPostgres(15) !== undefined)("a restore of --once", () => {
  it("happens, and never again under its name", async () => {
    await project.succeed([...REPLACE, "--once", "incident-1"], asRun("job-1"));
    expect(await jobs()).toBe("1000");
    expect(steps("incident-1")).toEqual(["begun.json", "changing.json", "done.json"]);
    await server.psql("DELETE FROM job WHERE id > 1", "shop-jobs");
    const again = await project.run([...REPLACE, "--once", "incident-1"], asRun("job-2"));
    expectRefused(again, /--once: this restore, of latest, was begun already, by .*, and came to its end \(/);
    expectRefused(await project.run([...REPLACE, "--once", "incident-1"]), /begun already/);
    expect(await jobs()).toBe("1");
    await project.succeed([...REPLACE, "--once", "incident-2"]);
    expect(await jobs()).toBe("1000");
  });

  it("does not use its name up where the preflight refuses it, or in a rehearsal", async () => {
    const unconfirmed = await project.run(["restore", "latest", "--database", "shop-jobs", "--once", "incident-1", "--json"]);
    expectRefused(unconfirmed, /--yes-replace: database shop-jobs exists/);
    await project.succeed([...REPLACE, "--once", "incident-1", "--dry-run"]);
    expect(steps("incident-1")).toEqual([]);
    expect(await jobs()).toBe("1");
    await project.succeed([...REPLACE, "--once", "incident-1"]);
    expect(await jobs()).toBe("1000");
  });

  it("is not done twice where another attempt of its run did it", async () => {
    await project.succeed([...REPLACE, "--once", "incident-1"], asRun("job-1"));
    await server.psql("DELETE FROM job WHERE id > 1", "shop-jobs");
    const { exitCode, stderr } = await project.run([...REPLACE, "--once", "incident-1"], asRun("job-1"));
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain("nothing is left to do");
    expect(await jobs()).toBe("1");
  });

  it("goes on in another attempt of its run where the first died before databases changed, and in no other run", async () => {
    await killedAt("incident-1", "--stop");
    expect(steps("incident-1")).toEqual(["begun.json"]);
    expect(await jobs()).toBe("1");
    expectRefused(await project.run([...REPLACE, "--once", "incident-1"], asRun("job-2")), /were not touched under their own names/);
    await project.succeed([...REPLACE, "--once", "incident-1"], asRun("job-1"));
    expect(await jobs()).toBe("1000");
  });

  it("is refused to another attempt of its run where the first died behind the change", async () => {
    await killedAt("incident-1", "--start");
    expect(steps("incident-1")).toEqual(["begun.json", "changing.json"]);
    expect(await jobs()).toBe("1000");
    await server.psql("DELETE FROM job WHERE id > 1", "shop-jobs");
    expectRefused(await project.run([...REPLACE, "--once", "incident-1"], asRun("job-1")), /about to change databases/);
    expect(await jobs()).toBe("1");
  });

  it("is done by one of two that begin together", async () => {
    const both = await Promise.all(["job-1", "job-2"].map((run) => project.run([...REPLACE, "--once", "incident-1"], asRun(run))));
    const told = both.map(({ stderr }) => stderr).join("\n");
    expect(both.map(({ exitCode }) => exitCode).toSorted(), told).toEqual([0, 64]);
    expect(await jobs()).toBe("1000");
  });

  it("has a name that is part of a key, and is of databases", async () => {
    expectRefused(await project.run([...REPLACE, "--once", "a/b"]), /--once: no restore can be called so/);
    expectRefused(await project.run(["restore", "latest", "--no-databases", "--files", "x", "--once", "a"]), /kept for databases/);
  });
});
