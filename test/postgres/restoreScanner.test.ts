import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SqlScanner } from "../../packages/agent/src/restore/SqlScanner.js";
import { startPostgres, type TestServer, testedMajors } from "../support/postgresServer.js";

/** Statements as the scanner sees them; undefined where it refuses, where psql would run a command, and where the script ends in the middle. */
function scanned(script: string): string[] | undefined {
  const seen: string[] = [];
  let commands = 0;
  const scanner = new SqlScanner({ statement: ({ text }) => seen.push(text) > 0, metaCommand: () => ++commands > 0 });
  try {
    scanner.push(Buffer.from(script));
  } catch {
    return undefined;
  }
  const { ending } = scanner.end();
  if (commands > 0) return undefined;
  return ending === "statements" || ending === "unfinished statement" ? seen.map((text) => text.trim()) : undefined;
}

// What a script can be made of, and what could be mistaken in it. No backslash commands and no COPY: psql would run them.
const piece = fc.constantFrom(
  ..."SELECT|1|a|'|''|'x;y'|E'|\\\\|\\'|e'x'|\"|\"b;c\"|$$|$t$|$1|$|a$b|--|-- c;\n|/*|*/|a/b|*|a-b|(|)|;|;| |\n|,|=|U&'|B'|begin|end|case|create|or|replace|function|procedure|copy".split(
    "|",
  ),
);

describe.each(testedMajors)("psql of PostgreSQL %i", (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startPostgres({ major });
  });
  afterAll(() => server?.stop());

  /** Statements as psql sends them, from its own log. */
  const sent = (script: string): string[] => {
    const { host, port, user, password } = server.connection;
    const env = { PGHOST: host, PGPORT: String(port), PGUSER: user, PGPASSWORD: password, PATH: process.env.PATH };
    const log = join(server.folder, "psql.log");
    const arguments_ = ["-X", "-q", "-A", "-t", "-L", log, "-o", "/dev/null", "-f", "-", "postgres"];
    spawnSync(join(server.programFolder, "psql"), arguments_, { env, input: script });
    const text = readFileSync(log, "utf8");
    rmSync(log);
    return [...text.matchAll(/^[*/]\*{5,} QUERY \*{5,}[*/]\n([\s\S]*?)\n[*/]\*{20,}[*/]$/gm)].map(([, query = ""]) => query.trim());
  };

  it("ends statements where the scanner does", () => {
    let compared = 0;
    fc.assert(
      fc.property(fc.array(piece, { minLength: 3, maxLength: 30 }), (pieces) => {
        const script = pieces.join("");
        const ours = scanned(script);
        if (ours === undefined) return;
        compared++;
        const theirs = sent(script).filter((text) => scanned(text)?.length !== 0);
        expect(theirs.length).toBe(ours.length);
        // psql passes over empty lines, and may keep a comment in front of a statement or alone.
        for (const [index, text] of theirs.entries()) {
          const expected = ours[index]?.replace(/\n+/g, "\n") ?? "";
          expect(text.replace(/\n+/g, "\n").slice(-expected.length)).toBe(expected);
        }
      }),
      { numRuns: 600 },
    );
    expect(compared).toBeGreaterThan(100);
  });
});
