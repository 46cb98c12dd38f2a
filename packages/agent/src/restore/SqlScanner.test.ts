import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type SqlEnding, SqlScanner, type SqlVisitor } from "./SqlScanner.js";

/** Feeds a script in pieces of a given size. */
function scan(script: string | Buffer, visitor: SqlVisitor = {}, pieceBytes = 7): { output: string; ending: SqlEnding } {
  const scanner = new SqlScanner(visitor);
  const bytes = Buffer.from(script);
  const out: Buffer[] = [];
  for (let i = 0; i < bytes.length; i += pieceBytes) out.push(...scanner.push(bytes.subarray(i, i + pieceBytes)));
  const { rest, ending } = scanner.end();
  return { output: Buffer.concat([...out, ...rest]).toString("latin1"), ending };
}

function statements(script: string, pieceBytes = 7): string[] {
  const seen: string[] = [];
  scan(script, { statement: ({ text }) => seen.push(text) > 0 }, pieceBytes);
  return seen;
}

describe("statements end where psql ends them", () => {
  it.each<[string, string[]]>([
    ["a; b;", ["a;", "b;"]],
    ["a ';' b; c", ["a ';' b;", "c"]],
    ["a 'it''s;'; b;", ["a 'it''s;';", "b;"]],
    ["a '\\'; b;", ["a '\\';", "b;"]],
    ["a E'\\';'; b;", ["a E'\\';';", "b;"]],
    ["a e'x''\\';'; b;", ["a e'x''\\';';", "b;"]],
    ["a E'x'\n'\\';'; b;", ["a E'x'\n'\\';';", "b;"]],
    ["a E'x' -- more\n '\\';'; b;", ["a E'x' -- more\n '\\';';", "b;"]],
    ["SET standard_conforming_strings = off; a '\\';'; b;", ["SET standard_conforming_strings = off;", "a '\\';';", "b;"]],
    ["a U&'\\'; b;", ["a U&'\\';", "b;"]],
    ['a "x;""y"; b;', ['a "x;""y";', "b;"]],
    ["a $$;$$; b;", ["a $$;$$;", "b;"]],
    ["a $x$;$y$;$$;$x$; b;", ["a $x$;$y$;$$;$x$;", "b;"]],
    ["a$x$; b$x$;", ["a$x$;", "b$x$;"]],
    ["a $1; b $2;", ["a $1;", "b $2;"]],
    ["a $1$$;$$; b 1$$;$$;", ["a $1$$;$$;", "b 1$$;$$;"]],
    ["a -- ;\n; b;", ["a -- ;\n;", "b;"]],
    ["a /* ; /* ; */ ; */; b;", ["a /* ; /* ; */ ; */;", "b;"]],
    ["a - - b; c;", ["a - - b;", "c;"]],
    ["-- x;\n/* y; */ a;", ["a;"]],
    ["CREATE RULE r AS ON INSERT TO t DO (a; b); c;", ["CREATE RULE r AS ON INSERT TO t DO (a; b);", "c;"]],
    [
      "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END; c;",
      ["CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END;", "c;"],
    ],
    ["BEGIN; a; END; b;", ["BEGIN;", "a;", "END;", "b;"]],
  ])("%s", (script, expected) => {
    for (const pieceBytes of [1, 2, 3, 1000]) expect(statements(script, pieceBytes)).toEqual(expected);
  });

  it("passes over COPY data, whatever is in it", () => {
    const script = 'COPY public.t (a, "from") FROM stdin;\n\\N\t\';\n\\\\.\t$$ \\\\! rm\nx\\.\n.\n\\.\n\na;\n';
    for (const pieceBytes of [1, 2, 3, 5, 1000]) {
      expect(statements(script, pieceBytes)).toEqual(['COPY public.t (a, "from") FROM stdin;', "a;"]);
      expect(scan(script, { metaCommand: () => false }, pieceBytes)).toEqual({ output: script, ending: "statements" });
    }
  });

  it("knows empty COPY data, CRLF lines, and an ending without a line break", () => {
    expect(statements("COPY t FROM STDIN;\n\\.\na;")).toEqual(["COPY t FROM STDIN;", "a;"]);
    expect(statements("COPY t FROM STDIN;\r\n1\r\n\\.\r\na;\r\n")).toEqual(["COPY t FROM STDIN;", "a;"]);
    expect(scan("COPY t FROM STDIN;\n1\n\\.").ending).toBe("statements");
  });

  it("does not take other COPY statements for data", () => {
    expect(statements("COPY t TO stdout; a; COPY t FROM 'stdin'; b;")).toHaveLength(4);
    expect(statements("COPY (SELECT 1 FROM stdin) TO stdout;\na;")).toHaveLength(2);
  });

  it("refuses what versions of psql read differently", () => {
    expect(() => scan("SELECT 1a$t$ \\! rm $t$;")).toThrow("neither a number nor a name");
    expect(() => scan("SELECT 1e5, 0x1F, $1, a1$t$;")).not.toThrow();
  });

  it("refuses data on the line of its COPY statement", () => {
    expect(() => scan("COPY t FROM stdin; a;\n")).toThrow("follows COPY");
  });
});

