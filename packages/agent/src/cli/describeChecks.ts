import { type Check, Verdict } from "@pgkeep/core";
import { type Paint, paintVerdict } from "../terminal/paint.js";
import { printable } from "../terminal/printable.js";

/** Each check with its verdict; of those that did not pass everything that was found, of the others the first line. */
export function describeChecks(checks: readonly Check[], paint: Paint): string[] {
  const width = Math.max(...checks.map(({ verdict }) => verdict.length));
  const indent = " ".repeat(width + 2);
  return checks.flatMap(({ name, verdict, details }) => {
    const [first, ...others] = details.map(printable);
    const shown = verdict === Verdict.Pass ? [] : others;
    const label = `${paintVerdict(paint, verdict)}${" ".repeat(width - verdict.length)}`;
    return [`${label}  ${printable(name)}${first === undefined ? "" : `: ${first}`}`, ...shown.map((line) => `${indent}${line}`)];
  });
}
