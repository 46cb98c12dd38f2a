import stringWidth from "string-width";
import { printable } from "../terminal/printable.js";

/** Names and values below each other, the values lined up. */
export function describeFields(fields: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(...fields.map(([name]) => stringWidth(name)));
  return fields.map(([name, value]) => `${name}${" ".repeat(width - stringWidth(name))}  ${printable(value)}`).join("\n");
}
