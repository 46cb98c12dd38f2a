import { expect, test } from "vitest";
import { superuserStatement } from "./superuserStatement.js";

test.each([
  ["backup", "DO $pgkeep$\n", 'ALTER ROLE "backup" BYPASSRLS;', ", 'backup');"],
  [`it's "it"`, "DO $pgkeep$\n", `ALTER ROLE "it's ""it""" BYPASSRLS;`, `, 'it''s "it"');`],
  ["$pgkeep$ $pgkeep_$", "DO $pgkeep__$\n", 'ALTER ROLE "$pgkeep$ $pgkeep_$" BYPASSRLS;', ", '$pgkeep$ $pgkeep_$');"],
])("for %s is one statement that no name breaks out of", (role, ...parts) => {
  const statement = superuserStatement(role, undefined);
  for (const part of parts) expect(statement).toContain(part);
  expect(statement.endsWith(`END ${parts[0]?.slice(3).trim()};`)).toBe(true);
});

test("lets whoever restores read back what it restored, where that role is declared", () => {
  const statement = superuserStatement("backup", "$pgkeep$");
  expect(statement).toContain('  ALTER ROLE "backup" BYPASSRLS;\n  ALTER ROLE "$pgkeep$" BYPASSRLS;\n');
  expect(statement.startsWith("DO $pgkeep_$\n")).toBe(true);
});
