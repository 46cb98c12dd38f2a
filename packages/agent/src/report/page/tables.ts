import { type Content, type Html, html } from "../html.js";

export interface Column {
  title: string;
  /** Amounts stand at the right. */
  amount?: true;
}

/** A table; on a narrow screen each row becomes a small list of its own, in which every cell tells its column. */
export function table(caption: string, columns: readonly Column[], rows: readonly (readonly Content[])[]): Html {
  const style = ({ amount }: Column) => (amount ? html` class="amount"` : "");
  return html`<table>
<caption>${caption}</caption>
<thead><tr>${columns.map((column) => html`<th scope="col"${style(column)}>${column.title}</th>`)}</tr></thead>
<tbody>
${rows.map(
  (
    cells,
  ) => html`<tr>${columns.map((column, index) => html`<td data-column="${column.title}"${style(column)}><div>${cells[index]}</div></td>`)}</tr>
`,
)}</tbody>
</table>`;
}

/** Names and values. */
export function facts(rows: readonly (readonly [name: string, value: Content])[]): Html {
  return html`<dl class="facts">${rows.map(([title, value]) => html`<div><dt>${title}</dt><dd>${value}</dd></div>`)}</dl>`;
}

export function list(items: readonly Content[]): Html {
  return html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;
}

/** The first so many, and how many more there are. */
export function shortened<Item>(items: readonly Item[], most: number): { shown: readonly Item[]; more: Content } {
  const hidden = items.length - most;
  return {
    shown: items.slice(0, most),
    more: hidden > 0 ? html`<p class="more">… and ${hidden.toLocaleString("en")} more; the JSON report holds them all.</p>` : null,
  };
}
