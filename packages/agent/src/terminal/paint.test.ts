import { PassThrough } from "node:stream";
import { Verdict } from "@pgkeep/core";
import { expect, it } from "vitest";
import { paintFor, paintVerdict } from "./paint.js";

const pipe = new PassThrough();
const terminal = Object.assign(new PassThrough(), { isTTY: true });

it.each([
  ["a terminal", terminal, {}, true],
  ["a terminal that cannot", terminal, { TERM: "dumb" }, false],
  ["a terminal whose user wants none", terminal, { NO_COLOR: "1" }, false],
  ["an empty NO_COLOR, which says nothing", terminal, { NO_COLOR: "" }, true],
  ["a pipe", pipe, {}, false],
  ["a pipe whose reader wants it", pipe, { FORCE_COLOR: "1" }, true],
  ["both wishes", pipe, { FORCE_COLOR: "1", NO_COLOR: "1" }, false],
  ["a terminal with FORCE_COLOR=0", terminal, { FORCE_COLOR: "0" }, false],
] as const)("%s", (_case, stream, environment, coloured) => {
  expect(paintFor(stream, environment)("red", "x")).toBe(coloured ? "\u001b[31mx\u001b[39m" : "x");
});

it("gives each verdict its own colour, and its word without one", () => {
  const painted = Object.values(Verdict).map((verdict) => paintVerdict(paintFor(terminal, {}), verdict));
  expect(new Set(painted.map((text) => text.replace(/[A-Z_]/g, ""))).size).toBe(3);
  expect(Object.values(Verdict).map((verdict) => paintVerdict(paintFor(pipe, {}), verdict))).toEqual(["PASS", "FAIL", "COULD_NOT_VERIFY"]);
});
