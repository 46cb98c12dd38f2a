import { resolve } from "node:path";
import { ExitCode, ProblemError } from "@pgkeep/core";
import type { Report } from "../report/Report.js";
import { REPORT_FORMATS, type ReportFormat, renderReport } from "../report/renderReport.js";
import { writeWhole } from "../report/writeWhole.js";
import { printResult } from "./printResult.js";
import type { Surroundings } from "./Surroundings.js";

/** A report in one form, and the file it goes into. */
export interface ReportFile {
  format: ReportFormat;
  path: string;
}

/**
 * Which forms go into which files: one --output for each --format, in their order. Without any --output the one form goes to standard output,
 * and the result is undefined.
 */
export function reportFiles(formats: readonly string[], outputs: readonly string[], folder: string): ReportFile[] | undefined {
  const chosen = formats.map(knownFormat);
  if (outputs.length === 0 && chosen.length === 1) return undefined;
  if (outputs.length !== chosen.length) {
    throw new ProblemError(ExitCode.Usage, {
      where: "--output",
      received: `${outputs.length} files for ${chosen.length} formats`,
      allowed: "one --output for each --format, in their order",
      reason: "each form goes into a file of its own",
      next: `write for example ${chosen.map((format) => `--format ${format} --output FILE`).join(" ")}`,
    });
  }
  return chosen.map((format, index) => ({ format, path: resolve(folder, outputs[index] ?? "") }));
}

/** Writes a report to its files, or to standard output. */
export async function deliverReport(
  report: Report,
  format: ReportFormat,
  files: readonly ReportFile[] | undefined,
  surroundings: Surroundings,
  json: boolean,
): Promise<void> {
  if (files === undefined) {
    surroundings.output.write(renderReport(report, json ? "json" : format));
    return;
  }
  for (const file of files) await writeWhole(file.path, renderReport(report, file.format));
  printResult(surroundings, json, { verdict: report.verdict, files }, () =>
    files.map(({ format, path }) => `${path}: ${report.verdict}, ${format}`).join("\n"),
  );
}

export function knownFormat(text: string): ReportFormat {
  const format = REPORT_FORMATS.find((one) => one === text);
  if (format) return format;
  throw new ProblemError(ExitCode.Usage, {
    where: "--format",
    received: text,
    allowed: REPORT_FORMATS.join(", "),
    reason: "this release has no report of this form",
    next: "choose one of those",
  });
}
