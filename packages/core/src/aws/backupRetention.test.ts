import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { describeProblem } from "../problem.js";
import { type BackupRetention, backupRetentionProblems } from "./backupRetention.js";

const told = (retention: BackupRetention) => backupRetentionProblems("rules[0]", retention).map(describeProblem);

describe("a retention at its limits", () => {
  test.each<[string, BackupRetention]>([
    ["a day", { retentionDays: 1 }],
    ["100 years", { retentionDays: 36_500 }],
    ["a continuous backup for a day", { retentionDays: 1, continuous: true }],
    ["a continuous backup for 35 days", { retentionDays: 35, continuous: true, rds: true }],
    ["cold storage for exactly 90 days", { retentionDays: 120, coldStorageAfterDays: 30 }],
    ["cold storage after one day", { retentionDays: 91, coldStorageAfterDays: 1 }],
    ["nothing known yet", {}],
    ["cold storage while the retention is not known yet", { coldStorageAfterDays: 30 }],
  ])("%s is taken", (_, retention) => expect(told(retention)).toEqual([]));
});

describe("a retention beyond them is refused, with the reason", () => {
  test("no day at all", () =>
    expect(told({ retentionDays: 0 })).toEqual([
      `rules[0].retentionDays: AWS Backup keeps a recovery point for 1 to 36500 days
  received: 0
  allowed:  a whole number of days from 1 to 36500`,
    ]));
  test("more than 100 years", () => expect(told({ retentionDays: 36_501 })[0]).toContain("a whole number of days from 1 to 36500"));
  test("a continuous backup for 36 days", () =>
    expect(told({ retentionDays: 36, continuous: true })).toEqual([
      `rules[0].retentionDays: a continuous backup is kept for 1 to 35 days, beyond which RDS has no point-in-time recovery
  received: 36
  allowed:  a whole number of days from 1 to 35
  next:     add a second rule without continuous that keeps snapshots for longer`,
    ]));
  test("a continuous backup for no day", () => expect(told({ retentionDays: 0, continuous: true })[0]).toContain("from 1 to 35"));
  test("cold storage for 89 days", () =>
    expect(told({ retentionDays: 119, coldStorageAfterDays: 30 })).toEqual([
      `rules[0].coldStorageAfterDays: what goes to cold storage stays there for at least 90 days, so retentionDays must be at least 120 and is 119
  received: 30
  allowed:  at most 29`,
    ]));
  test("cold storage where no day fits", () =>
    expect(told({ retentionDays: 90, coldStorageAfterDays: 1 })[0]).toContain("allowed:  nothing while retentionDays is 90"));
  test("cold storage at once", () =>
    expect(told({ retentionDays: 365, coldStorageAfterDays: 0 })[0]).toContain("after a day at the earliest"));
  test("cold storage of a continuous backup", () =>
    expect(told({ retentionDays: 35, coldStorageAfterDays: 1, continuous: true })[0]).toContain("AWS Backup refuses a continuous backup"));
  test("cold storage of RDS snapshots", () =>
    expect(told({ retentionDays: 365, coldStorageAfterDays: 30, rds: true })[0]).toContain("ignores it"));
});

it("takes cold storage exactly where 90 days are left of the retention", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 36_500 }), fc.integer({ min: 1, max: 36_500 }), (retentionDays, coldStorageAfterDays) => {
      expect(told({ retentionDays, coldStorageAfterDays }).length === 0).toBe(retentionDays - coldStorageAfterDays >= 90);
    }),
  );
});
