import { counted, type Problem, Verdict } from "@pgkeep/core";
import type { Diagnosis } from "../doctor/Diagnosis.js";
import type { DoctorReport } from "../doctor/doctor.js";
import { type Paint, paintVerdict } from "../terminal/paint.js";
import { printable } from "../terminal/printable.js";

/** Each check with its verdict, and below those that did not pass what is wrong and the way out. */
export function describeDoctor({ verdict, checks }: DoctorReport, paint: Paint): string {
  const width = Math.max(...checks.map((check) => check.verdict.length));
  const tally = [Verdict.Fail, Verdict.CouldNotVerify, Verdict.Pass].flatMap((one) => {
    const count = checks.filter((check) => check.verdict === one).length;
    return count === 0 ? [] : [`${count} ${one}`];
  });
  return [
    ...checks.flatMap((check) => describeCheck(check, width, paint)),
    "",
    `${paintVerdict(paint, verdict)}: ${counted(checks.length, "check")}, ${tally.join(", ")}`,
  ].join("\n");
}

function describeCheck({ name, verdict, details, problems }: Diagnosis, width: number, paint: Paint): string[] {
  const label = `${paintVerdict(paint, verdict)}${" ".repeat(width - verdict.length)}`;
  const indent = " ".repeat(width + 2);
  const [first, ...others] = problems.length > 0 ? problems.flatMap((problem) => describeProblem(problem, name)) : details.map(printable);
  return [`${label}  ${paint("bold", printable(name))}: ${first ?? ""}`, ...others.map((line) => `${indent}${line}`)];
}

function describeProblem({ where, reason, received, allowed, next }: Problem, name: string): string[] {
  const rest = Object.entries({ received, allowed, next }).flatMap(([title, text]) => {
    if (text === undefined) return [];
    const [first = "", ...others] = text.split("\n").map((line) => printable(line.trim()));
    return [`  ${`${title}:`.padEnd(9)} ${first}`, ...others.map((line) => `            ${line}`)];
  });
  return [`${where === name ? "" : `${printable(where)}: `}${printable(reason)}`, ...rest];
}
