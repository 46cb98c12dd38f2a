import { access, constants } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { type DrillResult, ExitCode, ProblemError, Verdict } from "@pgkeep/core";
import type { ReportSource } from "../report/collectReport.js";
import { reportOfDrill } from "../report/drillReport.js";
import { renderReport } from "../report/renderReport.js";
import { writeWhole } from "../report/writeWhole.js";
import type { Reporter } from "../reporter.js";
import type { ReportFile } from "./reportFiles.js";

/** The files that `pgkeep drill` was told to write. Throws before anything is restored where they cannot be. */
export async function drillReportFiles(
  options: { report?: string; junit?: string; dryRun?: boolean },
  folder: string,
): Promise<readonly ReportFile[]> {
  const files: ReportFile[] = [
    ...(options.report === undefined ? [] : [{ format: "html" as const, path: resolve(folder, options.report) }]),
    ...(options.junit === undefined ? [] : [{ format: "junit" as const, path: resolve(folder, options.junit) }]),
  ];
  if (files.length > 0 && options.dryRun) {
    throw new ProblemError(ExitCode.Usage, {
      where: "--dry-run",
      reason: "it proves nothing, so there is nothing to report",
      next: "leave out --report and --junit, or --dry-run",
    });
  }
  for (const { path } of files) {
    await access(dirname(path), constants.W_OK).catch((error: unknown) => {
      throw new ProblemError(
        ExitCode.Usage,
        { where: path, reason: "its folder does not exist or cannot be written to", next: "make the folder, or name another file" },
        { cause: error },
      );
    });
  }
  return files;
}

/** Writes them. A drill that did not pass says so by its exit code, which a file that cannot be written must not hide. */
export async function writeDrillReports(
  files: readonly ReportFile[],
  source: ReportSource,
  result: DrillResult,
  reporter: Reporter,
): Promise<void> {
  if (files.length === 0) return;
  try {
    const report = await reportOfDrill(source, result);
    for (const { format, path } of files) {
      await writeWhole(path, renderReport(report, format));
      reporter.info(`report: ${path}`);
    }
  } catch (error) {
    if (result.verdict === Verdict.Pass) throw error;
    reporter.warning(`the report was not written: ${(error as Error).message}`);
  }
}
