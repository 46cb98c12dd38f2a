import { describe, expect, it } from "vitest";
import { type LifecycleTier, MOST_LIFECYCLE_DAYS, tierProblems, tierWarnings } from "./lifecycleTiers.js";
import { BackupStorageClass as To } from "./storageClass.js";

const tier = (storageClass: To, afterDays: number): LifecycleTier => ({ storageClass, afterDays });

describe("the age at which objects may move", () => {
  it.each([
    [To.InfrequentAccess, 30],
    [To.OneZoneInfrequentAccess, 30],
    [To.IntelligentTiering, 0],
    [To.GlacierInstantRetrieval, 0],
    [To.GlacierFlexibleRetrieval, 0],
    [To.DeepArchive, 0],
  ])("to %s is %i days, or more", (storageClass, least) => {
    expect(tierProblems([tier(storageClass, least)])).toEqual([]);
    expect(tierProblems([tier(storageClass, least + 1)])).toEqual([]);
    const [problem] = tierProblems([tier(storageClass, least - 1)]);
    expect(problem).toMatchObject({
      where: "tiers[0].afterDays",
      received: String(least - 1),
      allowed: expect.stringContaining(`${least} or more`),
    });
    expect(problem?.reason).toMatch(least === 0 ? /whole days/ : /S3 moves nothing to .* younger than 30 days/);
  });

  it.each([0.5, Number.NaN, MOST_LIFECYCLE_DAYS + 1])("is no %d", (days) =>
    expect(tierProblems([tier(To.DeepArchive, days)])[0]?.reason).toBe("lifecycle rules count whole days"),
  );
});

describe("what may follow what", () => {
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html, row by row.
  const allowed: Record<To, To[]> = {
    [To.InfrequentAccess]: [
      To.IntelligentTiering,
      To.OneZoneInfrequentAccess,
      To.GlacierInstantRetrieval,
      To.GlacierFlexibleRetrieval,
      To.DeepArchive,
    ],
    [To.IntelligentTiering]: [To.OneZoneInfrequentAccess, To.GlacierInstantRetrieval, To.GlacierFlexibleRetrieval, To.DeepArchive],
    [To.OneZoneInfrequentAccess]: [To.GlacierFlexibleRetrieval, To.DeepArchive],
    [To.GlacierInstantRetrieval]: [To.GlacierFlexibleRetrieval, To.DeepArchive],
    [To.GlacierFlexibleRetrieval]: [To.DeepArchive],
    [To.DeepArchive]: [],
  };
  const pairs = Object.values(To).flatMap((from) =>
    Object.values(To).map((to): [To, To, boolean] => [from, to, allowed[from].includes(to)]),
  );

  it.each(pairs)("%s, then %s: %s", (from, to, isAllowed) => {
    const problems = tierProblems([tier(from, 100), tier(to, 500)]);
    if (isAllowed) expect(problems).toEqual([]);
    else
      expect(problems[0]).toMatchObject({ where: "tiers[1].storageClass", reason: expect.stringMatching(/flow one way, and none leads/) });
  });

  it.each([
    ["out of an infrequent-access class after 30 days", To.InfrequentAccess, To.GlacierFlexibleRetrieval, 30],
    ["out of another on a later day", To.GlacierInstantRetrieval, To.DeepArchive, 1],
  ])("%s", (_, from, to, wait) => {
    const after = (days: number) => tierProblems([tier(from, 40), tier(to, 40 + days)]);
    expect(after(wait)).toEqual([]);
    expect(after(wait + 1)).toEqual([]);
    expect(after(wait - 1)).toMatchObject([{ where: "tiers[1].afterDays", received: String(39 + wait), allowed: `${40 + wait} or more` }]);
  });
});

describe("minimum billed days", () => {
  it.each([
    [To.InfrequentAccess, 30],
    [To.OneZoneInfrequentAccess, 30],
    [To.GlacierInstantRetrieval, 90],
    [To.GlacierFlexibleRetrieval, 90],
    [To.DeepArchive, 180],
  ])("of %s are %i", (storageClass, billed) => {
    const held = (days: number) => tierWarnings([tier(storageClass, 30)], 30 + days);
    expect(held(billed)).toEqual([]);
    expect(held(billed + 1)).toEqual([]);
    expect(held(billed - 1)).toEqual([
      expect.stringMatching(`bills at least ${billed} days and holds it for ${billed - 1}: 1 are paid for nothing`),
    ]);
    expect(tierWarnings([tier(storageClass, 30)], undefined)).toEqual([
      expect.stringContaining(`what goes before day ${30 + billed} costs as much`),
    ]);
  });

  it("are none for Intelligent-Tiering, and count until the next tier", () => {
    expect(tierWarnings([tier(To.IntelligentTiering, 0)], 1)).toEqual([]);
    expect(tierWarnings([tier(To.GlacierInstantRetrieval, 0), tier(To.DeepArchive, 89)], 400)).toEqual([
      expect.stringContaining("holds it for 89: 1 are"),
    ]);
  });
});
