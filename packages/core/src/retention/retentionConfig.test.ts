import { describe, expect, it, test } from "vitest";
import { z } from "zod";
import { retentionSchema } from "./retentionConfig.js";
import { retentionRules } from "./retentionRules.js";

const rules = (policy: z.input<typeof retentionSchema>) => retentionRules(retentionSchema.parse(policy));
const DAY = 86_400_000;

describe("a policy", () => {
  it("of one line is a policy", () => {
    expect(rules({ keepLast: 7 })).toEqual({
      keepLast: 7,
      keepHourly: 0,
      keepDaily: 0,
      keepWeekly: 0,
      keepMonthly: 0,
      keepYearly: 0,
      keepWithin: 0,
      minimum: 3,
      keepSuspicious: 90 * DAY,
    });
  });

  test.each([
    ["development", { keepLast: 3, keepDaily: 0, keepWeekly: 0, minimum: 3 }],
    ["staging", { keepLast: 0, keepDaily: 7, keepWeekly: 0, minimum: 3 }],
    ["production", { keepLast: 0, keepDaily: 30, keepWeekly: 52, minimum: 3 }],
  ] as const)("the preset %s", (preset, expected) => expect(rules({ preset } as never)).toMatchObject(expected));

  it("wins over its preset, and adds to it", () => {
    expect(rules({ preset: "production", keepDaily: 60, keepYearly: 7 } as never)).toMatchObject({
      keepDaily: 60,
      keepWeekly: 52,
      keepYearly: 7,
    });
  });

  it("that keeps fewer than the usual minimum means it", () => {
    expect(rules({ keepLast: 1 }).minimum).toBe(1);
    expect(rules({ keepLast: 1, keepDaily: 1 }).minimum).toBe(2);
    expect(rules({ keepWithin: "1h" }).minimum).toBe(3);
    expect(rules({ keepLast: 1, minimum: 1 }).minimum).toBe(1);
  });

  it("keeps suspicious ones for as long as good ones of their time, unless told", () => {
    expect(rules({ keepWithin: "365d" }).keepSuspicious).toBe(365 * DAY);
    expect(rules({ keepWithin: "10d", keepSuspicious: "20d" }).keepSuspicious).toBe(20 * DAY);
  });

  it("is written back as it was read", () => {
    const written = { keepWithin: "48h", keepLast: 3, afterBackup: true, enforcedBy: "agent" };
    expect(z.encode(retentionSchema, retentionSchema.parse(written))).toEqual({ ...written, keepWithin: "2d" });
  });
});

test.each<[string, object, [string, string][]]>([
  ["nothing", {}, [["", "names no rule"]]],
  ["a minimum alone", { minimum: 3 }, [["", "names no rule"]]],
  ["afterBackup alone", { afterBackup: true }, [["", "names no rule"]]],
  ["a rule that keeps nothing", { keepLast: 0 }, [["keepLast", ">=1"]]],
  ["a minimum of nothing", { keepLast: 7, minimum: 0 }, [["minimum", ">=1"]]],
  ["half a recovery point", { keepDaily: 1.5 }, [["keepDaily", "int"]]],
  ["more than anybody has", { keepHourly: 10_001 }, [["keepHourly", "<=10000"]]],
  ["a minimum that the rules never reach", { keepLast: 2, keepDaily: 1, minimum: 4 }, [["minimum", "they keep 3 at most"]]],
  ["a minimum that the preset never reaches", { preset: "staging", minimum: 8 }, [["minimum", "they keep 7 at most"]]],
  ["suspicious ones that go first", { keepWithin: "30d", keepSuspicious: "7d" }, [["keepSuspicious", "contradicts keepWithin"]]],
  ["an unknown key", { keepLast: 7, keepDay: 3 }, [["", "keepDay"]]],
  ["no preset of ours", { preset: "prod" }, [["preset", "Invalid option"]]],
  [
    "several things at once",
    { keepLast: 2, minimum: 4, keepSuspicious: "1h", keepDaily: -1, keepWithin: "1w" },
    [
      ["keepDaily", ">=1"],
      ["keepWithin", "weeks, months and years are not read here"],
    ],
  ],
])("refuses %s", (_name, policy, expected) => {
  const issues = retentionSchema.safeParse(policy).error?.issues ?? [];
  expect(issues.map(({ path }) => path.join("."))).toEqual(expected.map(([path]) => path));
  for (const [index, [, reason]] of expected.entries()) expect(issues[index]?.message).toContain(reason);
});

describe("a policy that S3's lifecycle enforces", () => {
  const refused = (policy: object) =>
    (retentionSchema.safeParse({ enforcedBy: "lifecycle", ...policy }).error?.issues ?? []).map(
      ({ path, message }) => `${path.join(".")}: ${message}`,
    );

  it("is the agent's unless it says so", () => expect(retentionSchema.parse({ keepLast: 7 }).enforcedBy).toBe("agent"));

  test.each<[object]>([
    [{ preset: "production" }],
    [{ preset: "staging" }],
    [{ keepDaily: 7, keepYearly: 10 }],
    [{ keepWithin: "48h" }],
    [{ keepHourly: 24, keepDaily: 7 }],
  ])("may be %o", (policy) => expect(refused(policy)).toEqual([]));

  test.each<[string, object, string[]]>([
    [
      "the preset development",
      { preset: "development" },
      ["preset: S3 enforces retention here, and counts days, not recovery points: this preset keeps the last 3, however old they are"],
    ],
    [
      "a number of the newest",
      { keepLast: 7, keepDaily: 7 },
      ["keepLast: S3 enforces retention here, and counts days, not recovery points"],
    ],
    ["a minimum", { preset: "staging", minimum: 3 }, ["minimum: S3 enforces retention here, and expires the last recovery point too"]],
    [
      "suspicious ones for longer",
      { preset: "staging", keepSuspicious: "90d" },
      [
        "keepSuspicious: S3 enforces retention here, and a suspicious recovery point goes with its class, which is written before anybody can suspect it",
      ],
    ],
    [
      "pruning behind each backup",
      { preset: "staging", afterBackup: true },
      ["afterBackup: S3 enforces retention here, so nothing is left for the agent to remove behind a backup"],
    ],
  ])("cannot keep %s", (_name, policy, problems) => expect(refused(policy)).toEqual(problems));

  it("is told everything at once", () => expect(refused({ preset: "development", minimum: 1, afterBackup: true })).toHaveLength(3));
});
