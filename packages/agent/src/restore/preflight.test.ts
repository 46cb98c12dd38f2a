import type { DatabaseProperties } from "@pgkeep/core";
import { describe, expect, it } from "vitest";
import { entry, facts } from "./preflight.fixture.js";
import { type PreflightDatabase, type PreflightRequest, preflight } from "./preflight.js";
import { DatabaseAction } from "./RestorePlan.js";
import { RoleMemberships } from "./RoleMemberships.js";

const properties: DatabaseProperties = {
  owner: "owner",
  encoding: "UTF8",
  localeProvider: "libc",
  collate: "en_US.utf8",
  ctype: "en_US.utf8",
  locale: null,
  icuRules: null,
  tablespace: "pg_default",
  connectionLimit: -1,
  isTemplate: false,
  comment: null,
  acl: null,
  settings: [],
  monetaryLocale: "C",
};
const database = (changes: Partial<PreflightDatabase> = {}): PreflightDatabase => ({
  planned: { source: "app", target: "app", action: DatabaseAction.Create, scratch: "app_pgkeep_00000000", replacedAs: null, bytes: null },
  header: {
    version: "1.15",
    compression: "none",
    createdAt: "2026-11-21T05:03:29",
    database: "app",
    serverVersion: "16.2",
    dumpVersion: "16.2",
  },
  entries: [entry("TABLE", "t")],
  scriptExtensions: [],
  properties,
  extensions: [],
  refused: new Map(),
  refusedLibraries: new Map(),
  localeRefusal: undefined,
  monetaryLocaleKnown: true,
  ...changes,
});
const ask = (one: PreflightDatabase, target = facts(), changes: Partial<PreflightRequest> = {}) => {
  const findings = preflight({
    databases: [one],
    facts: target,
    memberships: new RoleMemberships(target.memberships, target.superusers),
    noOwner: false,
    noAcl: false,
    verify: true,
    stops: false,
    sessions: [],
    ...changes,
  });
  return {
    problems: findings.problems.map(({ exitCode, problem }) => `${exitCode} ${problem.where}: ${problem.reason}`),
    obstacles: findings.obstacles.map((obstacle) => `${obstacle.entry}: ${obstacle.reason}`),
    notices: findings.notices,
  };
};
const setting = (name: string, role: string | null = null) => ({ role, database: "app", name, value: "x" });

it("finds nothing where there is nothing", () => {
  expect(ask(database())).toEqual({ problems: [], obstacles: [], notices: [] });
});

