import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { plot, showsBlocks } from "./plot.js";

it("draws from zero, so that a change looks as large as it is", () => {
  expect(plot([0, 1, 2, 3, 4, 5, 6, 7], true)).toBe("▁▂▃▄▅▆▇█");
  expect(plot([0, 1, 2, 3, 4, 5, 6, 7], false)).toBe("_.-=+*#@");
  expect(plot([100, 101, 99, 100], true)).toBe("████");
  expect(plot([0, 0], false)).toBe("__");
  expect(plot([7, null, 7], true)).toBe("█ █");
  expect(plot([], true)).toBe("");
});

it("keeps to ASCII where no terminal is", () => {
  const stream = new PassThrough();
  expect(showsBlocks(stream, {})).toBe(false);
  expect(showsBlocks(Object.assign(stream, { isTTY: true }), {})).toBe(true);
  expect(showsBlocks(Object.assign(stream, { isTTY: true }), { TERM: "dumb" })).toBe(false);
});
