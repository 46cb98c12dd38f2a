import { type DrillResult, Verdict } from "@pgkeep/core";
import { describe, expect, it } from "vitest";
import { describeDrill } from "./describeDrill.js";

const plain = (_style: unknown, text: string) => text;

function drill(changes: Partial<DrillResult> = {}): DrillResult {
  return {
    formatVersion: 1,
    id: "20261121T020000Z-4f9k2m1x",
    cluster: "shop",
    manifestChecksum: "0",
    verdict: Verdict.Pass,
    startedAt: "2026-11-21T02:00:00Z",
    endedAt: "2026-11-21T02:01:00Z",
    agentVersion: "0.1.0",
    application: null,
    scratch: { serverVersion: "18.4", kind: "own", isolated: true },
    restoreMilliseconds: 61_000,
    compareMilliseconds: 900,
    checks: [{ name: "restore", verdict: Verdict.Pass, details: ["1 database", "never shown"] }],
    respelled: [],
    neverProven: [],
    tables: [],
    ...changes,
  };
}

function tables(count: number, unequal: number[] = []): DrillResult["tables"] {
  return Array.from({ length: count }, (_, n) => ({
    database: "shop",
    schema: "public",
    name: `t${n}`,
    rows: n,
    bytes: 10 * n,
    equal: !unequal.includes(n),
  }));
}

const described = (result: DrillResult, opened?: string, dryRun = false) => describeDrill({ result, dryRun, opened }, plain);

describe("a drill in words", () => {
  it("tells the measured time, the checks and each table", () => {
    const text = described(drill({ tables: tables(2) }), "the identity of recipient 1 of 2");
    expect(text).toContain("Drill of recovery point 20261121T020000Z-4f9k2m1x: PASS");
    expect(text).toContain("opened with     the identity of recipient 1 of 2");
    expect(text).toContain("restored in     1 min 1 s, the measured RTO of the data");
    expect(text).toContain("PASS  restore: 1 database");
    expect(text).not.toContain("never shown");
    expect(text).toMatch(/shop {6}public\.t1 {5}1 {3}10 B {2}yes/);
    expect(text).toContain("2 of 2 tables came back equal");
  });

  it("tells everything about a check that did not pass", () => {
    const checks = [
      { name: "contents of shop", verdict: Verdict.Fail, details: ["table public.t1: 3 rows, 4 recorded", "sequence public.s"] },
    ];
    const text = described(drill({ verdict: Verdict.Fail, checks, tables: tables(3, [1]) }));
    expect(text).toContain("FAIL  contents of shop: table public.t1: 3 rows, 4 recorded\n      sequence public.s");
    expect(text).toMatch(/public\.t1 .* NO$/m);
    expect(text).toContain("2 of 3 tables came back equal");
  });

  it("lists of very many tables those that differ", () => {
    const text = described(drill({ tables: tables(5000, [4321]) }));
    expect(text).toMatch(/public\.t4321 .* NO$/m);
    expect(text).not.toContain("public.t12 ");
    expect(text).toContain("4999 of 5,000 tables came back equal, row by row; those are not listed, --json holds them");
  });

  it("hides neither respelled definitions nor what no dump holds", () => {
    const respelled = Array.from({ length: 22 }, (_, n) => ({ database: "shop", object: `CHECK c${n}`, before: "a", after: "b" }));
    const text = described(drill({ respelled, neverProven: ["shop: materialised view public.m"] }));
    expect(text).toContain("  shop: CHECK c0\n");
    expect(text).toContain("… and 2 more; --json holds them all");
    expect(text).toContain("Never proven, since no dump holds their contents:\n  shop: materialised view public.m");
  });

  it("tells which version of the application wrote the data", () => {
    const application = {
      git: { sha: "0123456", branch: "main", dirty: true, committedAt: "2026-11-20T12:00:00Z" },
      images: [{ name: "web", digest: "sha256:00" }],
      migrations: [
        { database: "shop", tool: "rails" as const, table: "public.schema_migrations", head: "20260301", count: 2, applied: ["1", "2"] },
        { database: "jobs", tool: "knex" as const, table: "public.knex_migrations", head: null, count: 0, applied: [] },
      ],
      unread: ["jobs: public.migrations could not be read: permission denied"],
    };
    const text = described(drill({ application }));
    expect(text).toContain("commit          0123456 (branch main, of 2026-11-20T12:00:00Z, with changes that were not committed)");
    expect(text).toContain("image           web sha256:00");
    expect(text).toContain("migrations      shop: Rails 20260301, 2 migrations");
    expect(text).toContain("migrations      jobs: Knex without any migration (public.knex_migrations)");
    expect(text).toContain("not known       jobs: public.migrations could not be read: permission denied");
  });

  it("says of a rehearsal that it was one", () => {
    const text = described(drill({ restoreMilliseconds: 0, compareMilliseconds: 0 }), undefined, true);
    expect(text).toContain("preflight only: PASS");
    expect(text).toContain("Nothing was restored and no result was stored.");
    expect(text).not.toContain("RTO");
  });
});