describe("refuses", () => {
  const replaced = { ...database().planned, action: DatabaseAction.Replace, replacedAs: "app_replaced" };
  const existing = (owner: string) =>
    facts({ databases: [{ name: "app", owner, isTemplate: false, allowsConnections: true, encoding: "UTF8" }] });

  it.each<[string, ReturnType<typeof ask>, string]>([
    ["a standby", ask(database(), facts({ inRecovery: true })), "78 target: the server is a standby"],
    [
      "a role that may not create databases",
      ask(database(), facts({ role: { createDatabase: false } })),
      "77 connection.user: role restorer may not create databases",
    ],
    ["an older server", ask(database(), facts({ major: 15, version: "15.9" })), "78 database app: the dump is of a newer server"],
    [
      "a missing locale",
      ask(database({ localeRefusal: 'could not create locale "en_US.utf8"' })),
      '78 database app: the target cannot have a database with its locale: could not create locale "en_US.utf8"',
    ],
    [
      "a stranger's database",
      ask(database({ planned: replaced }), existing("stranger")),
      "77 database app: it exists and belongs to stranger",
    ],
    [
      "an owner out of reach",
      ask(database({ entries: [], properties: { ...properties, owner: "stranger" } })),
      "77 database app: role restorer may not create a database for stranger",
    ],
    [
      "objects of an owner out of reach",
      ask(database({ entries: [entry("TABLE", "a", "", { owner: "stranger" }), entry("TABLE", "b", "", { owner: "stranger" })] })),
      "77 database app: role restorer may not act as stranger, who owns 2 objects, TABLE public.a among them",
    ],
    [
      "objects in a schema of another",
      ask(
        database({
          entries: [entry("SCHEMA", "s", "", { namespace: "", owner: "restorer" }), entry("TABLE", "a", "", { namespace: "s" })],
        }),
      ),
      "77 database app: owner owns TABLE s.a in schema s, which belongs to another role",
    ],
    [
      "money under an unknown locale",
      ask(database({ monetaryLocaleKnown: false, entries: [entry("TABLE", "t", "CREATE TABLE public.t (price money);")] })),
      "78 database app: columns of type money",
    ],
    [
      "rows that cannot be read back",
      ask(
        database({ entries: [entry("TABLE", "t", "CREATE TABLE public.t ();\n\nALTER TABLE ONLY public.t FORCE ROW LEVEL SECURITY;\n")] }),
      ),
      "77 database app: role restorer could not read back TABLE public.t",
    ],
    [
      "an extension that a script wants",
      ask(database({ header: null, scriptExtensions: ["hstore", "vector"] })),
      "78 database app: the script creates extension vector",
    ],
    [
      "sessions that nobody can end",
      ask(database(), facts(), { sessions: [{ database: "app", processId: 7, role: "postgres", program: "psql", mayEnd: false }] }),
      "77 sessions: role restorer may not end these sessions",
    ],
  ])("%s", (_name, findings, problem) => {
    expect(findings.problems).toEqual([expect.stringContaining(problem)]);
  });

  it("none of what only concerns owners when there are none", () => {
    const strangers = database({
      properties: { ...properties, owner: "stranger" },
      entries: [entry("TABLE", "a", "", { owner: "stranger" })],
    });
    expect(ask(strangers, facts(), { noOwner: true }).problems).toEqual([]);
  });

  it("sessions only where nothing stops their program first", () => {
    const sessions = [{ database: "app", processId: 7, role: "postgres", program: "psql", mayEnd: false }];
    expect(ask(database(), facts(), { sessions, stops: true }).problems).toEqual([]);
  });
});

it("lists settings that cannot be set, by their reason", () => {
  const settings = ["work_mem", "log_statement", "old_snapshot_threshold", "app.tenant", "session_preload_libraries"].map((name) =>
    setting(name),
  );
  const refusedLibraries = new Map([["session_preload_libraries", 'could not access file "auto_explain"']]);
  const one = database({ properties: { ...properties, settings: [...settings, setting("log_statement", "owner")] }, refusedLibraries });
  expect(ask(one).obstacles).toEqual([
    "setting log_statement: role restorer may not set it for a database",
    "setting old_snapshot_threshold: PostgreSQL 16.4 does not know this setting",
    "setting app.tenant: role restorer may not set it for a database",
    expect.stringContaining("without which nobody could connect"),
    "setting log_statement: role restorer may not set it for a database",
  ]);
  expect(ask(one, facts({ role: { superuser: true } })).obstacles).toHaveLength(2);
  expect(ask(one, facts(), { noAcl: true }).obstacles).toHaveLength(4);
});

it("tells what will be different", () => {
  const one = database({
    planned: { ...database().planned, bytes: 1234 },
    entries: [entry("EXTENSION", "hstore"), entry("SUBSCRIPTION", "s"), entry("TABLE", "t", "", { tablespace: "fast" })],
    extensions: [{ name: "hstore", version: "1.7", schema: "public" }],
    properties: { ...properties, monetaryLocale: "de_DE.utf8" },
    monetaryLocaleKnown: false,
  });
  expect(ask(one, facts({ role: { superuser: true } })).notices).toEqual([
    "extension hstore of app was version 1.7 and becomes 1.8",
    "subscriptions of app are restored disabled: s; see to their slots before they are enabled",
    "tablespaces of app that this server lacks or the role may not use: fast; what lay there goes to the default tablespace",
    "lc_monetary of app was de_DE.utf8, which this server does not know; no column is of type money",
    "the rows are about 1.23 kB as text; how much room the server's disk has cannot be asked over SQL",
  ]);
});
