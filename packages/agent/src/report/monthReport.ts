import { ExitCode, ProblemError } from "@pgkeep/core";
import { ReportFacts, type ReportSource } from "./collectReport.js";
import type { Report } from "./Report.js";
import { readDrillResult } from "./readDrillResult.js";
import { drillsCheck, objectiveChecks, objectsCheck, pointsCheck } from "./reportChecks.js";
import { reportedPoint } from "./reportedFacts.js";

/** The report of one month, `YYYY-MM`, in UTC. Absent: the month that is under way. */
export async function monthReport(source: ReportSource, month: string | undefined): Promise<Report> {
  const now = source.now ?? new Date();
  const name = month ?? now.toISOString().slice(0, 7);
  const [from, end] = boundsOf(name, now);
  const facts = await ReportFacts.read({ ...source, now });
  const complete = end <= now;
  const to = complete ? new Date(end.getTime() - 1) : now;
  const shown = facts.newest(to, true) ?? facts.newest(to, false);
  const lastDrill = shown?.drills.findLast(({ at }) => at <= to);
  const own = {
    kind: "month" as const,
    drill: lastDrill ? await readDrillResult(source.store, lastDrill) : null,
    month: { name, from: from.toISOString(), to: to.toISOString(), complete },
    drills: await facts.drills(from, to),
    recoveryPoints: facts.pointsBetween(from, to).map(reportedPoint),
  };
  const manifest = shown ? await facts.manifest(shown.id) : undefined;
  return await facts.complete(own, manifest, to, (report) => [
    pointsCheck(report.recoveryPoints),
    drillsCheck(report.drills),
    ...objectiveChecks(report.objectives),
    ...(report.manifest ? [objectsCheck(report.manifest.missingObjects, report.manifest.id)] : []),
  ]);
}

/** The month's first moment and the next one's. */
function boundsOf(name: string, now: Date): [from: Date, end: Date] {
  const [, year = "", month = ""] = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(name) ?? [];
  const from = new Date(Date.UTC(Number(year), Number(month) - 1, 1));
  if (year === "") throw refusal(name, "this is not a month");
  if (from > now) throw refusal(name, "this month has not begun");
  return [from, new Date(Date.UTC(Number(year), Number(month), 1))];
}

function refusal(received: string, reason: string): ProblemError {
  return new ProblemError(ExitCode.Usage, {
    where: "month",
    received,
    reason,
    allowed: "YYYY-MM, for example 2026-11, not after the present one",
  });
}
