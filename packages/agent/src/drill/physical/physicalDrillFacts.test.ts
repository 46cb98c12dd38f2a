import { type PhysicalDrillResult, Verdict } from "@pgkeep/core";
import { expect, it } from "vitest";
import { physicalDrillFacts } from "./physicalDrillFacts.js";

it("tells others the verdict, where the copy is, how many rows were read, and which checks to look at", () => {
  const digest = { rows: 20, bytes: 100, hash: "0".repeat(32) };
  const result = {
    verdict: Verdict.Fail,
    copy: { address: "copy.example.org:5432" },
    checks: [
      { name: "databases", verdict: Verdict.Pass, details: [] },
      { name: "files of shop", verdict: Verdict.Fail, details: ["a table"] },
    ],
    tables: [{ database: "shop", schema: "public", name: "orders", digest }],
  } as unknown as PhysicalDrillResult;
  expect(physicalDrillFacts(result)).toEqual({
    summary: "FAIL for the copy at copy.example.org:5432, 2 checks; look at files of shop",
    facts: { verdict: Verdict.Fail, kind: "physical", rows: 20 },
  });
});
