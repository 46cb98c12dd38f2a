import { escapeIdentifier, escapeLiteral } from "pg";

export { escapeIdentifier as identifier, escapeLiteral as literal };

/** `"a", "b"` */
export function identifiers(names: readonly string[]): string {
  return names.map((name) => escapeIdentifier(name)).join(", ");
}
