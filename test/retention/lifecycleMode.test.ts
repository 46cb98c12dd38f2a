import { PutBucketLifecycleConfigurationCommand, PutObjectTaggingCommand } from "@aws-sdk/client-s3";
import {
  type AgentConfigInput,
  bucketLifecycle,
  ExitCode,
  type LifecycleRule,
  lifecycleExpiryRules,
  parseAgentConfig,
  parseRetentionPolicy,
  RetentionClass,
  retentionRules,
  Verdict,
} from "@pgkeep/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { checkLifecycle } from "../../packages/agent/src/doctor/checkLifecycle.js";
import { readPins } from "../../packages/agent/src/records/pins.js";
import { silentReporter } from "../../packages/agent/src/reporter.js";
import { applyRetention } from "../../packages/agent/src/retention/applyRetention.js";
import { classOfRun } from "../../packages/agent/src/retention/classOfRun.js";
import { taggedStore } from "../../packages/agent/src/retention/taggedStore.js";
import { openStore } from "../../packages/agent/src/store/openStore.js";
import type { Store } from "../../packages/agent/src/store/Store.js";
import { Project } from "../agent/Project.js";
import { runHere } from "../agent/runHere.js";
import { startStoreProxy } from "../store/storeProxy.js";
import { credentialsOf, storeConfig } from "../store/storeUnderTest.js";
import { type AnyS3, startMoto } from "../support/motoServer.js";
import { problemOf } from "../support/problemOf.js";
import { idOf, keysBelow, layout, storePoint } from "./storedPoint.js";

const PRODUCTION = { enforcedBy: "lifecycle", preset: "production" } as const;
const DAYS = ["2024-11-01T02:00:00Z", "2024-11-02T02:00:00Z", "2024-11-04T02:00:00Z"] as const;
let server: AnyS3;
let bucket: string;
let store: Store;
let project: Project;
let buckets = 0;

beforeAll(async () => {
  server = await startMoto();
});
afterAll(() => server?.stop());
beforeEach(async () => {
  buckets += 1;
  bucket = `lifecycle-${process.pid}-${buckets}`;
  await server.createBucket(bucket);
  store = await openStore(storeOf(), credentialsOf(server));
  project = new Project();
  project.write(configOf());
  Object.assign(project.environment, credentialsOf(server));
  return async () => {
    await store.close();
    project.remove();
  };
});

const storeOf = (endpoint = server.endpoint) => storeConfig(`s3://${bucket}/backups`, { endpoint });
const configOf = (changes: object = {}): AgentConfigInput => ({
  version: 1,
  cluster: "shop",
  databases: ["shop"],
  store: { url: `s3://${bucket}/backups`, endpoint: server.endpoint, forcePathStyle: true },
  retention: PRODUCTION as never,
  ...changes,
});
const run = (...words: string[]) => runHere(project, words);
const all = () => keysBelow(store, "");

describe("where S3's lifecycle enforces retention", () => {
  it("a plan tells the class of each recovery point and when S3 expires it, and which guards are lost", async () => {
    const weekly = await storePoint(store, DAYS[0], { retentionClass: RetentionClass.Weekly });
    const daily = await storePoint(store, DAYS[1], { retentionClass: RetentionClass.Daily });
    const classless = await storePoint(store, DAYS[2]);
    const { exitCode, stdout } = await run("retention", "plan");
    expect(exitCode).toBe(ExitCode.Done);
    expect(stdout).toContain("S3 enforces retention, by the class of each object: daily 30 d, weekly 364 d\n");
    const day = (days: number) => new Date(Math.ceil((Date.now() + days * 86_400_000) / 86_400_000) * 86_400_000).toISOString();
    expect(stdout).toMatch(new RegExp(`${weekly} .* weekly +${day(364)}\n`));
    expect(stdout).toMatch(new RegExp(`${daily} .* daily +${day(30)}\n`));
    expect(stdout).toMatch(new RegExp(`${classless} .* none +never: S3 knows no class of it\n`));
    expect(stdout).toContain("1 recovery point without a class");
    expect(stdout).toContain("where backups stop, it expires the last one too");

    const document = (await run("retention", "plan", "--json")).json();
    expect(document).toMatchObject({
      enforcedBy: "lifecycle",
      points: [
        { id: weekly, retentionClass: "weekly", expiresAt: day(364) },
        { id: daily },
        { id: classless, retentionClass: null, expiresAt: null },
      ],
    });
  });

  it("a policy by itself shows what a change would mean", async () => {
    const id = await storePoint(store, DAYS[0], { retentionClass: RetentionClass.Weekly });
    project.write({ keepDaily: 7, keepWeekly: 4 }, "new.yaml");
    const { stdout } = await run("retention", "plan", "--policy", "new.yaml");
    expect(stdout).toContain("daily 7 d, weekly 28 d");
    expect(stdout).toContain(id);
  });

  it("applying is refused and removes nothing, by a policy of a file too", async () => {
    for (const slot of DAYS) await storePoint(store, slot, { retentionClass: RetentionClass.Daily });
    const before = await all();
    project.write({ keepLast: 1 }, "new.yaml");
    for (const words of [["--yes"], ["--yes", "--json"], ["--yes", "--policy", "new.yaml"]]) {
      const { exitCode, stderr } = await run("retention", "apply", ...words);
      expect(exitCode).toBe(ExitCode.Configuration);
      expect(stderr).toContain("S3 enforces retention in this store by the rules of its bucket, so pgkeep removes nothing there");
      expect(stderr).toContain("look at `pgkeep retention plan`");
    }
    const config = parseAgentConfig(configOf());
    const policy = parseRetentionPolicy({ keepLast: 1 });
    expect((await problemOf(applyRetention({ config, policy, store, by: "me", reporter: silentReporter }))).exitCode).toBe(
      ExitCode.Configuration,
    );
    expect(await all()).toEqual(before);
  });

  it("a pin would be a false promise, and is refused", async () => {
    const id = await storePoint(store, DAYS[0], { retentionClass: RetentionClass.Daily });
    const { exitCode, stderr } = await run("pin", id, "--reason", "year-end");
    expect(exitCode).toBe(ExitCode.Configuration);
    expect(stderr).toContain("knows no pins");
    expect((await readPins(store, layout)).size).toBe(0);
  });

  it("status tells it, and show tells the class", async () => {
    const id = await storePoint(store, DAYS[0], { retentionClass: RetentionClass.Weekly });
    expect((await run("status")).stdout).toMatch(/retention +by S3's lifecycle, without the agent's guards/);
    expect((await run("status", "--json")).json().retention).toMatchObject({
      enforcedBy: "lifecycle",
      lostGuards: expect.arrayContaining([expect.stringContaining("knows no pins")]),
    });
    expect((await run("show", id)).stdout).toMatch(/retention class +weekly: S3 expires it by that tag/);
  });
});

