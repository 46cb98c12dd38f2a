import { expect, it } from "vitest";
import { compareSets } from "./catalogue.js";

it("names the sequences of the catalogue that a dump lacks, and those that it has beside them", () => {
  const expected = [
    { schema: "public", name: "order_id_seq" },
    { schema: "public", name: "job_id_seq" },
  ];
  expect(compareSets("sequence", expected, expected)).toEqual([]);
  expect(
    compareSets("sequence", expected, [
      { schema: "public", name: "job_id_seq" },
      { schema: "other", name: "job_id_seq" },
    ]),
  ).toEqual(["sequence public.order_id_seq: missing from the dump", "sequence other.job_id_seq: dumped, but not in the catalogue"]);
});
