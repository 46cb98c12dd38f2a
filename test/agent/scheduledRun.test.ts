import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ExitCode } from "@pgkeep/core";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { missingPostgres, startPostgres, type TestServer } from "../support/postgresServer.js";
import { missingS3, startS3, type TestS3 } from "../support/s3Server.js";
import { Project, type Running } from "./Project.js";
import { createShop, SHOP } from "./shop.js";

const SHIFTED_CLOCK = fileURLToPath(new URL("shiftedClock.mjs", import.meta.url));

/** One run of something that is started by others, as ECS and Kubernetes do: without a file, perhaps twice, and not for ever. */

interface Backup {
  manifest: { id: string };
  committedBefore: boolean;
}

const slotOf = (hour: string) => ({ PGKEEP_SLOT: `2026-11-21T${hour}:00:00Z`, PGKEEP_RUN_ID: `2026-11-21T${hour}:00:00Z` });

let server: TestServer;
let project: Project;

beforeAll(async () => {
  server = await startPostgres();
  await createShop(server);
});
afterAll(() => server?.stop());
beforeEach(() => {
  project = new Project();
  project.configure(server.connection, SHOP);
});
afterEach(() => {
  expect(readdirSync(join(project.folder, "tmp")), "left behind in the temporary folder").toEqual([]);
  project.remove();
});

const ids = async (environment: Record<string, string> = {}) =>
  (await project.json<{ recoveryPoints: { id: string }[] }>(["list"], { environment })).recoveryPoints.map(({ id }) => id);

/** Somebody who holds a table for himself, so that a backup waits; and the way to let it go. */
async function heldTable(): Promise<() => Promise<void>> {
  const { host, port, user, password } = server.connection;
  const client = new pg.Client({ host, port, user, password: password ?? "", database: "shop" });
  await client.connect();
  await client.query("BEGIN; LOCK TABLE customer IN ACCESS EXCLUSIVE MODE");
  return () => client.end();
}

async function told(running: Running, what: RegExp, milliseconds = 30_000): Promise<void> {
  const deadline = Date.now() + milliseconds;
  while (!what.test(running.messages())) {
    if (Date.now() > deadline) expect.fail(`${what} was not told:\n${running.messages()}`);
    await sleep(10);
  }
}

