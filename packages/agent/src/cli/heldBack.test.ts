import { expect, it } from "vitest";
import type { Reporter } from "../reporter.js";
import { heldBack } from "./heldBack.js";

it("passes progress on at once and lines only when asked, in their order, once", () => {
  const told: string[] = [];
  const real: Reporter = {
    info: (message) => told.push(message),
    warning: (message) => told.push(`warning: ${message}`),
    progress: (work, done) => told.push(`${work} ${done}`),
  };
  const { reporter, tell } = heldBack(real);
  reporter.info("first");
  reporter.warning("second");
  reporter.progress("reading", 5);
  expect(told).toEqual(["reading 5"]);
  tell();
  tell();
  expect(told).toEqual(["reading 5", "first", "warning: second"]);
});
