import { describe, expect, test } from "vitest";
import { allowedBackupName, type BackupNameKind, backupNameProblem } from "./backupNames.js";

describe("names that AWS Backup takes, at their limits", () => {
  test.each<[BackupNameKind, string]>([
    ["vault", "ab"],
    ["vault", "a".repeat(50)],
    ["vault", "My_vault-1"],
    ["rule", "a"],
    ["rule", `${"a".repeat(47)}.-_`],
    ["plan", "production.1"],
    ["selection", "databases"],
    ["restoreTest", "a"],
    ["restoreTest", "a_".repeat(25)],
  ])("%s %s", (kind, name) => expect(backupNameProblem(kind, name)).toBeUndefined());
});

describe("names that it refuses, just beyond", () => {
  test.each<[BackupNameKind, string, string]>([
    ["vault", "a", "AWS Backup takes no such name (1 character)"],
    ["vault", "a".repeat(51), "AWS Backup takes no such name (51 characters)"],
    ["vault", "my.vault", "AWS Backup takes no such name (8 characters)"],
    ["rule", "", "this is empty"],
    ["rule", "a".repeat(51), "AWS Backup takes no such name (51 characters)"],
    ["rule", "every day", "AWS Backup takes no such name (9 characters)"],
    ["selection", "ä", "AWS Backup takes no such name (1 character)"],
    ["restoreTest", "a-b", "AWS Backup takes no such name (3 characters)"],
    ["restoreTest", "a".repeat(51), "AWS Backup takes no such name (51 characters)"],
  ])("%s %s", (kind, name, reason) => {
    expect(backupNameProblem(kind, name)).toBe(reason);
    expect(allowedBackupName(kind)).toMatch(/to 50/);
  });
});
