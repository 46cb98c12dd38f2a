import { printable } from "../terminal/printable.js";

/** A text from elsewhere for between two backticks of a step's text. */
export function inCode(text: string): string {
  return printable(text).replaceAll("`", "'");
}
