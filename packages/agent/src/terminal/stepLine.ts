import type { Paint } from "./paint.js";
import { printable } from "./printable.js";
import { wrapWords } from "./wrapWords.js";

/** Width of the column that holds the seconds since the beginning, with its gap. */
const INDENT = " ".repeat(10);
const WARNING = "warning:";

/** One thing that happened, with the seconds since the beginning: `     1.2s  message`. Further lines of a message line up below the first. */
export function stepLine(
  paint: Paint,
  millisecondsSinceBeginning: number,
  kind: "info" | "warning",
  message: string,
  columns = Number.POSITIVE_INFINITY,
): string {
  const time = `${(millisecondsSinceBeginning / 1000).toFixed(1)}s`.padStart(INDENT.length - 2);
  const text = kind === "warning" ? `${WARNING} ${message}` : message;
  const [first = "", ...others] = text.split("\n").flatMap((line) => wrapWords(printable(line), columns - INDENT.length));
  const painted = kind === "warning" ? paint("yellow", WARNING) + first.slice(WARNING.length) : first;
  return [`${paint("dim", time)}  ${painted}`, ...others.map((line) => INDENT + line)].join("\n");
}
