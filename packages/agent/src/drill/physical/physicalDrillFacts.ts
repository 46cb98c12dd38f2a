import { counted, type PhysicalDrillResult, Verdict } from "@pgkeep/core";
import type { JobFacts } from "../../notify/notifier.js";

/** What others are told of a physical drill. A verdict other than PASS makes a failure of it by its exit code, which the caller adds. */
export function physicalDrillFacts({ verdict, copy, checks, tables }: PhysicalDrillResult): JobFacts {
  const others = checks.filter((check) => check.verdict !== Verdict.Pass).map(({ name }) => name);
  const rows = tables.reduce((sum, { digest }) => sum + digest.rows, 0);
  return {
    summary: `${verdict} for the copy at ${copy.address}, ${counted(checks.length, "check")}${others.length > 0 ? `; look at ${others.join(", ")}` : ""}`,
    facts: { verdict, kind: "physical", rows },
  };
}