/** The lines of metrics among what a run told. */
const metricsIn = (messages: string) =>
  messages
    .split("\n")
    .filter((line) => line.startsWith('{"_aws"'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe.skipIf(missingPostgres(15) !== undefined)("a run that others start", () => {
  it("takes its configuration from PGKEEP_CONFIG_YAML, and what it prints of it is one again", async () => {
    const text = readFileSync(join(project.folder, "pgkeep.yaml"), "utf8");
    rmSync(join(project.folder, "pgkeep.yaml"));
    expect((await project.run(["backup"])).stderr).toContain("PGKEEP_CONFIG_YAML");
    const environment = { PGKEEP_CONFIG_YAML: text };
    const { manifest } = await project.json<Backup>(["backup"], { environment });
    expect(await ids(environment)).toEqual([manifest.id]);

    const printed = await project.succeed(["config", "print"], { environment });
    expect(printed).toMatch(/^# from PGKEEP_CONFIG_YAML\n/);
    expect(await project.succeed(["config", "print"], { environment: { PGKEEP_CONFIG_YAML: printed } })).toBe(printed);
    expect(await project.succeed(["config", "check"], { environment })).toContain("PGKEEP_CONFIG_YAML");

    const both = await project.run(["config", "print", "--config", "x.yaml"], { environment });
    expect(both.exitCode).toBe(ExitCode.Configuration);
    expect(both.stderr).toContain("--config and PGKEEP_CONFIG_YAML");
    const install = await project.run(["schedule", "install", "--crontab", "--dry-run"], { environment });
    expect(install.exitCode).toBe(ExitCode.Configuration);
    expect(install.stderr).toContain("needs a configuration in a file");
  });

  it("never runs beside another with --exclusive, and the same run twice is one recovery point", async () => {
    const letGo = await heldTable();
    const first = project.start(["backup", "--exclusive", "--json"], { environment: slotOf("02") });
    await told(first, /recovery point 20261121T020000Z/);
    const beside = [slotOf("02"), slotOf("03")].map((environment) => project.run(["backup", "--exclusive"], { environment }));
    for (const { exitCode, stderr } of await Promise.all(beside)) {
      expect(exitCode, stderr).toBe(ExitCode.TryAgain);
      expect(stderr).toContain("another backup of this cluster is under way");
    }
    await letGo();
    const { exitCode, stdout, stderr } = await first.ended;
    expect(exitCode, stderr).toBe(0);
    const { manifest } = JSON.parse(stdout) as Backup;
    const again = await project.json<Backup>(["backup", "--exclusive"], { environment: slotOf("02") });
    expect(again).toMatchObject({ manifest: { id: manifest.id }, committedBefore: true });
    const next = await project.json<Backup>(["backup", "--exclusive"], { environment: slotOf("03") });
    expect(await ids()).toEqual([manifest.id, next.manifest.id]);
  });

  it("is one recovery point for each Job of Kubernetes: with the slot in a CronJob's own, and for one made by hand with the time it first had", async () => {
    const [slot, uid] = [{ PGKEEP_JOB_NAME: "shop-nightly-29920440" }, (run: string) => ({ PGKEEP_RUN_ID: run })];
    const scheduled = await project.json<Backup>(["backup"], { environment: { ...slot, ...uid("scheduled") } });
    expect(scheduled.manifest.id).toMatch(/^20261121T020000Z-/);
    const byHand = { PGKEEP_JOB_NAME: "by-hand", ...uid("by hand") };
    const first = await project.json<Backup>(["backup", "--exclusive"], { environment: byHand });
    // Whole seconds are in the id.
    await sleep(1100);
    const second = await project.json<Backup>(["backup", "--exclusive"], { environment: byHand });
    expect(second).toMatchObject({ manifest: { id: first.manifest.id }, committedBefore: true });
    const another = await project.json<Backup>(["backup"], { environment: { ...byHand, ...uid("by hand, again") } });
    expect((await ids()).toSorted()).toEqual([scheduled, first, another].map(({ manifest }) => manifest.id).toSorted());
  });

  it("finds what an earlier attempt committed although another run holds the lock", async () => {
    const done = await project.json<Backup>(["backup", "--exclusive"], { environment: slotOf("02") });
    const letGo = await heldTable();
    const other = project.start(["backup", "--exclusive"], { environment: slotOf("03") });
    await told(other, /recovery point 20261121T030000Z/);
    const again = await project.json<Backup>(["backup", "--exclusive"], { environment: slotOf("02") });
    expect(again).toMatchObject({ manifest: { id: done.manifest.id }, committedBefore: true });
    await letGo();
    expect((await other.ended).exitCode).toBe(0);
  });

  it("waits for the other one as long as --wait says, and is a recovery point of its own", async () => {
    const letGo = await heldTable();
    const first = project.start(["backup", "--exclusive"], { environment: slotOf("02") });
    await told(first, /recovery point 20261121T020000Z/);
    const tooShort = await project.run(["backup", "--exclusive", "--wait", "2s"], { environment: slotOf("03") });
    expect(tooShort.exitCode, tooShort.stderr).toBe(ExitCode.TryAgain);
    const waiting = project.start(["backup", "--exclusive", "--wait", "2m"], { environment: slotOf("04") });
    await told(waiting, /waiting for it, 2 min at most/);
    await letGo();
    for (const { ended } of [first, waiting]) {
      const { exitCode, stderr } = await ended;
      expect(exitCode, stderr).toBe(0);
    }
    expect((await ids()).map((id) => id.slice(0, 11))).toEqual(["20261121T02", "20261121T04"]);
    const alone = await project.run(["backup", "--wait", "2m"]);
    expect(alone.exitCode).toBe(ExitCode.Usage);
    expect(alone.stderr).toContain("add --exclusive");
  });

  it("is ended at its deadline, commits nothing, and lets the lock go", async () => {
    const letGo = await heldTable();
    const { exitCode, stderr } = await project.run(["backup", "--exclusive", "--deadline", "3s"], { environment: slotOf("02") });
    await letGo();
    expect(exitCode, stderr).toBe(ExitCode.TryAgain);
    expect(stderr).toContain("--deadline 3s: it took longer than that and was ended: nothing was committed");
    expect(await ids()).toEqual([]);
    await project.succeed(["backup", "--exclusive", "--deadline", "10m"], { environment: slotOf("02") });
    expect((await project.run(["backup", "--deadline", "soon"])).exitCode).toBe(ExitCode.Usage);
  });

  it("writes the ages of the newest recovery points as a line of metrics, also where it failed", async () => {
    const environment = { PGKEEP_METRICS: "emf" };
    const unasked = await project.run(["backup"]);
    expect(metricsIn(unasked.stderr)).toEqual([]);
    for (const format of ["plain", "json"]) {
      const { exitCode, stderr } = await project.run(["backup", "--log-format", format], { environment });
      expect(exitCode, stderr).toBe(0);
      const [line, ...more] = metricsIn(stderr);
      expect(more).toEqual([]);
      expect(line).toMatchObject({ Cluster: "test", NewestCheckedAge: expect.toSatisfy((age: number) => age >= 0 && age < 60) });
      expect(line).not.toHaveProperty("NewestProvenAge");
    }
    await sleep(1100);
    const failed = await project.run(["backup"], { environment: { ...environment, PGPASSWORD: "wrong" } });
    expect(failed.exitCode).not.toBe(0);
    expect(metricsIn(failed.stderr)).toEqual([
      expect.objectContaining({ NewestCheckedAge: expect.toSatisfy((age: number) => age >= 1 && age < 60) }),
    ]);
    const drilled = await project.run(["drill"], { environment });
    expect(drilled.exitCode, drilled.stderr).toBe(0);
    expect(metricsIn(drilled.stderr)).toEqual([expect.objectContaining({ NewestProvenAge: expect.any(Number) })]);
    const status = await project.run(["status"], { environment });
    expect(metricsIn(status.stderr)).toEqual([expect.objectContaining({ NewestProvenAge: expect.any(Number) })]);
    expect((await project.run(["backup"], { environment: { PGKEEP_METRICS: "prometheus" } })).exitCode).toBe(ExitCode.Configuration);
  });

  it("writes them from `pgkeep schedule`, too, after each backup", async () => {
    // The next full minute comes in some seconds: schedules know nothing less than a minute.
    const shift = 60_000 - (Date.now() % 60_000) - 6000;
    project.edit((config) => Object.assign(config, { schedule: { backup: "* * * * *" } }));
    const environment = { PGKEEP_METRICS: "emf", PGKEEP_TEST_CLOCK_SHIFT: String(shift) };
    const running = project.start(["schedule"], { environment, node: ["--import", SHIFTED_CLOCK] });
    await told(running, /"NewestCheckedAge":\d+/, 90_000);
    running.child.kill("SIGTERM");
    expect((await running.ended).exitCode, running.messages()).toBe(0);
    expect(metricsIn(running.messages())[0]).toMatchObject({ Cluster: "test" });
  });

  it("writes no line where there is no recovery point to tell of, and says so", async () => {
    const { exitCode, stderr } = await project.run(["backup"], { environment: { PGKEEP_METRICS: "emf", PGPASSWORD: "wrong" } });
    expect(exitCode).not.toBe(0);
    expect(metricsIn(stderr)).toEqual([]);
    expect(stderr).toContain("no good recovery point whose age could be told");
    expect(existsSync(project.store)).toBe(true);
  });
});

describe.skipIf(missingPostgres(15) !== undefined || missingS3() !== undefined)("on a store of S3, a run that others start", () => {
  let s3: TestS3;
  beforeAll(async () => {
    s3 = await startS3();
    await s3.createBucket("shop-backups");
  });
  afterAll(() => s3?.stop());

  it("holds the lock against a second, and leaves one recovery point for one slot", async () => {
    project.configure(server.connection, SHOP, {
      store: { url: "s3://shop-backups/postgres", endpoint: s3.endpoint, forcePathStyle: true, region: "us-east-1" },
    });
    Object.assign(project.environment, { AWS_ACCESS_KEY_ID: s3.accessKey, AWS_SECRET_ACCESS_KEY: s3.secretKey, PGKEEP_METRICS: "emf" });
    const letGo = await heldTable();
    const first = project.start(["backup", "--exclusive"], { environment: slotOf("02") });
    await told(first, /recovery point 20261121T020000Z/);
    expect((await project.run(["backup", "--exclusive"], { environment: slotOf("02") })).exitCode).toBe(ExitCode.TryAgain);
    await letGo();
    expect((await first.ended).exitCode, first.messages()).toBe(0);
    expect(await ids()).toHaveLength(1);
    const again = await project.json<Backup>(["backup", "--exclusive"], { environment: slotOf("02") });
    expect(again.committedBefore).toBe(true);
    expect(await ids()).toEqual([again.manifest.id]);
  });
});
