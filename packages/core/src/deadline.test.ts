import { expect, it } from "vitest";
import { parseDeadline } from "./deadline.js";

it.each([
  ["999ms", undefined],
  ["1s", 1000],
  ["6h", 21_600_000],
  ["168h", 604_800_000],
  ["169h", undefined],
  ["8d", undefined],
  ["soon", undefined],
])("reads %s as %s", (text, milliseconds) => expect(parseDeadline(text)).toBe(milliseconds));
