import { describe, expect, it } from "vitest";
import type { ArchiveEntry } from "../archive/ArchiveEntry.js";
import { entryObstacles } from "./entryObstacles.js";
import { entry, facts } from "./preflight.fixture.js";
import { RoleMemberships } from "./RoleMemberships.js";
import type { TargetFacts } from "./TargetFacts.js";

const obstacles = (entries: ArchiveEntry[], target: TargetFacts = facts(), choices = {}) =>
  entryObstacles(entries, target, new RoleMemberships(target.memberships, target.superusers), choices).map(
    ({ entry: name, reason }) => `${name}: ${reason}`,
  );
const superuser = facts({ role: { superuser: true } });

describe("what an ordinary role may not create", () => {
  it.each<[string, ArchiveEntry[], string]>([
    ["an event trigger", [entry("EVENT TRIGGER", "t")], "event triggers need a superuser"],
    [
      "a publication of everything",
      [entry("PUBLICATION", "p", "CREATE PUBLICATION p FOR ALL TABLES WITH (publish = 'insert');")],
      "FOR ALL TABLES needs a superuser",
    ],
    ["a publication of schemas", [entry("PUBLICATION TABLES IN SCHEMA", "p app")], "whole schemas"],
    ["a subscription", [entry("SUBSCRIPTION", "s")], "pg_create_subscription"],
    ["a foreign data wrapper", [entry("FOREIGN DATA WRAPPER", "w")], "foreign data wrappers"],
    [
      "a function in C",
      [entry("FUNCTION", "f()", "CREATE FUNCTION public.f() RETURNS void\n    LANGUAGE c STRICT\n    AS '$libdir/x', 'f';")],
      "language c",
    ],
    [
      "a function in PL/Python",
      [entry("FUNCTION", "f()", "CREATE FUNCTION public.f() RETURNS void\n    LANGUAGE plpython3u\n    AS $$ $$;")],
      "plpython3u",
    ],
    [
      "a leakproof function",
      [entry("FUNCTION", "f()", "CREATE FUNCTION public.f() RETURNS void\n    LANGUAGE sql IMMUTABLE LEAKPROOF\n    AS $$ $$;")],
      "LEAKPROOF",
    ],
    [
      "a function with support",
      [entry("FUNCTION", "f()", "CREATE FUNCTION public.f() RETURNS void\n    LANGUAGE sql SUPPORT public.s\n    AS $$ $$;")],
      "SUPPORT",
    ],
    [
      "an aggregate with internal state",
      [entry("AGGREGATE", "a(int)", "CREATE AGGREGATE public.a(integer) (\n    SFUNC = f,\n    STYPE = internal\n);")],
      "state of type internal",
    ],
    ["a base type", [entry("TYPE", "t", "CREATE TYPE public.t (\n    INTERNALLENGTH = variable,\n    INPUT = i\n);")], "base types"],
    ["a shell type", [entry("SHELL TYPE", "t", "CREATE TYPE public.t;")], "base types"],
    ["an operator class", [entry("OPERATOR CLASS", "c")], "operator classes"],
    ["a text search parser", [entry("TEXT SEARCH PARSER", "p")], "text search parsers"],
    ["an access method", [entry("ACCESS METHOD", "m")], "access methods"],
    [
      "a cast without function",
      [
        entry("TYPE", "mood", "CREATE TYPE public.mood AS ENUM ('x');"),
        entry("CAST", "CAST (int AS mood)", "CREATE CAST (integer AS public.mood) WITHOUT FUNCTION;"),
      ],
      "WITHOUT FUNCTION",
    ],
    [
      "a cast between built-in types",
      [entry("CAST", "CAST (text AS json)", "CREATE CAST (text AS json) WITH INOUT;")],
      "types of the server itself",
    ],
    [
      "a transform",
      [entry("TRANSFORM", "t", "CREATE TRANSFORM FOR integer LANGUAGE plpgsql (FROM SQL WITH FUNCTION f);")],
      "owner of its type",
    ],
    [
      "a grant by somebody else",
      [entry("ACL", "TABLE t", "SET SESSION AUTHORIZATION x;\nGRANT SELECT ON TABLE t TO y;\nRESET SESSION AUTHORIZATION;")],
      "somebody else than the owner",
    ],
    [
      "a grant on the server's own",
      [entry("ACL", "FUNCTION f()", "GRANT ALL ON FUNCTION f() TO x;", { namespace: "pg_catalog" })],
      "objects of the server itself",
    ],
    [
      "a grant on a language",
      [entry("ACL", "LANGUAGE plpgsql", "GRANT ALL ON LANGUAGE plpgsql TO x;", { namespace: "" })],
      "privileges on a language",
    ],
    [
      "a stranger's grant",
      [entry("ACL", "TABLE t", "GRANT SELECT ON TABLE public.t TO x;", { owner: "stranger" })],
      "no member of stranger",
    ],
    [
      "a stranger's default privileges",
      [entry("DEFAULT ACL", "DEFAULT PRIVILEGES FOR TABLES", "ALTER DEFAULT PRIVILEGES …", { owner: "stranger" })],
      "no member of stranger",
    ],
    ["an extension that is not trusted", [entry("EXTENSION", "postgres_fdw", "", { owner: "" })], "not marked as trusted"],
  ])("%s", (_name, entries, reason) => {
    expect(obstacles(entries)).toEqual([expect.stringContaining(reason)]);
    expect(obstacles(entries, superuser)).toEqual([]);
  });

  it.each<[string, ArchiveEntry[]]>([
    [
      "a trusted extension and its comment",
      [
        entry("EXTENSION", "hstore", "", { owner: "" }),
        entry("COMMENT", "EXTENSION hstore", "COMMENT ON EXTENSION hstore IS 'x';", { owner: "" }),
      ],
    ],
    [
      "a function in SQL",
      [
        entry(
          "FUNCTION",
          "f()",
          "CREATE FUNCTION public.f(x text DEFAULT 'LANGUAGE c'::text) RETURNS void\n    LANGUAGE plpgsql SECURITY DEFINER\n    AS $$\n    LANGUAGE c LEAKPROOF\n$$;",
        ),
      ],
    ],
    [
      "enums, composites and ranges",
      [
        entry("TYPE", "a", "CREATE TYPE public.a AS ENUM (\n    'x'\n);"),
        entry("TYPE", "b", "CREATE TYPE public.b AS (\n\tx integer\n);"),
        entry("TYPE", "c", "CREATE TYPE public.c AS RANGE (\n    subtype = date\n);"),
      ],
    ],
    [
      "a publication of tables",
      [entry("PUBLICATION", "p", "CREATE PUBLICATION p WITH (publish = 'insert');"), entry("PUBLICATION TABLE", "p t")],
    ],
    [
      "a cast of a type of its own",
      [
        entry("TYPE", "mood", "CREATE TYPE public.mood AS ENUM ('x');"),
        entry("CAST", "CAST (text AS mood)", "CREATE CAST (text AS public.mood) WITH INOUT;"),
      ],
    ],
    ["its own grants", [entry("ACL", "TABLE t", "GRANT SELECT ON TABLE public.t TO x;")]],
    ["tables of strangers, which ownerProblems judges", [entry("TABLE", "t", "CREATE TABLE public.t ();", { owner: "stranger" })]],
  ])("but it may create %s", (_name, entries) => expect(obstacles(entries)).toEqual([]));

  it("depends on rights that are given elsewhere", () => {
    const subscription = [entry("SUBSCRIPTION", "s")];
    expect(obstacles(subscription, facts({ role: { createSubscription: true } }))).toEqual([]);
    // What a managed service allows its administrator cannot be asked: it is tried.
    expect(
      obstacles(
        [entry("EXTENSION", "postgres_fdw"), entry("EVENT TRIGGER", "t")],
        facts({ role: { managedAdministrator: "rds_superuser" } }),
      ),
    ).toEqual([]);
    expect(obstacles([entry("ACL", "TABLE t", "", { owner: "stranger" })], facts(), { noAcl: true })).toEqual([]);
    expect(obstacles([entry("COMMENT", "TABLE t", "", { owner: "stranger" })], facts(), { noOwner: true })).toEqual([]);
  });
});

