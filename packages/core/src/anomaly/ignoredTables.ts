/** A table by the names that it has in a manifest. */
export interface NamedTable {
  database: string;
  schema: string;
  name: string;
}

/** Whether one of the patterns `database:schema.table` means a table; `*` stands for any characters, and everything else for itself. */
export function isIgnoredTable({ database, schema, name }: NamedTable, patterns: readonly string[]): boolean {
  const text = `${database}:${schema}.${name}`;
  return patterns.some((pattern) => matches(pattern, text));
}

/** Piece by piece and never by a regular expression: one of many stars could take for ever. */
function matches(pattern: string, text: string): boolean {
  const pieces = pattern.split("*");
  const first = pieces.shift() ?? "";
  const last = pieces.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const piece of pieces) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
