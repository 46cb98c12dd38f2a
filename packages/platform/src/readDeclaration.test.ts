import { describeProblem } from "@pgkeep/core";
import { describe, expect, it, test } from "vitest";
import { readDeclaration } from "./readDeclaration.js";

const databases = '[{"name":"core"}]';
const read = (values: Record<string, string>, environment: Record<string, string> = {}, secrets: string[] = []) =>
  readDeclaration({ values, isSecret: (key) => secrets.includes(key) }, environment);
const argsOf = (...parameters: Parameters<typeof read>) => {
  const declaration = read(...parameters);
  if ("problems" in declaration) throw new Error(declaration.problems.map(describeProblem).join("\n"));
  return declaration.args;
};

describe("the server and its administrator", () => {
  const variables = { PGHOST: "db.example.org", PGPORT: "5433", PGUSER: "deployer", PGPASSWORD: "secret" };

  it("are libpq's variables where the configuration says nothing", () => {
    expect(argsOf({ "pgkeep:databases": databases }, variables)).toEqual({
      server: { host: "db.example.org", port: 5433, sslMode: "verify-full" },
      admin: { username: "deployer", password: "secret" },
      databases: [{ name: "core" }],
      dumpRole: { name: "pgkeep_dump" },
    });
  });

  it("are the configuration's where it says something", () => {
    const values = {
      "pgkeep:databases": databases,
      "pgkeep:server": '{"host":"other","port":1,"managedService":"rds"}',
      "pgkeep:admin": '{"username":"master"}',
      "pgkeep:adminPassword": "theirs",
    };
    expect(argsOf(values, variables, ["pgkeep:adminPassword"])).toMatchObject({
      server: { host: "other", port: 1, managedService: "rds", sslMode: "verify-full" },
      admin: { username: "master", password: "theirs" },
    });
  });

  test.each([
    [{ PGHOST: "127.0.0.1" }, "disable"],
    [{ PGHOST: "/run/postgresql" }, "disable"],
    [{ PGHOST: "localhost", PGSSLMODE: "require" }, "require"],
    [{ PGHOST: "10.0.0.1" }, "verify-full"],
  ])("at %j are reached with sslmode %s", (environment, sslMode) => {
    expect(argsOf({ "pgkeep:databases": databases }, environment as Record<string, string>).server.sslMode).toBe(sslMode);
  });
});

it("puts each password with its login", () => {
  const args = argsOf(
    {
      "pgkeep:databases": databases,
      "pgkeep:applications": '[{"name":"web","databases":["core"]},{"name":"other","databases":["core"]}]',
      "pgkeep:restoreRole": "{}",
      "pgkeep:passwords": '{"web":"a","pgkeep_dump":"b","pgkeep_restore":"c"}',
    },
    {},
    ["pgkeep:passwords"],
  );
  expect(args.applications?.map(({ password }) => password)).toEqual(["a", undefined]);
  expect([args.dumpRole?.password, args.restoreRole?.password]).toEqual(["b", "c"]);
});

it("leaves other projects' keys alone", () => {
  expect(argsOf({ "pgkeep:databases": databases, "aws:region": "eu-west-1" })).toBeDefined();
});

test.each<[string, Record<string, string>, string[]]>([
  ["no databases", {}, ["pgkeep:databases: this is missing\n  allowed:  list"]],
  [
    "an unknown key",
    { "pgkeep:databases": databases, "pgkeep:dropOnDestory": "true" },
    ["pgkeep:dropOnDestory: there is no such setting\n  allowed:  server, "],
  ],
  [
    "text for a list",
    { "pgkeep:databases": "core" },
    ["pgkeep:databases: this is neither a list nor a group nor true or false\n  received: core", "pgkeep:databases: this is missing"],
  ],
  ["a group for a list", { "pgkeep:databases": '{"name":"core"}' }, ["pgkeep:databases: this is of another type\n  allowed:  list"]],
  [
    "a text in a list of groups",
    { "pgkeep:databases": '["core"]' },
    ["pgkeep:databases[0]: this is of another type\n  allowed:  group of settings"],
  ],
  [
    "secrets that are none",
    { "pgkeep:databases": databases, "pgkeep:adminPassword": "hunter22", "pgkeep:passwords": '{"web":"hunter22"}' },
    ["pgkeep:adminPassword: this is a secret, and stands in the stack's file", "pgkeep:passwords: this is a secret"],
  ],
])("refuses %s", (_, values, expected) => {
  const declaration = read(values);
  const problems = "problems" in declaration ? declaration.problems.map(describeProblem) : [];
  expect(problems).toHaveLength(expected.length);
  for (const [index, text] of expected.entries()) expect(problems[index]).toContain(text);
  expect(problems.join()).not.toContain("hunter22");
});