describe("what a server has not", () => {
  it("is an obstacle for superusers too, with all that needs it", () => {
    const extension = entry("EXTENSION", "vector");
    const table = entry("TABLE", "embedding", "", { dependencies: [extension.dumpId] });
    const index = entry("INDEX", "embedding_index", "", { dependencies: [table.dumpId] });
    const other = entry("TABLE", "other");
    expect(obstacles([extension, other, table, index], superuser)).toEqual([
      "EXTENSION public.vector: the server does not have this extension",
      "TABLE public.embedding: it needs EXTENSION public.vector, which cannot be restored",
      "INDEX public.embedding_index: it needs EXTENSION public.vector, which cannot be restored",
    ]);
  });

  it("takes a user mapping with its server, although no dependency is recorded", () => {
    const wrapper = entry("FOREIGN DATA WRAPPER", "w");
    const server = entry("SERVER", "remote", "", { dependencies: [wrapper.dumpId] });
    expect(obstacles([wrapper, server, entry("USER MAPPING", "USER MAPPING app SERVER remote")])).toHaveLength(3);
  });

  it("can be an access method, or what it was asked to make and would not", () => {
    expect(obstacles([entry("TABLE", "t", "", { accessMethod: "columnar" })], superuser)).toEqual([
      expect.stringContaining("no access method columnar"),
    ]);
    const collation = entry("COLLATION", "c");
    expect(obstacles([collation], superuser, { refused: new Map([[collation.dumpId, "ICU is not supported in this build"]]) })).toEqual([
      "COLLATION public.c: the server would not create it: ICU is not supported in this build",
    ]);
  });
});

