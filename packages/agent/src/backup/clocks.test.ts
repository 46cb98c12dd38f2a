import { describe, expect, it, test } from "vitest";
import { assertClocksAgree } from "./clocks.js";

const agent = new Date("2026-11-21T02:00:00Z");
const at = (seconds: number) => ({ owner: "the store", shown: new Date(agent.getTime() + seconds * 1000), agent });

describe("clocks", () => {
  test.each([0, 299, 300, -300])("may differ by %i s", (seconds) => expect(() => assertClocksAgree([at(seconds)])).not.toThrow());
  test.each([
    [301, "301 s ahead of"],
    [-301, "301 s behind"],
    [86_400, "86400 s ahead of"],
  ])("may not differ by %i s", (seconds, reason) => expect(() => assertClocksAgree([at(seconds)])).toThrow(reason));
  it("tells of both wrong clocks at once", () =>
    expect(() => assertClocksAgree([at(400), { ...at(-400), owner: "the PostgreSQL server" }])).toThrow(/store[\s\S]*PostgreSQL server/));
});
