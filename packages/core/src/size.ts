const BINARY: Record<string, number> = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };
const DECIMAL: Record<string, number> = { kB: 1e3, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

/** Reads a size such as `64MiB`, `1.5GB` or `800B` as whole bytes. */
export function parseSize(text: string): number {
  const match = /^(\d{1,12}(?:\.\d{1,6})?) ?([KMGTk]?i?B)$/.exec(text);
  const unit = BINARY[match?.[2] ?? ""] ?? DECIMAL[match?.[2] ?? ""];
  const bytes = Math.round(Number(match?.[1]) * (unit ?? Number.NaN));
  if (!match || unit === undefined || !Number.isSafeInteger(bytes)) {
    throw new RangeError(`"${text}" is not a size: write a number and a unit (B, kB, MB, GB, TB, KiB, MiB, GiB, TiB), for example 64MiB`);
  }
  return bytes;
}

/** Writes bytes for people, in decimal units with three significant digits: `12.3 MB`. */
export function formatSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ["kB", "MB", "GB", "TB", "PB"];
  let value = bytes / 1000;
  let unit = 0;
  // 999.5 and more would be written as 1000 of the smaller unit.
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return `${value.toFixed(digits)} ${units[unit]}`;
}
