import { type PhysicalDrillResult, ProblemError, Verdict } from "@pgkeep/core";
import { printable } from "../../terminal/printable.js";

/** AWS documents no limit of this text. One that a console shows whole is of more use than a long one. */
const LONGEST = 1024;

/** What AWS Backup is told of a drill: the verdict, then each check that did not pass with the first thing it found. */
export function validationMessage({ verdict, checks }: Pick<PhysicalDrillResult, "verdict" | "checks">): string {
  if (verdict === Verdict.Pass) return `PASS: pgkeep made ${checks.length} checks and all of them passed`;
  const worstFirst = [Verdict.Fail, Verdict.CouldNotVerify];
  const others = worstFirst.flatMap((which) => checks.filter((check) => check.verdict === which));
  return cut(`${verdict}: ${others.map(({ name, details }) => `${name}: ${details[0] ?? "no details"}`).join("; ")}`);
}

/** What AWS Backup is told where a drill did not come to a verdict. */
export function undecidedMessage(error: unknown): string {
  const reason =
    error instanceof ProblemError ? error.problems.map((one) => `${one.where}: ${one.reason}`).join("; ") : "pgkeep ended early";
  return cut(`${Verdict.CouldNotVerify}: ${reason}`);
}

function cut(text: string): string {
  const shown = printable(text);
  return shown.length <= LONGEST ? shown : `${shown.slice(0, LONGEST - 1)}…`;
}
