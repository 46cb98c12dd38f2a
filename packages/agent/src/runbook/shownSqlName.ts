import { sqlName } from "../postgresql/objectName.js";
import { printable } from "../terminal/printable.js";

/** A name in a statement that people see: where it holds anything that could fool a terminal, each such character is an escape (U&"…"). */
export function shownSqlName(name: string): string {
  if (printable(name) === name) return sqlName(name);
  const text = [...name].map((character) => {
    const code = character.codePointAt(0) ?? 0;
    if (character === '"') return '""';
    if (character === "\\") return "\\\\";
    return code > 0x1f && code < 0x7f ? character : `\\+${code.toString(16).padStart(6, "0")}`;
  });
  return `U&"${text.join("")}"`;
}