describe("what a managed service's administrator may not create", () => {
  const master = facts({
    role: { name: "master", managedAdministrator: "rds_superuser" },
    rds: { extensions: new Set(["hstore"]), withheld: new Set(), byIam: false },
    memberships: [{ member: "master", role: "owner", inherit: true, set: true }],
  });

  it("is what the server refused when it was asked, and what needs that", () => {
    const [trigger, publication] = [entry("EVENT TRIGGER", "t"), entry("PUBLICATION", "p", "CREATE PUBLICATION p FOR ALL TABLES;")];
    const remark = entry("COMMENT", "EVENT TRIGGER t", "", { dependencies: [trigger.dumpId] });
    const denied = new Map([[trigger.dumpId, "permission denied to create event trigger"]]);
    expect(obstacles([trigger, publication, remark], master, { denied })).toEqual([
      "EVENT TRIGGER public.t: role master may not create it, although it is a member of rds_superuser: permission denied to create event trigger",
      expect.stringContaining("it needs EVENT TRIGGER public.t"),
    ]);
  });

  it("is an extension that is not on the service's list, whoever restores", () => {
    expect(obstacles([entry("EXTENSION", "hstore"), entry("EXTENSION", "postgres_fdw")], master)).toEqual([
      expect.stringContaining("EXTENSION public.postgres_fdw: Amazon RDS does not let this instance have it"),
    ]);
    const { rds: _, ...elsewhere } = master;
    expect(obstacles([entry("EXTENSION", "postgres_fdw")], elsewhere)).toEqual([]);
  });

  it("is a remark about what somebody else owns", () =>
    expect(obstacles([entry("COMMENT", "TABLE orders", "", { owner: "stranger" })], master)).toEqual([
      expect.stringContaining("no member of stranger"),
    ]));
});
