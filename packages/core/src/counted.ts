/** A number and what it counts, for people: `1 table`, `2 tables`, `1,204 rows`. `many` is for plurals that do not end in s. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}
