import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { PutBucketPolicyCommand } from "@aws-sdk/client-s3";
import { ExitCode } from "@pgkeep/core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { credentialsOf } from "../store/storeUnderTest.js";
import { startPostgres, type TestServer } from "../support/postgresServer.js";
import { startS3, type TestS3 } from "../support/s3Server.js";
import { Project, type RunOptions } from "./Project.js";
import { type RunHere, runHere } from "./runHere.js";
import { createShop, SHOP } from "./shop.js";

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
  project.environment.PGKEEP_BY = "ann@office";
});
afterEach(() => project.remove());

type Environment = Pick<RunOptions, "environment">;

/** A command that must end with an exit code. */
async function run(args: string[], exitCode: ExitCode = ExitCode.Done, options: Environment = {}): Promise<RunHere> {
  const ended = await runHere(project, args, options);
  expect(ended.exitCode, `${args.join(" ")}\n${ended.stdout}\n${ended.stderr}`).toBe(exitCode);
  return ended;
}
const slot = (day: number) => ({ environment: { PGKEEP_RUN_ID: `night-${day}`, PGKEEP_SLOT: `2026-11-${day}T02:00:00Z` } });
/** The states of all recovery points, oldest first. */
const states = async () => (await run(["list", "--json"])).json().recoveryPoints.map(({ state, accepted }: never) => [state, accepted]);
const audit = async (...options: string[]): Promise<string[]> =>
  (await run(["audit", "--json", ...options]))
    .json()
    .entries.map(({ action, result, who }: Record<string, string>) => `${action} ${result} ${who}`);

it("a suspicious recovery point is committed, ends with 80 each time, and is the new base once somebody accepted it", async () => {
  await server.psql("CREATE TABLE emptied AS SELECT n FROM generate_series(1, 2000) n", "shop");
  await run(["backup"], ExitCode.Done, slot(10));
  await server.psql("TRUNCATE emptied", "shop");
  const suspicious = await run(["backup"], ExitCode.Suspicious, slot(11));
  expect(suspicious.stdout).toMatch(
    /is committed\..*SUSPICIOUS.*table public\.emptied of shop is empty; it had 2000 rows.*pgkeep accept /s,
  );
  const again = (await run(["backup", "--json"], ExitCode.Suspicious, slot(11))).json();
  expect(again).toMatchObject({ committedBefore: true, anomaly: { findings: [{ kind: "emptied-table", before: 2000, now: 0 }] } });
  const { id } = again.manifest;
  expect(await states()).toEqual([
    ["checked", false],
    ["suspicious", false],
  ]);
  expect((await run(["list"])).stdout).toMatch(new RegExp(`${id} .*suspicious`));
  expect((await run(["show", id])).stdout).toMatch(/^state +suspicious$.*^suspicious +table public\.emptied of shop is empty/ms);
  const rehearsal = await run(["restore", id, "--dry-run", "--database", "shop", "--as", "shop-copy"]);
  expect(rehearsal.stderr).toMatch(/is suspicious beside .* and nobody accepted it: table public\.emptied/);

  expect((await run(["accept", id], ExitCode.Usage)).stderr).toContain("--reason");
  await run(["accept", id, "--reason", "  "], ExitCode.Usage);
  await run(["accept", "latest", "--reason", "x"], ExitCode.Usage);
  const accepted = await run(["accept", id, "--reason", "moved to the archive"]);
  expect(accepted.stdout).toMatch(/is accepted.*table public\.emptied of shop is empty/s);
  expect((await run(["accept", id, "--reason", "again"], ExitCode.Usage)).stderr).toContain("by ann@office");
  expect((await run(["show", id])).stdout).toMatch(/^state +checked; accepted$.*^accepted +by ann@office at .*: moved to the archive$/ms);
  await run(["backup"], ExitCode.Done, slot(11));
  const next = (await run(["backup", "--json"], ExitCode.Done, slot(12))).json();
  expect(next.anomaly).toEqual({ base: id, findings: [] });
  expect(await states()).toEqual([
    ["checked", false],
    ["checked", true],
    ["checked", false],
  ]);
});

