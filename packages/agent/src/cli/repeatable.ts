/** For commander: an option that may be given several times, each with one value. */
export function repeatable(value: string, before: string[] = []): string[] {
  return [...before, value];
}
