import { describe, expect, it, test } from "vitest";
import { parseRetentionPolicy } from "../retention/parseRetentionPolicy.js";
import { retentionRules } from "../retention/retentionRules.js";
import { type BucketExpiryRule, bucketExpiryProblems } from "./bucketExpiry.js";
import { lifecycleExpiry, lifecycleExpiryRules } from "./lifecycleExpiry.js";

const rules = retentionRules(parseRetentionPolicy({ enforcedBy: "lifecycle", preset: "production" }));
const rule = (changes: Partial<BucketExpiryRule>): BucketExpiryRule => ({
  id: "other",
  enabled: true,
  prefix: "",
  tags: {},
  bySize: false,
  days: 400,
  ...changes,
});
const rendered = (): BucketExpiryRule[] =>
  lifecycleExpiryRules(rules).map(({ id, tags, expireAfterDays: days }) => rule({ id, tags, days }));
const problems = (given: BucketExpiryRule[]) => bucketExpiryProblems(given, lifecycleExpiry(rules), "backups/shop/");
const changed = (id: string, changes: Partial<BucketExpiryRule>) =>
  rendered().map((each) => (each.id === id ? { ...each, ...changes } : each));

describe("the rules of a bucket", () => {
  it("that are rendered for a policy enforce it, whatever expires elsewhere", () => {
    expect(problems(rendered())).toEqual([]);
    expect(
      problems([
        ...rendered(),
        rule({ prefix: "logs/", days: 7 }),
        rule({ days: 1, enabled: false }),
        rule({ tags: { team: "a" }, days: 1 }),
      ]),
    ).toEqual([]);
  });

  it("may keep the dumps longer than three days after their manifest, for runs of more than a day", () => {
    expect(bucketExpiryProblems(rendered(), lifecycleExpiry(rules, { longestRunDays: 1 }), "")).toEqual([]);
    expect(problems(changed("pgkeep-daily-data", { days: 40 }))).toEqual([]);
  });

  test.each<[string, BucketExpiryRule[], RegExp]>([
    ["none at all", [], /manifest of a daily recovery point expires never/],
    [
      "a manifest too early",
      changed("pgkeep-weekly-manifest", { days: 363 }),
      /manifest of a weekly recovery point expires after 363 days, and the policy means 364 days/,
    ],
    ["a manifest too late", changed("pgkeep-daily-manifest", { days: 31 }), /manifest of a daily .* after 31 days/],
    ["one that is disabled", changed("pgkeep-daily-manifest", { enabled: false }), /manifest of a daily recovery point expires never/],
    [
      "one of another prefix",
      changed("pgkeep-daily-manifest", { prefix: "elsewhere/" }),
      /manifest of a daily recovery point expires never/,
    ],
    [
      "dumps right with their manifest",
      changed("pgkeep-daily-data", { days: 30 }),
      /dumps of a daily recovery point expire after 30 days, so before 33 days/,
    ],
    ["dumps a day too early", changed("pgkeep-daily-data", { days: 32 }), /so before 33 days/],
    ["dumps never", changed("pgkeep-daily-data", { enabled: false }), /dumps of a daily recovery point never expire/],
    ["large dumps only", changed("pgkeep-daily-data", { bySize: true }), /dumps of a daily recovery point never expire/],
    ["everything by age", [...rendered(), rule({ days: 365 })], /objects without a class expire after 365 days/],
    ["everything on a date", [...rendered(), rule({ days: 0 })], /objects without a class expire on a date/],
    [
      "large objects before their manifest",
      [...rendered(), rule({ prefix: "backups/shop/points/", bySize: true, days: 20 })],
      /dumps of a weekly .* after 20 days/,
    ],
  ])("%s is told", (_name, given, words) => expect(problems(given)).toEqual(expect.arrayContaining([expect.stringMatching(words)])));
});