describe("the class of a run, read from what the store holds", () => {
  const classAt = (slot: string, changes: object = {}) =>
    classOfRun({ config: parseAgentConfig(configOf(changes)), store, layout, slot: new Date(slot), reporter });
  let warnings: string[];
  const reporter = { ...silentReporter, warning: (text: string) => void warnings.push(text) };
  beforeEach(() => {
    warnings = [];
  });

  it("is none where the agent enforces retention", async () => {
    expect(await classAt(DAYS[0], { retention: { preset: "production" } })).toBeUndefined();
    expect(await classAt(DAYS[0], { retention: undefined })).toBeUndefined();
  });

  it("is that which the week lacks, by the clocks of schedule.timeZone", async () => {
    expect(await classAt(DAYS[0])).toBe("weekly");
    await storePoint(store, DAYS[0], { retentionClass: RetentionClass.Weekly });
    expect(await classAt(DAYS[1])).toBe("daily");
    // Sunday night in New York is Monday in UTC.
    expect(await classAt("2024-11-04T03:00:00Z")).toBe("weekly");
    expect(await classAt("2024-11-04T03:00:00Z", { schedule: { timeZone: "America/New_York", backup: "0 22 * * *" } })).toBe("daily");
  });

  it("is not held by a manifest that cannot be read, and the run says so", async () => {
    const id = await storePoint(store, DAYS[0], { retentionClass: RetentionClass.Weekly });
    await store.remove(layout.manifest(id));
    await store.putDocument(layout.manifest(id), "{ damaged");
    expect(await classAt(DAYS[1])).toBe("weekly");
    expect(warnings).toEqual([expect.stringMatching(new RegExp(`the class of ${id} cannot be read, so it holds none: .*not JSON`))]);
  });

  it("is the one that lives longest where the store may not be listed, and the run says so", async () => {
    await storePoint(store, DAYS[0], { retentionClass: RetentionClass.Weekly });
    const proxy = await startStoreProxy(server.endpoint);
    proxy.fate = (_method, url) => (url.searchParams.has("list-type") ? { status: 403, code: "AccessDenied" } : "pass");
    const unlisted = await openStore(storeOf(proxy.endpoint), credentialsOf(server));
    const config = parseAgentConfig(configOf({ retention: { ...PRODUCTION, keepYearly: 2 } }));
    expect(await classOfRun({ config, store: unlisted, layout, slot: new Date(DAYS[1]), reporter })).toBe("yearly");
    expect(warnings).toEqual([expect.stringContaining("may not list the store")]);
    await unlisted.close();
    await proxy.stop();
  });
});

