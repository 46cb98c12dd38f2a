import { describe, expect, it } from "vitest";
import { RetentionPreset, retentionRules } from "../retention/retentionRules.js";
import { bucketExpiryProblems } from "./bucketExpiry.js";
import { bucketLifecycle, type LifecycleIntent, type LifecycleRule, MOST_LIFECYCLE_RULES } from "./bucketLifecycle.js";
import { lifecycleExpiry } from "./lifecycleExpiry.js";
import { BackupStorageClass } from "./storageClass.js";

const intent: LifecycleIntent = {
  prefix: "postgres",
  clusters: ["orders"],
  tiers: [],
  retention: undefined,
  noncurrentDays: 30,
  abortAfterDays: 7,
  longestRunHours: 24,
  lockDays: undefined,
};
const archive = [{ storageClass: BackupStorageClass.GlacierInstantRetrieval, afterDays: 30 }];
const production = retentionRules({ preset: RetentionPreset.Production });

function rulesOf(change: Partial<LifecycleIntent>): Record<string, LifecycleRule> {
  const { rules, problems } = bucketLifecycle({ ...intent, ...change });
  expect(problems).toEqual([]);
  return Object.fromEntries(rules.map((rule) => [rule.id, rule]));
}

describe("where the agent prunes, S3", () => {
  it("removes what is hidden, what was not completed, and markers with nothing behind them, and no recovery point", () => {
    expect(rulesOf({})).toEqual({
      "pgkeep-housekeeping": {
        id: "pgkeep-housekeeping",
        prefix: "postgres/",
        tags: {},
        transitions: [],
        expiredObjectDeleteMarker: true,
        noncurrentDays: 30,
        abortAfterDays: 7,
      },
    });
    expect(Object.values(rulesOf({ tiers: archive })).filter(({ expirationDays }) => expirationDays !== undefined)).toEqual([]);
  });

  it("moves only what lies below points/ of each cluster, so that manifests and records stay readable at once", () => {
    const rules = rulesOf({ clusters: ["orders", "billing"], tiers: archive });
    const moving = Object.values(rules).filter(({ transitions }) => transitions.length > 0);
    expect(moving.map(({ prefix }) => prefix)).toEqual(["postgres/orders/points/", "postgres/billing/points/"]);
    expect(Object.values(rulesOf({ prefix: "", tiers: archive })).map(({ prefix }) => prefix)).toEqual(["", "orders/points/"]);
  });

  it("expires copies, where they are asked to go, manifest first", () => {
    const rules = rulesOf({ keepDays: 60, longestRunHours: 48, tiers: archive });
    expect(rules["pgkeep-manifests-orders"]).toMatchObject({ prefix: "postgres/orders/manifests/", expirationDays: 60, transitions: [] });
    expect(rules["pgkeep-points-orders"]).toMatchObject({ prefix: "postgres/orders/points/", expirationDays: 64, transitions: archive });
    expect(rulesOf({ keepDays: 30, tiers: archive })["pgkeep-points-orders"]?.transitions).toEqual([]);
  });
});

