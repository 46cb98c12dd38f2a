import { Verdict } from "@pgkeep/core";
import junit, { type Builder } from "junit-report-builder";
import type { ReportFile } from "../cli/reportFiles.js";
import type { Reporter } from "../reporter.js";
import { printable } from "../terminal/printable.js";
import { addCase } from "./junit.js";
import { type PhysicalReport, physicalPage } from "./page/physicalPage.js";
import { writeWhole } from "./writeWhole.js";

// Its types promise a `default` that its CommonJS code does not have.
const factory = junit as unknown as Builder;

/** A physical drill as JUnit XML: a check is a test case. */
export function physicalJunit({ cluster, checks, copy, verdict, agentVersion, store, startedAt, endedAt }: PhysicalReport): string {
  const builder = factory.newBuilder();
  const suite = builder
    .testSuite()
    .name(printable(`physical drill of ${cluster} ${copy.restoredArn ?? copy.address}`))
    .timestamp(startedAt)
    .time((new Date(endedAt).getTime() - new Date(startedAt).getTime()) / 1000);
  const properties = { cluster, store, verdict, pgkeep: agentVersion, ...(copy.restoreJob ? { restoreJob: copy.restoreJob } : {}) };
  for (const [key, value] of Object.entries(properties)) suite.property(key, printable(value));
  for (const check of checks) addCase(suite, check, "pgkeep.physical-drill");
  return builder.build();
}

/** Writes the files that were asked for. A drill that did not pass says so by its exit code, which a file that cannot be written must not hide. */
export async function writePhysicalReports(files: readonly ReportFile[], report: PhysicalReport, reporter: Reporter): Promise<void> {
  try {
    for (const { format, path } of files) {
      await writeWhole(path, format === "junit" ? physicalJunit(report) : physicalPage(report));
      reporter.info(`report: ${path}`);
    }
  } catch (error) {
    if (report.verdict === Verdict.Pass) throw error;
    reporter.warning(`the report was not written: ${(error as Error).message}`);
  }
}