describe("doctor holds the bucket's rules against the policy", () => {
  const rules = retentionRules(parseRetentionPolicy(PRODUCTION));
  const check = (endpoint = server.endpoint) => {
    const config = parseAgentConfig({ ...configOf(), store: { url: `s3://${bucket}/backups`, endpoint, forcePathStyle: true } });
    return checkLifecycle(
      { config, environment: credentialsOf(server), reporter: silentReporter, signal: new AbortController().signal },
      store,
      layout,
    );
  };
  /** As the component's rules reach S3. */
  const giveRules = (given: readonly LifecycleRule[]) =>
    server.client.send(
      new PutBucketLifecycleConfigurationCommand({
        Bucket: bucket,
        LifecycleConfiguration: {
          Rules: given.map(({ id, prefix, tags, expirationDays, noncurrentDays, abortAfterDays, expiredObjectDeleteMarker }) => ({
            ID: id,
            Status: "Enabled",
            Filter:
              Object.keys(tags).length === 0
                ? { Prefix: prefix }
                : { And: { Prefix: prefix, Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) } },
            ...(expirationDays === undefined ? {} : { Expiration: { Days: expirationDays } }),
            ...(expiredObjectDeleteMarker ? { Expiration: { ExpiredObjectDeleteMarker: true } } : {}),
            ...(noncurrentDays === undefined ? {} : { NoncurrentVersionExpiration: { NoncurrentDays: noncurrentDays } }),
            ...(abortAfterDays === undefined ? {} : { AbortIncompleteMultipartUpload: { DaysAfterInitiation: abortAfterDays } }),
          })),
        },
      }),
    );
  const rendered = () =>
    bucketLifecycle({
      prefix: "backups",
      clusters: ["shop"],
      tiers: [],
      retention: rules,
      noncurrentDays: 7,
      abortAfterDays: 7,
      longestRunHours: 24,
      lockDays: undefined,
    }).rules;

  it("and passes those that BackupBucket renders, telling which guards are lost", async () => {
    await giveRules(rendered());
    expect(await check()).toMatchObject({
      name: "retention by S3",
      verdict: Verdict.Pass,
      details: [
        "the bucket's rules enforce the policy: daily 30 d, weekly 364 d",
        "no recovery point yet, whose tags could be looked at",
        expect.stringContaining("expires the last one too"),
        expect.any(String),
        expect.any(String),
        expect.any(String),
      ],
    });
  });

  it("and looks whether tags arrive: a server may drop them, or somebody change them", async () => {
    await giveRules(rendered());
    const id = idOf(DAYS[0]);
    await storePoint(taggedStore(store, layout, id, RetentionClass.Weekly), DAYS[0], { retentionClass: RetentionClass.Weekly });
    expect((await check()).details[1]).toBe(`the newest, ${id}, bears its class, weekly`);
    const Key = `backups/${layout.manifest(id)}`;
    const TagSet = [{ Key: "pgkeep-class", Value: "daily" }];
    await server.client.send(new PutObjectTaggingCommand({ Bucket: bucket, Key, Tagging: { TagSet } }));
    const changed = await check();
    expect([changed.verdict, changed.problems[0]?.received]).toEqual([Verdict.Fail, "pgkeep-class=daily"]);

    const proxy = await startStoreProxy(server.endpoint);
    proxy.fate = (_method, url) => (url.searchParams.has("tagging") ? { status: 403, code: "AccessDenied" } : "pass");
    expect((await check(proxy.endpoint)).details[1]).toContain("s3:GetObjectTagging");
    await proxy.stop();

    const dropped = await storePoint(store, DAYS[1], { retentionClass: RetentionClass.Daily });
    expect((await check()).problems[0]).toMatchObject({
      received: "pgkeep-class=",
      allowed: expect.stringContaining("pgkeep-class=daily"),
    });
    const before = await storePoint(store, DAYS[2]);
    expect((await check()).details[1]).toBe(`the newest, ${before}, is of before and has no class: S3 expires it never`);
    expect(dropped < before).toBe(true);
  });

  it("as one of the checks of the command", async () => {
    await giveRules(rendered());
    project.edit((config) => {
      config.connection = { host: "127.0.0.1", port: 1, retryFor: "0s", sslmode: "disable" };
    });
    const { checks } = (await run("doctor", "--json")).json();
    expect(checks).toContainEqual(expect.objectContaining({ name: "retention by S3", verdict: Verdict.Pass }));
    project.edit((config) => {
      config.retention = { preset: "production" };
    });
    const others = (await run("doctor", "--json")).json().checks as { name: string }[];
    expect(others.map(({ name }) => name)).not.toContain("retention by S3");
  });

  it("and fails a bucket without any, and one whose rule is another", async () => {
    const none = await check();
    expect([none.verdict, none.exitCode]).toEqual([Verdict.Fail, ExitCode.Configuration]);
    expect(none.problems[0]?.reason).toBe("the manifest of a daily recovery point expires never, and the policy means 30 days");
    await giveRules(rendered().map((rule) => (rule.id === "pgkeep-weekly-manifest" ? { ...rule, expirationDays: 30 } : rule)));
    const { problems } = await check();
    expect(problems.map(({ reason }) => reason)).toEqual([
      "the manifest of a weekly recovery point expires after 30 days, and the policy means 364 days",
    ]);
    expect(lifecycleExpiryRules(rules)).toHaveLength(8);
  });

  it("and could not verify where it may not read them", async () => {
    const proxy = await startStoreProxy(server.endpoint);
    proxy.fate = (_method, url) => (url.searchParams.has("lifecycle") ? { status: 403, code: "AccessDenied" } : "pass");
    const { verdict, problems } = await check(proxy.endpoint);
    expect(verdict).toBe(Verdict.CouldNotVerify);
    expect(problems[0]?.next).toContain("s3:GetLifecycleConfiguration");
    await proxy.stop();
  });
});
