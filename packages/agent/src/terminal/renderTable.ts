import stringWidth from "string-width";
import { printable } from "./printable.js";

const GAP = "  ";
/** A number with thousands separators and perhaps a unit, a sign or a percentage. */
const NUMBER = /^[-+]?\d[\d,.]*( ?(%|[a-zA-Z]{1,3}))?$/;

/**
 * A table as lines that line up on any terminal: wide characters count as two columns, columns of numbers are aligned to the right.
 * `decorate` may colour a cell; it sees the cell before padding.
 */
export function renderTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  decorate: (cell: string, column: number) => string = (cell) => cell,
): string {
  const cells = rows.map((row) => headings.map((_, column) => printable(row[column] ?? "")));
  const columns = headings.map((heading, column) => {
    const values = cells.map((row) => row[column] ?? "");
    const filled = values.filter((value) => value !== "");
    return {
      width: Math.max(...[heading, ...values].map((text) => stringWidth(text))),
      right: filled.length > 0 && filled.every((value) => NUMBER.test(value)),
    };
  });
  const line = (row: readonly string[], dress: (cell: string, column: number) => string) =>
    columns
      .map(({ width, right }, column) => {
        const cell = row[column] ?? "";
        const padding = " ".repeat(width - stringWidth(cell));
        return right ? padding + dress(cell, column) : dress(cell, column) + padding;
      })
      .join(GAP)
      .trimEnd();
  const rule = columns.map(({ width }) => "─".repeat(width)).join(GAP);
  return [line(headings, (cell) => cell), rule, ...cells.map((row) => line(row, decorate))].join("\n");
}
