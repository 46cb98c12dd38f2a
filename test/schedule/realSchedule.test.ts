import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { formatRecoveryPointId, parseCron, storeLayout } from "@pgkeep/core";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { runIdentity } from "../../packages/agent/src/configuration/runIdentity.js";
import type { Health } from "../../packages/agent/src/schedule/assessHealth.js";
import { scheduleKeys } from "../../packages/agent/src/schedule/scheduleKeys.js";
import { FolderStore } from "../../packages/agent/src/store/FolderStore.js";
import { Project, type Running } from "../agent/Project.js";
import { createShop, SHOP } from "../agent/shop.js";
import { freePort } from "../support/freePort.js";
import { missingPostgres, startPostgres, type TestServer } from "../support/postgresServer.js";
import { runHere } from "./runHere.js";

const SHIFTED_CLOCK = fileURLToPath(new URL("../agent/shiftedClock.mjs", import.meta.url));
/** Between the start of a scheduler and its first slot; where a machine is slower than that, the slot after it is waited for. */
const LEAD_MILLISECONDS = 6000;
const MINUTE = 60_000;

let server: TestServer;
let project: Project;
let port: number;

beforeAll(async () => {
  server = await startPostgres();
  await createShop(server);
});
afterAll(() => server?.stop());
beforeEach(async () => {
  project = new Project();
  port = await freePort();
});
afterEach(() => project.remove());

/** So far the clock is to be put ahead for the next full minute to be near. */
const shiftToNextMinute = () => MINUTE - (Date.now() % MINUTE) - LEAD_MILLISECONDS;

function startSchedule(shift: number): Running {
  const environment = { PGKEEP_TEST_CLOCK_SHIFT: String(shift) };
  return project.start(["schedule", "--log-format", "json"], { environment, node: ["--import", SHIFTED_CLOCK] });
}

/** Waits until something was told, for as long as two slots may take. */
async function told(running: Running, what: string): Promise<void> {
  const deadline = Date.now() + 150_000;
  while (!running.messages().includes(what)) {
    if (Date.now() > deadline || running.child.exitCode !== null) expect.fail(`"${what}" was not told:\n${running.messages()}`);
    await sleep(20);
  }
}

const lines = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { level: string; msg: string; job?: string; slot?: string });

async function health(path: string): Promise<{ status: number; body: Health }> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: response.status, body: (await response.json()) as Health };
}

