import { type Check, type DrillResult, durationText, formatDuration, type Manifest, Verdict } from "@pgkeep/core";
import type { ReportedDrill, ReportedObjective, ReportedPoint } from "./Report.js";

/** Whether a drill compared with the manifest that is in the store now. Null where that manifest is gone, which says nothing about the drill. */
export function manifestCheck(result: DrillResult, manifest: Manifest | undefined): Check | null {
  if (manifest === undefined) return null;
  const same = manifest.checksum === result.manifestChecksum;
  return {
    name: "the manifest is the one that was drilled",
    verdict: same ? Verdict.Pass : Verdict.Fail,
    details: [same ? `checksum ${manifest.checksum}` : `drilled ${result.manifestChecksum}, in the store now ${manifest.checksum}`],
  };
}

export function objectsCheck(missing: readonly string[], id: string): Check {
  return {
    name: `objects of ${id} are in the store, in the size recorded`,
    verdict: missing.length === 0 ? Verdict.Pass : Verdict.Fail,
    details: missing,
  };
}

/** The drills of a month: none proves nothing, and one failure is one too many. */
export function drillsCheck(drills: readonly ReportedDrill[]): Check {
  const count = (verdict: Verdict) => drills.filter((drill) => drill.verdict === verdict).length;
  const failed = count(Verdict.Fail);
  const passed = count(Verdict.Pass);
  return {
    name: "drills of the month",
    verdict: failed > 0 ? Verdict.Fail : passed > 0 && passed === drills.length ? Verdict.Pass : Verdict.CouldNotVerify,
    details:
      drills.length === 0
        ? ["none was run, so nothing was proven this month"]
        : [
            `${passed} passed, ${failed} failed, ${count(Verdict.CouldNotVerify)} could not verify`,
            ...drills.filter(({ verdict }) => verdict !== Verdict.Pass).map(({ id, endedAt, verdict }) => `${verdict} ${id}, ${endedAt}`),
          ],
  };
}

export function pointsCheck(points: readonly ReportedPoint[]): Check {
  const good = points.filter((point) => point.good).length;
  const suspicious = points.filter(({ state }) => state === "suspicious");
  return {
    name: "recovery points of the month",
    verdict: good > 0 ? Verdict.Pass : Verdict.Fail,
    details: [
      `${good} good in the store now${suspicious.length === 0 ? "" : `, and ${suspicious.length} suspicious that nobody has accepted`}`,
      ...suspicious.map(({ id }) => `suspicious: ${id}`),
    ],
  };
}

const ASKED = { rpo: "age of the newest good recovery point", provenWithin: "time since a drill of a good recovery point passed" };

/** One check for each objective that is configured. */
export function objectiveChecks(objectives: readonly ReportedObjective[]): Check[] {
  return objectives.flatMap(({ name, target, actual, met }) =>
    target === null
      ? []
      : [
          {
            name: `objective ${name}: ${ASKED[name]}`,
            verdict: met === true ? Verdict.Pass : Verdict.Fail,
            details: [`${actual === null ? "there is none" : formatDuration(actual)}; asked for: at most ${durationText(target)}`],
          },
        ],
  );
}
