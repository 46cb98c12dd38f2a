/** What differs from run to run, by the word that takes its place. Order counts. */
const CHANGING: [RegExp, string][] = [
  [/\d{8}T\d{6}Z-[a-z0-9]{8}/g, "ID"],
  [/\d{8}T\d{6}(\.?\d{3})?Z/g, "TIME"],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, "TIME"],
  [/\d{4}-\d\d-\d\d( \d\d:\d\d)?/g, "TIME"],
  [/_pgkeep_[a-z0-9]{8}/g, "_pgkeep_SUFFIX"],
  [/points\/ID\/[a-z0-9]+/g, "points/ID/ATTEMPT"],
  [/\b\d+:\d+:[\d,]*/g, "SNAPSHOT"],
  [/\bage1(…|[a-z0-9]+)/g, "AGE-KEY"],
  [/[A-Za-z0-9+/]{43}=/g, "KEY"],
  [/\b[0-9a-f]{64}\b/g, "SHA256"],
  [/-?\b\d[\d.,]* ?(ms|s|min|h)\b/g, "DURATION"],
  [/\b\d[\d.,]* ?(B|bytes|[kMGT]B)\b/g, "SIZE"],
  [/PostgreSQL \d+(\.\d+)?/g, "PostgreSQL VERSION"],
  [/\b(pg_dump|pg_restore|psql) \d+(\.\d+)?/g, "$1 VERSION"],
  [/\b\d+ (tries|try)\b/g, "N tries"],
];

/** A printed line without what changes from run to run, and without the widths of columns. */
export function steadyText(line: string): string {
  let text = line;
  for (const [pattern, word] of CHANGING) text = text.replace(pattern, word);
  return text.replace(/─+/g, "─").replace(/\s+/g, " ").trim();
}

/** Whether a line that a page shows is among those printed, from `from` on; `…` stands for anything. The index behind it, or undefined. */
export function findShown(shown: string, printed: readonly string[], from: number): number | undefined {
  const parts = steadyText(shown).split("…");
  const pattern = new RegExp(`^${parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".*")}$`);
  for (let i = from; i < printed.length; i++) if (pattern.test(steadyText(printed[i] ?? ""))) return i + 1;
  return undefined;
}
