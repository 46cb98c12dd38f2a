import fc from "fast-check";
import { test } from "vitest";
import { byteLength } from "./byteLength.js";

test("counts as UTF-8 does", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => byteLength(text) === Buffer.byteLength(text)));
});
