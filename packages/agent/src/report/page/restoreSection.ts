import type { RunbookSection } from "../../runbook/Runbook.js";
import { type Html, html } from "../html.js";
import { withCode } from "./texts.js";

/** The way back without pgkeep, as the runbook prints it. */
export function restoreSection(section: RunbookSection | null): Html | null {
  if (section === null) return null;
  return html`<section>
<h2>How to restore with public tools only</h2>
${section.text.map((text) => html`<p>${withCode(text)}</p>`)}
${(section.steps ?? []).map(
  ({ title, text, code, instead }, index) => html`<h3>${index + 1}. ${withCode(title)}</h3>
${text.map((paragraph) => html`<p>${withCode(paragraph)}</p>`)}
${code === undefined ? null : html`<pre><code>${code}</code></pre>`}
${instead === undefined ? null : html`<p>${withCode(instead.when)}</p><pre><code>${instead.code}</code></pre>`}`,
)}
</section>`;
}
