import { type DrillResult, ExitCode, ProblemError, parseRecoveryPointId } from "@pgkeep/core";
import type { DrillOutcome } from "../manifest/readDrills.js";
import { ReportFacts, type ReportSource } from "./collectReport.js";
import type { Report } from "./Report.js";
import { readDrillResult } from "./readDrillResult.js";
import { manifestCheck, objectsCheck } from "./reportChecks.js";
import { reportedPoint } from "./reportedFacts.js";

/** The report of the newest drill of one recovery point, or with `latest` of the newest drill at all. */
export async function drillReport(source: ReportSource, idOrLatest: string): Promise<Report> {
  const facts = await ReportFacts.read(source);
  return await describe(facts, await readDrillResult(source.store, newestDrill(facts, idOrLatest)));
}

/** The report of a drill that has just ended. */
export async function reportOfDrill(source: ReportSource, result: DrillResult): Promise<Report> {
  return await describe(await ReportFacts.read(source), result);
}

async function describe(facts: ReportFacts, drill: DrillResult): Promise<Report> {
  const endedAt = new Date(drill.endedAt);
  const manifest = await facts.manifest(drill.id);
  if (!manifest)
    facts.notes.push("the recovery point is not in the store any more, so its manifest and the way to restore it are not shown");
  const own = {
    kind: "drill" as const,
    drill,
    month: null,
    // A result is named after its end, or a few milliseconds later where that name was taken.
    drills: await facts.drills(new Date(0), new Date(endedAt.getTime() + 1000)),
    recoveryPoints: facts.pointsBetween(new Date(0), endedAt).map(reportedPoint),
  };
  return await facts.complete(own, manifest, facts.now, (report) => {
    const same = manifestCheck(drill, manifest);
    return [
      ...drill.checks,
      ...(same ? [same] : []),
      ...(report.manifest ? [objectsCheck(report.manifest.missingObjects, report.manifest.id)] : []),
    ];
  });
}

function newestDrill({ points, source: { store } }: ReportFacts, idOrLatest: string): DrillOutcome {
  if (idOrLatest !== "latest") parseRecoveryPointId(idOrLatest);
  const drills = points.filter(({ id }) => idOrLatest === "latest" || id === idOrLatest).flatMap((point) => point.drills);
  const newest = drills.reduce<DrillOutcome | undefined>((best, one) => (best && best.at >= one.at ? best : one), undefined);
  if (newest) return newest;
  throw new ProblemError(ExitCode.NoSuchRecoveryPoint, {
    where: "drill",
    received: idOrLatest,
    reason:
      idOrLatest === "latest"
        ? `no recovery point in ${store.description} was ever drilled`
        : "this recovery point was never drilled, or does not exist",
    next: idOrLatest === "latest" ? "run `pgkeep drill latest` first" : `run \`pgkeep drill ${idOrLatest}\` first, or see \`pgkeep list\``,
  });
}
