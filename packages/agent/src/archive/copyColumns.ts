/** 1,600 columns whose names are 63 quotation marks, each doubled, make a fifth of this. */
const LONGEST_STATEMENT = 1_000_000;

/**
 * The columns of pg_dump's `COPY schema.table (a, "b,c") FROM stdin;`, undefined when the text is not that. A table without columns, or
 * with generated ones only, has no list: `COPY schema.table  FROM stdin;` (dumpTableData and fmtCopyColumnList in pg_dump.c, 15 to 18).
 */
export function copyColumns(statement: string): string[] | undefined {
  if (statement.length > LONGEST_STATEMENT) return undefined;
  const scanner = new Scanner(statement);
  if (!scanner.take("COPY ") || scanner.identifier() === undefined) return undefined;
  if (scanner.take(".") && scanner.identifier() === undefined) return undefined;
  const columns: string[] = [];
  if (!scanner.take(" ")) return undefined;
  if (scanner.take("(")) {
    do {
      const column = scanner.identifier();
      if (column === undefined) return undefined;
      columns.push(column);
    } while (scanner.take(", "));
    if (!scanner.take(")")) return undefined;
  }
  return scanner.take(" FROM stdin;") ? columns : undefined;
}

/** Walks a statement once, without a regular expression that could backtrack over a damaged one of many megabytes. */
class Scanner {
  private position = 0;

  constructor(private readonly text: string) {}

  take(expected: string): boolean {
    if (!this.text.startsWith(expected, this.position)) return false;
    this.position += expected.length;
    return true;
  }

  identifier(): string | undefined {
    return this.text[this.position] === '"' ? this.quoted() : this.plain();
  }

  /** fmtId in fe_utils/string_utils.c quotes whatever is not of these letters. */
  private plain(): string | undefined {
    const from = this.position;
    while (/[a-z0-9_]/.test(this.text[this.position] ?? "")) this.position += 1;
    return this.position === from ? undefined : this.text.slice(from, this.position);
  }

  private quoted(): string | undefined {
    const from = this.position + 1;
    let end = this.text.indexOf('"', from);
    while (end !== -1 && this.text[end + 1] === '"') end = this.text.indexOf('"', end + 2);
    if (end === -1) return undefined;
    this.position = end + 1;
    return this.text.slice(from, end).replaceAll('""', '"');
  }
}
