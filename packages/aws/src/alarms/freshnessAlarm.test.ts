import { expect, test } from "vitest";
import { hoursText } from "./freshnessAlarm.js";

test.each([
  [1, "1 hour"],
  [26, "26 hours"],
  [48, "48 hours"],
  [72, "3 days"],
  [840, "35 days"],
  [841, "841 hours"],
])("%i hours are called %s", (hours, text) => expect(hoursText(hours)).toBe(text));
