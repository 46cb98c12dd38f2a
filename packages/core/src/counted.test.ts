import { expect, test } from "vitest";
import { counted } from "./counted.js";

test.each([
  [0, "0 entries"],
  [1, "1 entry"],
  [1204, "1,204 entries"],
])("%i is written as %s", (count, text) => expect(counted(count, "entry", "entries")).toBe(text));

test("an s makes the plural where nothing else is said", () => expect(counted(2, "table")).toBe("2 tables"));
