import { formatDuration, formatSize } from "@pgkeep/core";
import { type Html, html } from "../html.js";
import type { Report } from "../Report.js";
import { shortened, table } from "./tables.js";
import { badge, code, count, time, whole } from "./texts.js";
import { timePlot } from "./timePlot.js";

const SIZES = [
  { name: "bytes", size: 1 },
  { name: "kB", size: 1e3 },
  { name: "MB", size: 1e6 },
  { name: "GB", size: 1e9 },
  { name: "TB", size: 1e12 },
];
const TIMES = [
  { name: "milliseconds", size: 1 },
  { name: "seconds", size: 1000 },
  { name: "minutes", size: 60_000 },
  { name: "hours", size: 3_600_000 },
];
const MOST_LISTED = 100;

/** Recovery time and size over time. */
export function plotsSection({ drills, recoveryPoints }: Report): Html {
  const restored = drills.flatMap(({ endedAt, verdict, restoreMilliseconds }) =>
    restoreMilliseconds === null ? [] : [{ at: new Date(endedAt), value: restoreMilliseconds, verdict }],
  );
  const unrestored = drills.length - restored.length;
  const sizes = recoveryPoints.map(({ slot, bytes }) => ({ at: new Date(slot), value: bytes }));
  return html`<section>
<h2>Recovery time and size</h2>
<p>The recovery time is what drills measured: from the first byte read until every database was restored, on the machine of the drill.${unrestored === 0 ? null : ` ${count(unrestored, "drill")} restored nothing and ${unrestored === 1 ? "is" : "are"} not drawn.`}</p>
<div class="plots">
${timePlot({ id: "rto", title: "Time to restore, per drill", points: restored, units: TIMES, text: formatDuration, column: "restored in" })}
${timePlot({ id: "size", title: "Size of each recovery point, as stored", points: sizes, units: SIZES, text: formatSize, column: "stored" })}
</div>
</section>`;
}

/** Every recovery point of the month. */
export function pointsSection({ recoveryPoints }: Report): Html {
  const { shown, more } = shortened(recoveryPoints.toReversed(), MOST_LISTED);
  const rows = shown.map(({ id, slot, state, good, bytes, lastDrill }) => [
    whole(code(id)),
    time(slot),
    state === "suspicious" || !good ? html`<strong>${state}</strong>` : whole(state),
    formatSize(bytes),
    lastDrill ? html`${badge(lastDrill.verdict)} ${time(lastDrill.at)}` : "never",
  ]);
  const columns = [
    { title: "id" },
    { title: "taken for" },
    { title: "state" },
    { title: "stored", amount: true },
    { title: "last drill" },
  ] as const;
  return html`<section>
<h2>Recovery points of the month</h2>
<p>Those that are in the store now. What retention has removed since is not among them.</p>
${rows.length === 0 ? html`<p>There is none.</p>` : html`${table("Recovery points of the month", columns, rows)}${more}`}
</section>`;
}
