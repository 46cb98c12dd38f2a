import { describe, expect, it } from "vitest";
import { cronJobNameProblem } from "./cronJobName.js";

describe("the name of a CronJob", () => {
  it.each(["a", "shop-nightly", "0", "a".repeat(51), "a".repeat(52)])("may be %s", (name) => {
    expect(cronJobNameProblem(name)).toBeUndefined();
  });
  it("may not be longer than what the controller leaves of a Job's name", () => {
    expect(cronJobNameProblem("a".repeat(53))).toMatch(/has 53 characters.*52/);
  });
  it.each(["", "Shop", "-a", "a-", "a.b", "a_b", "ä", "a b", "a\n"])("may not be %j", (name) => {
    expect(cronJobNameProblem(name)).toBe("Kubernetes takes no such name");
  });
});
