import { counted, formatDuration, formatSize, RetentionEnforcer } from "@pgkeep/core";
import type { AgedPoint, HeldAgainst, StatusReport } from "../status/StatusReport.js";
import type { Paint } from "../terminal/paint.js";
import { plot } from "../terminal/plot.js";
import { printable } from "../terminal/printable.js";
import { renderTable } from "../terminal/renderTable.js";
import { describeFields } from "./describeFields.js";

/** How the recovery points of a cluster stand, on one screen. `blocks` says whether plots may use more than ASCII. */
export function describeStatus(status: StatusReport, paint: Paint, blocks: boolean): string {
  const { cluster, store, at, newest, objectives, nextRuns, lastActions, findings } = status;
  const verdict = status.ok ? paint(["bold", "green"], "nothing calls for you") : paint(["bold", "red"], "look at this");
  const fields: [string, string][] = [
    ["newest good", aged(newest.good)],
    ["held against the RPO", held(objectives.rpo, "objectives.rpo is not set")],
    ["newest proven", aged(newest.proven)],
    ["last proof", status.lastProofAt ? `${minutes(status.lastProofAt)}, ${ago(at, status.lastProofAt)}` : "none yet"],
    ["held against its target", held(objectives.provenWithin, "objectives.provenWithin is not set")],
    ...(status.lastPhysicalDrill
      ? [
          ["last physical drill", `${status.lastPhysicalDrill.verdict} at ${minutes(status.lastPhysicalDrill.at)}`] satisfies [
            string,
            string,
          ],
        ]
      : []),
    ["recovery points", counts(status)],
    ...(status.retention?.enforcedBy === RetentionEnforcer.Lifecycle ? [LIFECYCLE] : []),
    ...nextRuns.map((run): [string, string] => [
      `next ${run.job}`,
      `${minutes(run.at)}, in ${formatDuration(run.at.getTime() - at.getTime())}`,
    ]),
    ...lastActions.map(({ action, at: time, result }): [string, string] => [
      `last ${action}`,
      `${minutes(time)}, ${ago(at, time)}: ${result}`,
    ]),
    ...trends(status, blocks),
    ...leftovers(status),
  ];
  return [
    `${printable(cluster)} in ${printable(store)} at ${minutes(at)} (UTC): ${verdict}`,
    ...(findings.length > 0 ? ["", ...findings.map(({ text }) => `- ${printable(text)}`)] : []),
    "",
    describeFields(fields),
    ...(status.databases.length > 0 ? ["", databases(status)] : []),
  ].join("\n");
}

/** No finding: it was chosen. Who reads this must know that nothing of it holds on to the last recovery point. */
const LIFECYCLE: [string, string] = [
  "retention",
  "by S3's lifecycle, without the agent's guards: it expires the last recovery point too, and knows no pins (pgkeep retention plan)",
];

function aged(point: AgedPoint | null): string {
  if (!point) return "none";
  const age = point.ageSeconds < 0 ? `${formatDuration(-point.ageSeconds * 1000)} ahead` : `${formatDuration(point.ageSeconds * 1000)} old`;
  return `${point.id}, data of ${minutes(point.dataAsOf)}, ${age}`;
}

function held(against: HeldAgainst | null, unset: string): string {
  if (!against) return `no target: ${unset}`;
  return `${against.met ? "met" : "MISSED"}: at most ${formatDuration(against.targetSeconds * 1000)}`;
}

function counts({ counts: { all, good, proven, suspicious, accepted, pinned, removing } }: StatusReport): string {
  const others = Object.entries({ suspicious, accepted, pinned, "being removed": removing }).filter(([, count]) => count > 0);
  return [`${all}: ${good} good, ${proven} proven`, ...others.map(([what, count]) => `${count} ${what}`)].join(", ");
}

function trends({ trend, drills }: StatusReport, blocks: boolean): [string, string][] {
  const [first, last] = [trend.at(0), trend.at(-1)];
  const restores = drills.map(({ restoreSeconds }) => restoreSeconds);
  const lastDrill = drills.at(-1);
  const times = restores.filter((seconds) => seconds !== null).slice(-3);
  return [
    ...(first && last
      ? ([
          [
            "stored size",
            `${plot(
              trend.map(({ storedBytes }) => storedBytes),
              blocks,
            )}  ${formatSize(last.storedBytes)} now, ${formatSize(first.storedBytes)} ${trend.length - 1} before`,
          ],
          [
            "rows",
            `${plot(
              trend.map(({ rows }) => rows),
              blocks,
            )}  ${last.rows.toLocaleString("en")} now, ${first.rows.toLocaleString("en")} ${trend.length - 1} before`,
          ],
        ] as [string, string][])
      : []),
    ...(lastDrill
      ? ([
          ["last drill", `${lastDrill.verdict} for ${lastDrill.id} at ${minutes(lastDrill.at)}`],
          [
            "measured RTO",
            times.length === 0
              ? "nothing was restored"
              : `${plot(restores, blocks)}  ${times.map((seconds) => formatDuration(seconds * 1000)).join(", ")}`,
          ],
        ] as [string, string][])
      : []),
  ];
}

function leftovers({ leftovers }: StatusReport): [string, string][] {
  if (!leftovers) return [];
  const objects = leftovers.reduce((sum, one) => sum + one.objects, 0);
  const bytes = leftovers.reduce((sum, one) => sum + one.bytes, 0);
  const found =
    leftovers.length === 0
      ? "none"
      : `${leftovers.length} of runs that did not commit, ${counted(objects, "object")}, ${formatSize(bytes)}; pgkeep list shows them`;
  return [["leftovers", found]];
}

function databases({ databases }: StatusReport): string {
  return renderTable(
    ["database", "rows", "dumped", "stored"],
    databases.map(({ name, rows, plainBytes, storedBytes }) => [
      name,
      rows.toLocaleString("en"),
      formatSize(plainBytes),
      formatSize(storedBytes),
    ]),
  );
}

function ago(now: Date, then: Date): string {
  const milliseconds = now.getTime() - then.getTime();
  return milliseconds < 0 ? `${formatDuration(-milliseconds)} ahead` : `${formatDuration(milliseconds)} ago`;
}

function minutes(time: Date): string {
  return time.toISOString().slice(0, 16).replace("T", " ");
}
