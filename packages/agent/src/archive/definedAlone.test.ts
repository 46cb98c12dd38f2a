import { expect, it } from "vitest";
import { entry } from "../restore/preflight.fixture.js";
import { definedAlone } from "./definedAlone.js";

it("finds tables and sequences that are defined without contents, by the names that people read", () => {
  const entries = [
    ...[
      entry("TABLE", "orders"),
      entry("TABLE DATA", "orders"),
      entry("TABLE", "secret"),
      entry("TABLE", "secret", "", { namespace: "My Schema" }),
    ],
    ...[
      entry("TABLE DATA", "secret", "", { namespace: "other" }),
      entry("SEQUENCE", "n"),
      entry("SEQUENCE", "m"),
      entry("SEQUENCE SET", "m"),
    ],
    entry("VIEW", "v"),
  ];
  expect([...definedAlone(entries)].sort()).toEqual(['"My Schema".secret', "public.n", "public.secret"]);
});