describe("where S3 alone enforces retention", () => {
  it("production is daily 30 days and weekly 52 weeks, by tag, the manifest before what it names", () => {
    const rules = rulesOf({ retention: production, tiers: archive });
    const days = (id: string) => rules[id]?.expirationDays;
    expect([days("pgkeep-daily-manifest"), days("pgkeep-daily-data")]).toEqual([30, 33]);
    expect([days("pgkeep-weekly-manifest"), days("pgkeep-weekly-data")]).toEqual([364, 367]);
    expect(rules["pgkeep-weekly-manifest"]?.tags).toEqual({ "pgkeep-class": "weekly", "pgkeep-part": "manifest" });
    // A daily one goes on the day on which it would move.
    expect(rules["pgkeep-daily-data"]?.transitions).toEqual([]);
    expect(rules["pgkeep-weekly-data"]?.transitions).toEqual(archive);
    expect(rules["pgkeep-weekly-manifest"]?.transitions).toEqual([]);
  });

  it.each(["", "postgres"])("is what pgkeep doctor holds the bucket's rules against, below the prefix %j", (prefix) => {
    const rules = Object.values(rulesOf({ retention: production, tiers: archive, prefix, longestRunHours: 72 }));
    const expiring = rules.flatMap(({ id, prefix, tags, expirationDays: days }) =>
      days === undefined ? [] : [{ id, enabled: true, prefix, tags, bySize: false, days }],
    );
    expect(expiring).toHaveLength(9);
    expect(bucketExpiryProblems(expiring, lifecycleExpiry(production), `${prefix === "" ? "" : `${prefix}/`}orders/`)).toEqual([]);
  });

  it("marks of use go too, for no agent prunes", () => {
    expect(rulesOf({ retention: production })["pgkeep-in-use-orders"]).toMatchObject({
      prefix: "postgres/orders/in-use/",
      expirationDays: 7,
    });
    expect(rulesOf({ retention: production, lockDays: 14, noncurrentDays: 14 })["pgkeep-in-use-orders"]?.expirationDays).toBe(14);
  });

  it("a tier that no class lives to see is refused", () => {
    const at = (afterDays: number) =>
      bucketLifecycle({ ...intent, retention: production, tiers: [{ storageClass: BackupStorageClass.DeepArchive, afterDays }] }).problems;
    expect(at(363)).toEqual([]);
    expect(at(364)).toMatchObject([
      { where: "tiers[0].afterDays", reason: expect.stringContaining("an object expires later than it moves"), allowed: "less than 364" },
    ]);
  });

  it("days that are billed for nothing are told, by class", () => {
    const { warnings } = bucketLifecycle({
      ...intent,
      noncurrentDays: 7,
      retention: retentionRules({ keepDaily: 60, keepWeekly: 52 }),
      tiers: [{ storageClass: BackupStorageClass.GlacierFlexibleRetrieval, afterDays: 30 }],
    });
    expect(warnings).toEqual(["daily: Glacier Flexible Retrieval bills at least 90 days and holds it for 40: 50 are paid for nothing"]);
  });
});

describe("limits", () => {
  it.each([
    [24, 2],
    [23, 1],
    [25, 2],
    [72, 4],
  ])("an upload of a run of %i hours is not aborted before %i days", (longestRunHours, least) => {
    const at = (abortAfterDays: number) => bucketLifecycle({ ...intent, longestRunHours, abortAfterDays }).problems;
    expect(at(least)).toEqual([]);
    expect(at(least + 1)).toEqual([]);
    expect(at(least - 1)).toMatchObject([{ where: "abortUploadsAfterDays", received: String(least - 1) }]);
  });

  it.each([
    ["noncurrentDays", { noncurrentDays: 0 }],
    ["noncurrentDays", { noncurrentDays: 1.5 }],
    ["replication.keepDays", { keepDays: 0 }],
  ])("%s is a whole number of days", (where, change) =>
    expect(bucketLifecycle({ ...intent, ...change }).problems).toMatchObject([{ where, reason: "lifecycle rules count whole days" }]),
  );

  it("nothing goes sooner than Object Lock lets it", () => {
    const locked = (lockDays: number) =>
      bucketLifecycle({ ...intent, lockDays, noncurrentDays: 14, retention: retentionRules({ keepDaily: 14, keepWeekly: 4 }) }).problems;
    expect(locked(13)).toEqual([]);
    expect(locked(14)).toEqual([]);
    expect(locked(15)).toMatchObject([
      {
        where: "noncurrentDays",
        received: "14",
        allowed: "15 or more",
        reason: expect.stringContaining("Object Lock holds every version for 15 days"),
      },
      { where: "retention.keepDaily", received: "14", reason: expect.stringContaining("daily recovery points expire") },
    ]);
    expect(locked(29).map(({ where }) => where)).toEqual(["noncurrentDays", "retention.keepDaily", "retention.keepWeekly"]);
    expect(bucketLifecycle({ ...intent, lockDays: 30, keepDays: 29 }).problems).toMatchObject([{ where: "replication.keepDays" }]);
    expect(bucketLifecycle({ ...intent, lockDays: 30, keepDays: 30 }).problems).toEqual([]);
  });

  it("a bucket takes 1000 rules", () => {
    const of = (clusters: number) =>
      bucketLifecycle({ ...intent, tiers: archive, clusters: Array.from({ length: clusters }, (_, index) => `c${index}`) });
    expect(of(MOST_LIFECYCLE_RULES - 2).rules).toHaveLength(999);
    expect(of(MOST_LIFECYCLE_RULES - 1).rules).toHaveLength(1000);
    expect(of(MOST_LIFECYCLE_RULES)).toMatchObject({
      rules: [],
      problems: [{ where: "clusters", reason: "these would be 1001 lifecycle rules, and a bucket takes 1000" }],
    });
  });
});
