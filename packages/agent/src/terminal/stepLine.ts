import type { Paint } from "./paint.js";
import { printable } from "./printable.js";

/** Width of the column that holds the seconds since the beginning, with its gap. */
const INDENT = " ".repeat(10);

/** One thing that happened, with the seconds since the beginning: `     1.2s  message`. Further lines of a message line up below the first. */
export function stepLine(paint: Paint, millisecondsSinceBeginning: number, kind: "info" | "warning", message: string): string {
  const time = `${(millisecondsSinceBeginning / 1000).toFixed(1)}s`.padStart(INDENT.length - 2);
  const [first = "", ...others] = message.split("\n").map(printable);
  const label = kind === "warning" ? `${paint("yellow", "warning:")} ` : "";
  return [`${paint("dim", time)}  ${label}${first}`, ...others.map((line) => INDENT + line)].join("\n");
}