it("pins, and every step leaves a record, failures too", async () => {
  const { id } = (await run(["backup", "--json"], ExitCode.Done, slot(10))).json().manifest;
  await run(["pin", id], ExitCode.Usage);
  await run(["pin", id, "--for", "1y", "--reason", "x"], ExitCode.Usage);
  expect((await run(["pin", "latest", "--reason", "year-end"])).stdout).toContain(`${id} is pinned for ever`);
  expect((await run(["list"])).stdout).toMatch(new RegExp(`${id} .* pinned$`, "m"));
  const until = new Date((await run(["pin", id, "--for", "30d", "--reason", "the move", "--json"])).json().until).getTime();
  expect(Math.abs(until - Date.now() - 30 * 86_400_000)).toBeLessThan(60_000);
  expect((await run(["show", id])).stdout).toMatch(/^state +checked; pinned until \d{4}-/m);
  expect((await run(["unpin", id, "--reason", "moved"])).stdout).toContain("not pinned any more");
  expect((await run(["unpin", id, "--reason", "moved"])).stdout).toContain("was not pinned");
  await run(["pin", "20200101T000000Z-00000000", "--reason", "x"], ExitCode.NoSuchRecoveryPoint);
  await run(["undelete", id], ExitCode.NoSuchRecoveryPoint);
  expect((await run(["list", "--deleted"])).stdout).toContain("Nothing.");
  await run(["backup"], ExitCode.Permission, { environment: { PGPASSWORD: "wrong", ...slot(11).environment } });

  const records = ["backup done", "pin done", "pin done", "unpin done", "pin failed", "undelete failed", "backup failed"];
  expect(await audit()).toEqual(records.map((record) => `${record} ann@office`));
  const table = (await run(["audit"])).stdout;
  expect(table).toMatch(/^time \(UTC\) +action +result +recovery point +who +details$/m);
  expect(table).toMatch(new RegExp(`pin +done +${id} +ann@office +for ever; year-end$`, "m"));
  expect(await audit("--since", "2026-01-01")).toHaveLength(records.length);
  expect(await audit("--since", new Date(Date.now() + 60_000).toISOString())).toEqual([]);
  await run(["audit", "--since", "yesterday"], ExitCode.Usage);
});

it("a recovery point of a newer pgkeep is named, and hides none of the others", async () => {
  const { id } = (await run(["backup", "--json"], ExitCode.Done, slot(10))).json().manifest;
  const { openStore } = await import("../../packages/agent/src/store/openStore.js");
  const store = await openStore({ url: `file://${project.store}`, forcePathStyle: false, checksums: "when_supported" }, {});
  const newer = "20261111T020000Z-aaaaaaaa";
  await store.putDocument(`test/manifests/${newer}.json`, JSON.stringify({ formatVersion: 7, agent: { version: "9.1.0" } }));
  const list = await run(["list", "--json"]);
  expect(list.json().recoveryPoints.map((point: { id: string }) => point.id)).toEqual([id, newer]);
  expect(list.json().newer).toEqual([{ id: newer, problem: expect.stringContaining("pgkeep 9.1.0") }]);
  expect(list.stderr).toContain(newer);
  expect((await run(["list"])).stdout).toMatch(new RegExp(`${newer} .*written by a newer pgkeep`));
  await run(["show", newer], ExitCode.Configuration);
  const next = await run(["backup", "--json"], ExitCode.Done, slot(12));
  expect(next.json().anomaly).toEqual({ base: id, findings: [] });
  expect(next.stderr).toMatch(new RegExp(`${newer} cannot be compared with: .*newer pgkeep`));
});

it("warns where others can read the store, or one command would publish it", async () => {
  mkdirSync(project.store);
  chmodSync(project.store, 0o755);
  mkdirSync(join(project.folder, ".git"));
  const { stderr } = await run(["backup"]);
  expect(stderr).toMatch(/every user of this machine can list the folder, and the recovery points in it are not encrypted; chmod o-rwx/);
  expect(stderr).toMatch(/it lies in the git work tree .*: one `git add` would publish the backups/);
});

it("restores and drills with credentials that may only read, and says what that means", async () => {
  const s3: TestS3 = await startS3();
  try {
    await s3.createBucket("read-only");
    project.edit((config) => {
      config.store = { url: "s3://read-only/prefix", endpoint: s3.endpoint, forcePathStyle: true };
    });
    await run(["backup"], ExitCode.Done, { environment: credentialsOf(s3) });
    const reader = await s3.createUser();
    const Resource = ["arn:aws:s3:::read-only", "arn:aws:s3:::read-only/*"];
    const grant = { Effect: "Allow", Principal: { AWS: [reader.accessKey] }, Action: ["s3:GetObject", "s3:ListBucket"], Resource };
    await s3.client.send(
      new PutBucketPolicyCommand({ Bucket: "read-only", Policy: JSON.stringify({ Version: "2012-10-17", Statement: [grant] }) }),
    );
    const options = { environment: credentialsOf(reader) };
    const restored = await run(["restore", "latest", "--database", "shop", "--as", "shop-read"], ExitCode.Done, options);
    expect(restored.stderr).toMatch(/may only read the store, so this restore leaves no mark there/);
    expect(restored.stderr).toMatch(/left no record in the audit trail/);
    expect(await server.psql("SELECT count(*) FROM customer", "shop-read")).toBe("500");
    const drilled = await run(["drill", "latest"], ExitCode.Done, options);
    expect(drilled.stderr).toMatch(/kept nowhere, and .* does not count as proven/);
    expect((await run(["list", "--json"], ExitCode.Done, options)).json().recoveryPoints).toMatchObject([{ state: "checked", drills: [] }]);
  } finally {
    await s3.stop();
  }
});
