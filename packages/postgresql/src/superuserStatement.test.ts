import { expect, test } from "vitest";
import { superuserStatement } from "./superuserStatement.js";

test.each([
  ["backup", "DO $pgkeep$\n", 'ALTER ROLE "backup" BYPASSRLS;', ", 'backup');"],
  [`it's "it"`, "DO $pgkeep$\n", `ALTER ROLE "it's ""it""" BYPASSRLS;`, `, 'it''s "it"');`],
  ["$pgkeep$ $pgkeep_$", "DO $pgkeep__$\n", 'ALTER ROLE "$pgkeep$ $pgkeep_$" BYPASSRLS;', ", '$pgkeep$ $pgkeep_$');"],
])("for %s is one statement that no name breaks out of", (role, ...parts) => {
  const statement = superuserStatement(role);
  for (const part of parts) expect(statement).toContain(part);
  expect(statement.endsWith(`END ${parts[0]?.slice(3).trim()};`)).toBe(true);
});
