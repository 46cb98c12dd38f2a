import { describe, expect, it, test } from "vitest";
import { describeProblem } from "../problem.js";
import { lockedRetentionProblems, type VaultLock, vaultLockProblems } from "./vaultLock.js";

const told = (lock: VaultLock) => vaultLockProblems("vault.lock", lock).map(describeProblem);
const locked = (days: number, limits: Pick<VaultLock, "minRetentionDays" | "maxRetentionDays">, continuous = false) =>
  lockedRetentionProblems("rules[0].retentionDays", { retentionDays: days, continuous }, { vault: "safe", ...limits }).map(describeProblem);

describe("a lock at its limits", () => {
  test.each<[string, VaultLock]>([
    ["governance without limits", { compliance: false }],
    ["governance with the widest limits", { compliance: false, minRetentionDays: 1, maxRetentionDays: 36_500 }],
    ["limits a day apart", { compliance: false, minRetentionDays: 7, maxRetentionDays: 8 }],
    ["compliance with 72 hours to think", { compliance: true, changeableForDays: 3 }],
    ["compliance with more", { compliance: true, changeableForDays: 30 }],
  ])("%s is taken", (_, lock) => expect(told(lock)).toEqual([]));
});

describe("a lock beyond them is refused, with the reason", () => {
  test("two days to think", () =>
    expect(told({ compliance: true, changeableForDays: 2 })).toEqual([
      `vault.lock.changeableForDays: AWS Backup demands 72 hours to think: when these days are over nobody can ever change or remove the lock, neither the account's root user nor AWS
  received: 2
  allowed:  a whole number of days, 3 or more`,
    ]));
  test("compliance that is not spelled out whole", () =>
    expect(told({ compliance: true })[0]).toContain(
      "mode: compliance needs it spelled out, for when these days are over nobody can ever change",
    ));
  test("days to think in governance mode, which would make it compliance", () =>
    expect(told({ compliance: false, changeableForDays: 3 })[0]).toContain("this makes a lock of compliance mode"));
  test("no day at least", () =>
    expect(told({ compliance: false, minRetentionDays: 0 })[0]).toContain("shortest retention is at least one day"));
  test("more than 100 years", () =>
    expect(told({ compliance: false, maxRetentionDays: 36_501 })[0]).toContain("longest retention is at most 36500 days"));
  test("limits that meet", () =>
    expect(told({ compliance: false, minRetentionDays: 30, maxRetentionDays: 30 })).toEqual([
      `vault.lock.maxRetentionDays: no retention would fit between the two, so every backup would fail
  received: 30
  allowed:  more than minRetentionDays, which is 30`,
    ]));
});

describe("a retention under a lock", () => {
  test("at its limits", () => {
    expect(locked(7, { minRetentionDays: 7, maxRetentionDays: 365 })).toEqual([]);
    expect(locked(365, { minRetentionDays: 7, maxRetentionDays: 365 })).toEqual([]);
    expect(locked(36_500, {})).toEqual([]);
  });
  test("a day too short", () =>
    expect(locked(6, { minRetentionDays: 7 })).toEqual([
      `rules[0].retentionDays: the lock of the vault safe demands at least 7 days (minRetentionDays): jobs with another retention fail
  received: 6
  allowed:  at least 7`,
    ]));
  test("a day too long", () => expect(locked(366, { maxRetentionDays: 365 })[0]).toContain("allows at most 365 days (maxRetentionDays)"));
  it("tells a continuous rule what to do where no retention of it would fit", () => {
    expect(locked(35, { minRetentionDays: 35 }, true)).toEqual([]);
    expect(locked(35, { minRetentionDays: 36 }, true)[0]).toContain("a continuous backup keeps at most 35 days: lower minRetentionDays");
  });
});