describe("what a visitor leaves out", () => {
  const visitor: SqlVisitor = {
    statement: ({ text }) => text !== "SET transaction_timeout = 0;",
    metaCommand: (line) => !line.startsWith("\\restrict"),
  };

  it("is gone, and only that", () => {
    const script = [
      "\\restrict abc",
      "SET a = 1;",
      "SET transaction_timeout = 0;",
      "-- SET transaction_timeout = 0;",
      "CREATE FUNCTION f() AS $$",
      "SET transaction_timeout = 0;",
      "$$;",
      "COPY t FROM stdin;",
      "SET transaction_timeout = 0;",
      "\\\\restrict abc",
      "\\.",
      "SELECT '",
      "SET transaction_timeout = 0;",
      "';",
      "\\unrestrict abc",
    ].join("\n");
    const expected = script.replace("\\restrict abc\n", "").replace("SET transaction_timeout = 0;", "");
    for (const pieceBytes of [1, 2, 3, 11, 1000]) expect(scan(script, visitor, pieceBytes).output).toBe(expected);
  });

  it("may have another text in its place", () => {
    const replacing: SqlVisitor = { statement: ({ text }) => (text.startsWith("b") ? text.replace("1", "2") : true) };
    for (const pieceBytes of [1, 2, 1000]) expect(scan("a 1; b 1; c 1; b 1", replacing, pieceBytes).output).toBe("a 1; b 2; c 1; b 2");
  });

  it("may stand in the last line", () => {
    expect(scan("a;\n\\restrict x", visitor).output).toBe("a;\n");
    expect(scan("a;\nSET transaction_timeout = 0;", visitor).output).toBe("a;\n");
  });
});

it("tells commands of psql wherever psql would run them, and nowhere else", () => {
  const seen: string[] = [];
  scan("\\! ls\nSELECT 1 \\g out\n; SELECT '\\! no', E'\\\\ \\'', $$\\no$$ /* \\no */; -- \\no\n  \\connect x\n", {
    metaCommand: (line) => seen.push(line) > 0,
  });
  expect(seen).toEqual(["\\! ls", "SELECT 1 \\g out", "\\connect x"]);
});

it("tells comments between statements", () => {
  const seen: string[] = [];
  for (const size of [1, 3, 100])
    scan("--\n-- PostgreSQL database dump\n--\n\nSELECT -- inside\n 1;\n-- last", { comment: (text) => void seen.push(text.trim()) }, size);
  expect(seen).toEqual([
    "",
    "PostgreSQL database dump",
    "",
    "last",
    "",
    "PostgreSQL database dump",
    "",
    "last",
    "",
    "PostgreSQL database dump",
    "",
    "last",
  ]);
});

it.each<[string, SqlEnding]>([
  ["", "statements"],
  ["a;\n-- end", "statements"],
  ["a; b", "unfinished statement"],
  ["a '", "string"],
  ["a E'\\'", "string"],
  ["a $x$ $y$", "string"],
  ['a "', "quoted name"],
  ["a /* /* */", "comment"],
  ["COPY t FROM stdin;", "COPY data"],
  ["COPY t FROM stdin;\n1\t2\n\\", "COPY data"],
])("knows in what %j ended", (script, ending) => {
  expect(scan(script).ending).toBe(ending);
});

it("keeps a little of a long statement in memory and passes all of it on", () => {
  const values = "('x', $$y;$$, E'\\'z'),\n".repeat(20_000);
  const seen: number[] = [];
  const script = `INSERT INTO t VALUES\n${values};\nCOPY t FROM stdin;\n${"row\n".repeat(50_000)}\\.\n`;
  const { output } = scan(script, { statement: ({ text }) => seen.push(text.length) < 0 }, 4096);
  expect(output).toBe(script.replace("COPY t FROM stdin;", ""));
  expect(Math.max(...seen)).toBeLessThan(32 * 1024);
});

it("gives back every byte of anything, however it is cut", () => {
  const piece = fc.constantFrom(
    "'",
    "''",
    '"',
    "$$",
    "$a$",
    "$",
    "E'",
    "\\",
    "--",
    "\n",
    "/*",
    "*/",
    "(",
    ")",
    ";",
    " ",
    "a",
    "begin",
    "COPY t FROM stdin;\n",
    "\\.\n",
    "é",
    "-",
    "/",
    "*",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), fc.integer({ min: 1, max: 9 }), (pieces, size) => {
      const script = pieces.join("");
      const describeAll = (pieceBytes: number) => {
        const seen: string[] = [];
        try {
          const result = scan(
            script,
            { statement: ({ text }) => seen.push(text) > 0, metaCommand: (line) => seen.push(line) > 0 },
            pieceBytes,
          );
          expect(result.output).toBe(Buffer.from(script).toString("latin1"));
          return { seen, ending: result.ending };
        } catch (error) {
          return String(error);
        }
      };
      expect(describeAll(size)).toEqual(describeAll(1000));
    }),
    { numRuns: 2000 },
  );
});
