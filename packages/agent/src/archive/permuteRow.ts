const TAB = 9;

/**
 * Where each wanted column is among those that were dumped. Undefined when there is nothing to permute: the same order, or not the same
 * columns, which the comparison of the column lists then shows.
 */
export function permutation(dumped: string[], wanted: string[] | undefined): number[] | undefined {
  if (wanted === undefined || wanted.length !== dumped.length || new Set(wanted).size !== wanted.length) return undefined;
  const order = wanted.map((column) => dumped.indexOf(column));
  return order.includes(-1) || order.every((from, to) => from === to) ? undefined : order;
}

/**
 * The fields of a row of COPY text in another order, undefined when their number is not that of the columns. Every tab is a delimiter, for
 * one within a value is written as `\t` (CopyAttributeOutText in PostgreSQL's copyto.c).
 */
export function permuteRow(row: Buffer, order: number[]): Buffer | undefined {
  const fields: Buffer[] = [];
  for (let from = 0; from <= row.length; ) {
    const tab = row.indexOf(TAB, from);
    const end = tab === -1 ? row.length : tab;
    fields.push(row.subarray(from, end));
    if (fields.length > order.length) return undefined;
    from = end + 1;
  }
  if (fields.length !== order.length) return undefined;
  const permuted = Buffer.allocUnsafe(row.length);
  let filled = 0;
  for (const [to, from] of order.entries()) {
    if (to > 0) permuted[filled++] = TAB;
    filled += fields[from]?.copy(permuted, filled) ?? 0;
  }
  return permuted;
}
