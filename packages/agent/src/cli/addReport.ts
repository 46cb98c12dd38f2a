import { ExitCode } from "@pgkeep/core";
import type { Command } from "commander";
import type { ReportSource } from "../report/collectReport.js";
import { drillReport } from "../report/drillReport.js";
import { monthReport } from "../report/monthReport.js";
import type { Report } from "../report/Report.js";
import { REPORT_FORMATS } from "../report/renderReport.js";
import type { AddCommand } from "./commandLine.js";
import type { GlobalOptions } from "./GlobalOptions.js";
import { repeatable } from "./repeatable.js";
import { deliverReport, knownFormat, reportFiles } from "./reportFiles.js";
import type { Surroundings } from "./Surroundings.js";
import { withConfiguration } from "./withConfiguration.js";

interface ReportCommandOptions extends GlobalOptions {
  format?: string[];
  output?: string[];
}

export const addReport: AddCommand = (program, surroundings, finish) => {
  const report = program
    .command("report")
    .description("Write a report for people and for machines: of one drill, or of one month of backups.");
  withForms(report.command("drill"))
    .argument("[id]", "recovery point whose newest drill is reported; `latest`: the newest drill at all", "latest")
    .description("Report one drill: verdict, what was compared, time to restore, how to restore without pgkeep.")
    .addHelpText("after", DRILL_HELP)
    .action(async (id: string, _options, command: Command) => {
      await write(surroundings, command, (source) => drillReport(source, id));
      finish(ExitCode.Done);
    });
  withForms(report.command("month"))
    .argument("[month]", "YYYY-MM, in UTC (default: the present month, so far)")
    .description("Report one month: recovery points, drills, objectives, retention, who can decrypt.")
    .addHelpText("after", MONTH_HELP)
    .action(async (month: string | undefined, _options, command: Command) => {
      await write(surroundings, command, (source) => monthReport(source, month));
      finish(ExitCode.Done);
    });
};

function withForms(command: Command): Command {
  return command
    .option("--format <format>", `${REPORT_FORMATS.join(", ")}; may be repeated (default: html)`, repeatable)
    .option("--output <file>", "into this file, readable by its owner only; one for each --format (default: standard output)", repeatable);
}

async function write(surroundings: Surroundings, command: Command, collect: (source: ReportSource) => Promise<Report>): Promise<void> {
  const options = command.optsWithGlobals() as ReportCommandOptions;
  const formats = options.format ?? ["html"];
  const files = reportFiles(formats, options.output ?? [], surroundings.folder);
  await withConfiguration(surroundings, options, "no report was written", async ({ config, store, layout, json }) => {
    await deliverReport(await collect({ config, store, layout }), knownFormat(formats[0] ?? "html"), files, surroundings, json);
  });
}

const DRILL_HELP = `
The HTML is one page that loads nothing and runs no script. The report is made from the result that the drill stored; exit code 0 means that it was
written, whatever its verdict: \`pgkeep drill\` itself ends with 65 or 79 where the verdict is not PASS.

Example:
  $ pgkeep report drill --output drill.html
  $ pgkeep report drill latest --format html --output drill.html --format junit --output drill.xml
  $ pgkeep report drill --format rollback-test --output rollback-test-report.json`;

const MONTH_HELP = `
FAIL where a drill failed, an objective is missed or the month has no good recovery point; COULD_NOT_VERIFY where nothing was drilled.

Example:
  $ pgkeep report month 2026-11 --output 2026-11.html
  $ pgkeep report month --json | jq .objectives`;
