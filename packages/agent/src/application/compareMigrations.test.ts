import type { ApplicationRecord, MigrationRecord } from "@pgkeep/core";
import { describe, expect, it } from "vitest";
import { compareMigrations } from "./compareMigrations.js";

const sha = "0123456789abcdef0123456789abcdef01234567";

function at(applied: string[], rest: Partial<MigrationRecord> = {}): MigrationRecord {
  const head = applied.at(-1) ?? null;
  return { database: "shop", tool: "prisma", table: "public._prisma_migrations", head, count: applied.length, applied, ...rest };
}

function compare(then: MigrationRecord[], now: MigrationRecord[], rest: Partial<ApplicationRecord> = {}, unread: string[] = []) {
  const application = { git: { sha, branch: "main", dirty: false, committedAt: null }, images: [], migrations: then, unread: [], ...rest };
  return compareMigrations({ source: "shop", target: "shop", application, living: { records: now, unread } });
}

describe("a living database", () => {
  it("with the recovery point's migrations is no matter", () =>
    expect(compare([at(["a", "b"])], [at(["a", "b"])])).toEqual({ problems: [], notices: [] }));

  it("that was migrated further is a problem, which names both heads and what to deploy", () => {
    const { problems } = compare([at(["a"])], [at(["a", "b", "c"])]);
    expect(problems).toEqual([
      {
        where: "database shop",
        received: "Prisma c, 3 migrations in the living database",
        allowed: "at most Prisma a, 1 migration, as in the recovery point",
        reason: "it was migrated further: the recovery point does not know 2 migrations (b, c), and the code that runs now expects them",
        next: expect.stringMatching(/^deploy first: commit 0123456789abcdef\S+ \(branch main\)\n[\s\S]*--accept-older-migrations/),
      },
    ]);
  });

  it("that went another way is a problem, too, however few migrations it has", () =>
    expect(compare([at(["a", "b", "c"])], [at(["a", "x"])]).problems[0]?.reason).toContain("does not know 1 migration (x)"));

  it("that got its first migrations since is a problem", () =>
    expect(compare([], [at(["a"])]).problems[0]?.allowed).toBe("at most nothing in public._prisma_migrations, as in the recovery point"));

  it("that is behind is told", () =>
    expect(compare([at(["a", "b"])], [at(["a"])])).toEqual({
      problems: [],
      notices: ["database shop is at Prisma a, 1 migration and the recovery point 1 migration further, at Prisma b, 2 migrations"],
    }));

  it("at another head of Alembic is a problem, whichever is older", () => {
    const alembic = { tool: "alembic", table: "public.alembic_version" } as const;
    expect(compare([at(["1a"], alembic)], [at(["2b"], alembic)]).problems[0]).toMatchObject({
      received: "Alembic 2b in the living database",
      reason: expect.stringContaining("which of the two is older is not known"),
    });
    expect(compare([at(["1a"], alembic)], [at(["1a"], alembic)]).problems).toEqual([]);
    const query = { tool: "query", table: "query" } as const;
    expect(compare([at(["8"], query)], [at(["7"], query)]).problems[0]?.reason).toContain("Your query tells the head only");
    expect(compare([at(["7"], query)], [at(["7", "8"], query)]).problems[0]?.reason).toContain("it was migrated further");
  });

  it("is told of where one of the two is not known, and refused for nothing", () => {
    const blind = compare([], [at(["a"])], { unread: ["shop: public._prisma_migrations could not be read: permission denied"] });
    expect(blind.problems).toEqual([]);
    expect(blind.notices).toEqual([expect.stringContaining("the recovery point's migrations are not known (shop: public._prisma")]);
    expect(compare([at(["a"])], [], {}, ["shop: nothing could be read"]).notices).toEqual([
      "migrations were not compared: shop: nothing could be read",
    ]);
  });

  it("is compared with its own migrations in the recovery point, not another database's", () => {
    const other = at(["a", "b"], { database: "shop-jobs" });
    expect(compare([at(["a"]), other], [at(["a", "b"])]).problems).toHaveLength(1);
  });

  it("with very many unknown migrations shows the first", () => {
    const many = Array.from({ length: 50 }, (_, n) => `m${n}`);
    expect(compare([], [at(many)]).problems[0]?.reason).toContain("50 migrations (m0, m1, m2, m3, m4, …)");
  });
});