describe.skipIf(missingPostgres(15) !== undefined)("pgkeep schedule", () => {
  it("takes a recovery point and drills in one minute, tells its health, and ends by SIGTERM", { timeout: 240_000 }, async () => {
    project.configure(server.connection, SHOP, { schedule: { backup: "* * * * *", drill: "* * * * *", health: { port } } });
    // What the drill of the first minute finds.
    await project.succeed(["backup"]);
    const running = startSchedule(shiftToNextMinute());
    await told(running, "drill: * * * * * in UTC, next ");
    expect(await health("/readyz")).toMatchObject({ status: 200, body: { ready: true } });
    await told(running, "backup: done: ");
    await told(running, "drill: done: PASS");
    const { status, body } = await health("/healthz");
    expect(status).toBe(200);
    expect(body).toMatchObject({
      healthy: true,
      jobs: [
        { job: "backup", last: { exitCode: 0 } },
        { job: "drill", last: { exitCode: 0 } },
      ],
    });

    running.child.kill("SIGTERM");
    const { exitCode, stderr, stdout } = await running.ended;
    expect([exitCode, stdout]).toEqual([0, ""]);
    const log = lines(stderr);
    expect(log.at(-1)?.msg).toBe("the scheduler ended, as it was told to");
    expect(log.filter(({ msg }) => /ended with|lock|waits|another/.test(msg))).toEqual([]);

    // The slot alone gives the id, so whoever runs it again finds what is there.
    const slot = log.find(({ job, msg }) => job === "backup" && msg.startsWith("backup: slot of "))?.slot ?? "";
    const { slot: time, run } = runIdentity({ PGKEEP_RUN_ID: `schedule of test, backup, ${slot}`, PGKEEP_SLOT: slot });
    const { recoveryPoints } = await project.json<{ recoveryPoints: { id: string; state: string }[] }>(["list"]);
    expect(recoveryPoints.map(({ id }) => id)).toContain(formatRecoveryPointId({ slot: time, run }));
    expect(recoveryPoints.map(({ state }) => state)).toContain("proven");
  });

  it("aborts a running backup by SIGTERM, commits nothing, and lets go of its lock", { timeout: 240_000 }, async () => {
    project.configure(server.connection, SHOP, { snapshot: { lockTimeout: "10m", timeout: "10m" }, schedule: { backup: "* * * * *" } });
    const { host, port: serverPort, user, password } = server.connection;
    const holder = new pg.Client({ host, port: serverPort, user, password: password ?? "", database: "shop" });
    await holder.connect();
    try {
      await holder.query("BEGIN; LOCK TABLE customer IN ACCESS EXCLUSIVE MODE");
      // Seen for the first time long ago, so the slot of this very minute was missed and is owed.
      const { beginning } = scheduleKeys(storeLayout("test"), "backup");
      const key = beginning({ cron: parseCron("* * * * *"), timeZone: "UTC" });
      await new FolderStore(project.store).putDocument(key, JSON.stringify({ since: "2026-01-01T00:00:00Z" }));
      const running = startSchedule(0);
      await told(running, "recovery point ");
      running.child.kill("SIGTERM");
      const { exitCode, stderr } = await running.ended;
      expect(exitCode, stderr).toBe(0);
      expect(stderr).toContain("was ended before its end; whichever scheduler starts next runs it again");
    } finally {
      await holder.end();
    }
    expect((await project.json<{ recoveryPoints: unknown[] }>(["list"])).recoveryPoints).toEqual([]);
    const lock = join(project.store, "test/schedule/backup/lock");
    const tokens = readdirSync(lock).sort();
    expect(JSON.parse(readFileSync(join(lock, tokens.at(-1) ?? ""), "utf8"))).toMatchObject({ state: "released" });
    expect(readdirSync(join(project.store, "test/schedule/backup"))).not.toContain("slots");
  });
});

describe("pgkeep schedule refuses", () => {
  const minimal = { version: 1, cluster: "test", databases: ["shop"], connection: { host: "/nowhere" } };
  it.each<[string, object, RegExp]>([
    ["a configuration without a schedule", {}, /schedule: nothing is scheduled/],
    ["one in which nothing is scheduled", { schedule: { timeZone: "UTC" } }, /schedule: nothing is scheduled/],
    ["retention without a policy", { schedule: { retention: "@daily" } }, /schedule\.retention \(.*:\d+\): no policy is configured/],
    ["a time that does not exist", { schedule: { backup: "0 25 * * *" } }, /schedule\.backup \(.*:\d+\): hour "25": 25 is no hour/],
    ["a zone that does not exist", { schedule: { backup: "@daily", timeZone: "Europe/Berln" } }, /did you mean Europe\/Berlin\?/],
    ["a setting that does not exist", { schedule: { backup: "@daily", retries: 3 } }, /schedule\.retries .*there is no such setting/],
  ])("%s", async (_name, changes, message) => {
    project.write({ ...minimal, store: { url: `file://${project.store}` }, ...changes });
    const { exitCode, stderr } = await runHere(project, ["schedule"]);
    expect(exitCode).toBe(78);
    expect(stderr).toMatch(message);
  });

  it("one of the copies in place of the store", async () => {
    project.write({ ...minimal, store: { url: `file://${project.store}` }, schedule: { backup: "@daily" } });
    const { exitCode, stderr } = await runHere(project, ["schedule", "--copy", "offsite"]);
    expect(exitCode).toBe(64);
    expect(stderr).toContain("--copy");
  });
});
