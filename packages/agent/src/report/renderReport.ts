import { junitXml } from "./junit.js";
import { reportPage } from "./page/reportPage.js";
import type { Report } from "./Report.js";
import { rollbackTest } from "./rollbackTest.js";

export const REPORT_FORMATS = ["html", "json", "junit", "rollback-test"] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** A report in one of its forms. */
export function renderReport(report: Report, format: ReportFormat): string {
  if (format === "html") return reportPage(report);
  if (format === "junit") return junitXml(report);
  return `${JSON.stringify(format === "json" ? report : rollbackTest(report), null, 2)}\n`;
}
