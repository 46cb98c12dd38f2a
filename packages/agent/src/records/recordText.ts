/** A record as it lies in the store: JSON on lines, for people too. */
export function recordText(record: object): string {
  return `${JSON.stringify(record, null, 1)}\n`;
}
