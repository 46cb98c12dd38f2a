import { type DrillResult, formatDuration, Verdict } from "@pgkeep/core";
import { type Content, type Html, html } from "../html.js";
import type { Report } from "../Report.js";
import { drillSections } from "./drillSections.js";
import { plotsSection, pointsSection } from "./historySections.js";
import { accessSection, contentsSection, objectivesSection, retentionSection } from "./policySections.js";
import { restoreSection } from "./restoreSection.js";
import { STYLE } from "./style.js";
import { facts, list, shortened, table } from "./tables.js";
import { badge, code, count, name, time, whole } from "./texts.js";

const MOST_DETAILS = 40;

/** Nothing from elsewhere is loaded, and no script runs, even if some text slipped through. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** The report as one self-contained page of HTML. */
export function reportPage(report: Report): string {
  const { cluster, month, verdict, notes } = report;
  const drill = report.kind === "drill" ? report.drill : null;
  const kind = month ? `Backups of ${month.name}${month.complete ? "" : ", so far"}` : "Restore drill";
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="pgkeep ${report.agentVersion}">
<title>${verdict}: ${kind}, ${cluster}</title>
<style>STYLE</style>
</head>
<body>
<main>
<header>
<p class="kind">${kind}</p>
<h1>${name(cluster)}</h1>
<p class="sub">${name(report.store)}, ${month ? html`${time(month.from)} to ${time(month.to)}` : html`drilled ${time(drill?.endedAt ?? "")}`}</p>
<div class="verdict ${{ [Verdict.Pass]: "pass", [Verdict.Fail]: "fail", [Verdict.CouldNotVerify]: "open" }[verdict]}">${badge(verdict)}<p>${sentence(report)}</p></div>
</header>
${overview(report)}
<section>
<h2>What was checked</h2>
${checksTable(report)}
</section>
${drill ? drillSections(drill) : null}
${contentsSection(report)}
${plotsSection(report)}
${month ? pointsSection(report) : null}
${objectivesSection(report.objectives)}
${retentionSection(report)}
${accessSection(report)}
${restoreSection(report.restore)}
${notes.length === 0 ? null : html`<section><h2>Not in this report</h2>${list(notes)}</section>`}
<footer>
<p>Written ${time(report.writtenAt)} by pgkeep ${report.agentVersion} from what the store records. Manifests are sealed and, where keys are configured, signed; results of drills are not: whoever may write to the store could have written one. The bucket's own access log tells who did.</p>
</footer>
</main>
</body>
</html>
`;
  return String(page).replace("STYLE", () => STYLE);
}

function sentence({ kind, verdict, drill, checks }: Report): Content {
  if (kind === "drill") {
    if (verdict === Verdict.Pass)
      return "This recovery point was restored into scratch space and everything that a dump can hold came back equal.";
    if (verdict === Verdict.Fail)
      return "Something came back different, did not come back, or is not as it was recorded. Each difference is named below.";
    return `Something could not be compared${(drill?.restoreMilliseconds ?? 0) > 0 ? "" : ", and nothing was restored"}. That says nothing against the recovery point, and nothing for it.`;
  }
  if (verdict === Verdict.Pass)
    return "There are good recovery points, every drill of the month passed, and every objective that is set was met.";
  const which = checks.filter((check) => check.verdict === verdict).map((check) => check.name);
  return `${verdict === Verdict.Fail ? "Not as it should be" : "Could not be verified"}: ${which.join("; ")}.`;
}

function overview(report: Report): Html {
  const { drill, newest, newestProven, drills } = report;
  if (report.kind === "drill" && drill) {
    const { scratch, tables, restoreMilliseconds, compareMilliseconds } = drill;
    const restored = restoreMilliseconds > 0;
    const isolation = scratch.isolated ? "cut off from every network" : scratch.kind === "own" ? "listening nowhere" : "shared with others";
    return facts([
      ["Recovery point", code(drill.id)],
      ["Recovery time (RTO) of the data, measured", restored ? whole(formatDuration(restoreMilliseconds)) : "nothing was restored"],
      [
        "Compared",
        restored
          ? html`${count(sum(tables), "row")} in ${count(tables.length, "table")}, in ${whole(formatDuration(compareMilliseconds))}`
          : "nothing",
      ],
      [
        "Restored into",
        `PostgreSQL ${scratch.serverVersion}, ${scratch.kind === "own" ? "started for this drill" : "a given server"}, ${isolation}`,
      ],
      ["Began, ended", html`${time(drill.startedAt)}, ${time(drill.endedAt)}`],
      [
        "Manifest",
        report.manifest
          ? html`PostgreSQL ${report.manifest.serverVersion}, seen at ${time(report.manifest.takenAt)}`
          : "not in the store any more",
      ],
    ]);
  }
  return facts([
    ["Recovery points", `${report.recoveryPoints.length} in the store`],
    ["Drills", drills.length === 0 ? "none" : count(drills.length, "drill")],
    ["Newest good recovery point", newest ? code(newest.id) : "there is none"],
    ["Newest proven recovery point", newestProven ? code(newestProven.id) : "there is none"],
  ]);
}

function sum(tables: DrillResult["tables"]): number {
  return tables.reduce((all, { rows }) => all + rows, 0);
}

function checksTable({ checks }: Report): Html {
  const worstFirst = [Verdict.Fail, Verdict.CouldNotVerify, Verdict.Pass];
  const sorted = checks.toSorted((a, b) => worstFirst.indexOf(a.verdict) - worstFirst.indexOf(b.verdict));
  const rows = sorted.map((check) => {
    const { shown, more } = shortened(check.details, MOST_DETAILS);
    const details = shown.length === 1 ? name(shown[0] ?? "") : list(shown.map((line) => name(line)));
    return [badge(check.verdict), name(check.name), shown.length === 0 ? "" : html`<div>${details}${more}</div>`];
  });
  return table("What was checked", [{ title: "verdict" }, { title: "check" }, { title: "found" }], rows);
}
