import { describe, expect, it, test } from "vitest";
import { beforeRequest, period } from "./beforeRequest.js";

const DAY = 86_400_000;

describe("--before", () => {
  it("pins for 30 days where nothing else is said", () =>
    expect(beforeRequest({ before: "deploy" }, "me")).toEqual({ what: "deploy", pinForMilliseconds: 30 * DAY, by: "me" }));
  it("pins for as long as --pin-for says", () =>
    expect(beforeRequest({ before: "upgrade", pinFor: DAY }, "me")?.pinForMilliseconds).toBe(DAY));
  it("may be left out", () => expect(beforeRequest({}, "me")).toBeUndefined());
  it("is needed for --pin-for", () => expect(() => beforeRequest({ pinFor: DAY }, "me")).toThrow("add --before"));
});

describe("a period", () => {
  it("is read as milliseconds", () => expect([period("36h"), period("14d")]).toEqual([1.5 * DAY, 14 * DAY]));
  test.each(["1w", "30", "10m", "4000d", "-1d", ""])("is not %s", (text) => expect(() => period(text)).toThrow("1h to 3650d"));
});
