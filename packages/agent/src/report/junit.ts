import { type Check, Verdict } from "@pgkeep/core";
import junit, { type Builder, type TestSuite } from "junit-report-builder";
import { printable } from "../terminal/printable.js";
import type { Report } from "./Report.js";

// Its types promise a `default` that its CommonJS code does not have.
const factory = junit as unknown as Builder;

/** Beside control characters, which `printable` writes out, XML knows no such character. */
const NOT_IN_XML = /[\ufffe\uffff]/g;

/**
 * The report as JUnit XML: a check is a test case. FAIL is a failure, and what could not be verified an error, so that no reader counts it as
 * passed or passes over it as skipped.
 */
export function junitXml(report: Report): string {
  const { cluster, month, writtenAt, verdict, agentVersion } = report;
  const drill = report.kind === "drill" ? report.drill : null;
  const builder = factory.newBuilder();
  const suite = builder
    .testSuite()
    .name(text(drill ? `drill of ${cluster} ${drill.id}` : `backups of ${cluster} in ${month?.name}`))
    .timestamp(drill?.startedAt ?? writtenAt)
    .time(drill ? (new Date(drill.endedAt).getTime() - new Date(drill.startedAt).getTime()) / 1000 : 0);
  const properties = {
    cluster,
    store: report.store,
    verdict,
    pgkeep: agentVersion,
    ...(drill ? { recoveryPoint: drill.id, restoreMilliseconds: String(drill.restoreMilliseconds) } : {}),
  };
  for (const [key, value] of Object.entries(properties)) suite.property(key, text(value));
  for (const check of report.checks) addCase(suite, check, `pgkeep.${report.kind}`);
  return builder.build();
}

/** A check as a test case. */
export function addCase(suite: TestSuite, { name, verdict, details }: Check, className: string): void {
  const testCase = suite.testCase().className(className).name(text(name));
  const lines = details.map(text);
  if (verdict === Verdict.Pass) testCase.standardOutput(lines.join("\n"));
  else if (verdict === Verdict.Fail) testCase.failure(lines[0] ?? "failed", verdict).stacktrace(lines.join("\n"));
  else testCase.error(lines[0] ?? "could not verify", verdict, lines.join("\n"));
}

function text(value: string): string {
  return printable(value).replace(NOT_IN_XML, "\ufffd");
}
