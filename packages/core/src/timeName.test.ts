import { expect, it } from "vitest";
import { formatTimeName, parseTimeName } from "./timeName.js";

it("writes a time that sorts by its name and reads it back", () => {
  const time = new Date("2026-11-21T02:00:00.123Z");
  expect(formatTimeName(time)).toBe("20261121T020000.123Z");
  expect(parseTimeName("20261121T020000.123Z")).toEqual(time);
});

it.each(["20261121T020000Z", "20260230T020000.000Z", "20261121T020000.123Z.json", ""])("passes over what is no such name: %s", (text) => {
  expect(parseTimeName(text)).toBeUndefined();
});
