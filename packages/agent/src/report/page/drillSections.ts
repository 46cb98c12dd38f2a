import { type DrillResult, formatSize } from "@pgkeep/core";
import { type Html, html } from "../html.js";
import { list, shortened, table } from "./tables.js";
import { code, count, name } from "./texts.js";

/** Differing tables come first; of the others no more than make so many. */
const MOST_TABLES = 200;
const MOST_RESPELLED = 50;

/** What a drill compared: every table, what the server respelled, what no drill can prove. */
export function drillSections({ tables, respelled, neverProven }: DrillResult): Html {
  const equal = tables.filter((one) => one.equal).length;
  const { shown, more } = shortened(
    tables.toSorted((a, b) => Number(a.equal) - Number(b.equal)),
    MOST_TABLES,
  );
  const rows = shown.map((one) => [
    name(one.database),
    name(`${one.schema}.${one.name}`),
    one.rows.toLocaleString("en"),
    formatSize(one.bytes),
    one.equal ? "yes" : html`<strong>NO</strong>`,
  ]);
  const columns = [
    { title: "database" },
    { title: "table" },
    { title: "rows", amount: true },
    { title: "size", amount: true },
    { title: "equal" },
  ] as const;
  return html`<section>
<h2>Tables compared, row by row</h2>
${
  tables.length === 0
    ? html`<p>None: nothing was restored.</p>`
    : html`<p>${count(equal, "table")} of ${tables.length} came back equal, by a digest of every row computed from the very bytes that were dumped. It finds accidents, not forgery; the manifest's signature does that.</p>
${table("Tables compared, row by row", columns, rows)}${more}`
}
</section>
${respelledSection(respelled)}
${
  neverProven.length === 0
    ? null
    : html`<section><h2>Never proven</h2><p>No dump holds their contents, so no drill can prove them:</p>${list(neverProven.map((object) => name(object)))}</section>`
}`;
}

function respelledSection(respelled: DrillResult["respelled"]): Html | null {
  if (respelled.length === 0) return null;
  const { shown, more } = shortened(respelled, MOST_RESPELLED);
  return html`<section>
<h2>Respelled</h2>
<p>The server printed these definitions in other words than before. In normal form they are equal, which the drill found by restoring both spellings until they settled.</p>
${shown.map(
  ({ database, object, before, after }) =>
    html`<details><summary>${name(`${database}: ${object}`)}</summary><h3>Before</h3><pre>${code(before)}</pre><h3>After</h3><pre>${code(after)}</pre></details>`,
)}${more}
</section>`;
}
