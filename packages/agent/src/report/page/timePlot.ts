import { Verdict } from "@pgkeep/core";
import { scaleLinear, scaleUtc } from "d3-scale";
import { type Html, html } from "../html.js";
import { type Column, table } from "./tables.js";
import { badge, time } from "./texts.js";

export interface PlotPoint {
  at: Date;
  value: number;
  /** Gives the mark its form and colour. */
  verdict?: Verdict;
}

export interface TimePlot {
  /** Unique in the page; part of ids. */
  id: string;
  title: string;
  points: readonly PlotPoint[];
  /** Units from the smallest on; the largest that the greatest value reaches is used. */
  units: readonly { name: string; size: number }[];
  /** A value for the table and the description. */
  text: (value: number) => string;
  column: string;
}

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [380, 200, 40, 14, 12, 30];
const DAY = 86_400_000;

/** Values over time, as a picture that is told in words too, and the numbers behind it. */
export function timePlot(plot: TimePlot): Html {
  const { id, title, points, text } = plot;
  const values = points.map(({ value }) => value);
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return html`<figure class="plot"><figcaption>${title}</figcaption><p class="more">Nothing to show yet.</p></figure>`;
  const greatest = Math.max(...values, 1);
  const unit = plot.units.findLast(({ size }) => size <= greatest) ?? { name: "", size: 1 };
  const told = `${points.length} ${points.length === 1 ? "value" : "values"} from ${day(first.at)} to ${day(last.at)}: smallest ${text(Math.min(...values))}, largest ${text(Math.max(...values))}, newest ${text(last.value)}.`;
  const columns: Column[] = [
    { title: "when" },
    { title: plot.column, amount: true },
    ...(hasVerdicts(points) ? [{ title: "verdict" }] : []),
  ];
  const rows = points.toReversed().map(({ at, value, verdict }) => [time(at), text(value), verdict ? badge(verdict) : ""]);
  return html`<figure class="plot">
<figcaption>${title}, in ${unit.name}</figcaption>
${drawing(told)}
<p class="told">${told}${legend(points)}</p>
<details><summary>The numbers</summary>${table(title, columns, rows)}</details>
</figure>`;

  function hasVerdicts(all: readonly PlotPoint[]): boolean {
    return all.some(({ verdict }) => verdict !== undefined);
  }

  function drawing(description: string): Html {
    const [from, to] = spread(first?.at ?? new Date(0), last?.at ?? new Date(0));
    const x = scaleUtc([from, to], [LEFT, WIDTH - RIGHT]);
    const y = scaleLinear([0, greatest / unit.size], [HEIGHT - BOTTOM, TOP]).nice(4);
    const place = ({ at, value }: PlotPoint): [number, number] => [round(x(at)), round(y(value / unit.size))];
    const path = points.map((point, index) => `${index === 0 ? "M" : "L"}${place(point).join(" ")}`).join("");
    return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="${id}-title ${id}-told">
<title id="${id}-title">${title}</title>
<desc id="${id}-told">${description}</desc>
${y.ticks(4).map((tick) => html`<path class="grid" d="M${LEFT} ${round(y(tick))}H${WIDTH - RIGHT}"/><text class="tick" x="${LEFT - 6}" y="${round(y(tick)) + 4}" text-anchor="end">${tick.toLocaleString("en")}</text>`)}
${x.ticks(4).map((tick) => timeTick(round(x(tick)), moment(tick, to.getTime() - from.getTime())))}
<path class="line" d="${path}"/>
${points.map((point) => mark(point.verdict, ...place(point)))}
</svg>`;
  }
}

/** At the edges a label stays inside the picture. */
function timeTick(x: number, label: string): Html {
  const anchor = x > WIDTH - 28 ? "end" : x < 28 ? "start" : "middle";
  const at = anchor === "end" ? WIDTH - 1 : x;
  return html`<path class="grid" d="M${x} ${HEIGHT - BOTTOM}v5"/><text class="tick" x="${at}" y="${HEIGHT - 8}" text-anchor="${anchor}">${label}</text>`;
}

function legend(points: readonly PlotPoint[]): Html | null {
  const kinds = Object.values(Verdict).filter((verdict) => points.some((point) => point.verdict === verdict));
  const signs = { [Verdict.Pass]: "●", [Verdict.Fail]: "✕", [Verdict.CouldNotVerify]: "◇" };
  if (kinds.length === 0) return null;
  return html` Marks: ${kinds.map((verdict) => `${signs[verdict]} ${verdict.replaceAll("_", " ")}`).join(", ")}.`;
}

/** A form of its own for each verdict. */
function mark(verdict: Verdict | undefined, x: number, y: number): Html {
  if (verdict === Verdict.Fail) return html`<path class="mark fail" d="M${x - 5} ${y - 5}l10 10m0 -10l-10 10"/>`;
  if (verdict === Verdict.CouldNotVerify) return html`<path class="mark open" d="M${x} ${y - 6}l6 6l-6 6l-6 -6z"/>`;
  return html`<circle class="mark ${verdict === undefined ? "plain" : "pass"}" cx="${x}" cy="${y}" r="3.5"/>`;
}

/** Some room at both ends, and more than nothing where all is of one moment. */
function spread(from: Date, to: Date): [Date, Date] {
  const room = Math.max((to.getTime() - from.getTime()) * 0.04, to.getTime() === from.getTime() ? DAY / 2 : 0);
  return [new Date(from.getTime() - room), new Date(to.getTime() + room)];
}

function moment(at: Date, span: number): string {
  if (span < 2 * DAY) return at.toISOString().slice(11, 16);
  const options = span < 300 * DAY ? ({ day: "numeric", month: "short" } as const) : ({ month: "short", year: "numeric" } as const);
  return new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" }).format(at);
}

function day(at: Date): string {
  return at.toISOString().slice(0, 10);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
