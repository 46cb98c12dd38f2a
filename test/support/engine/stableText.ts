/**
 * The engine's text as a reviewer reads it, without what differs from run to run or says nothing: times, durations, links, the notice that a
 * provider is attached, empty lines at either end.
 */
export function stableText(text: string): string {
  const lines = text
    .replace(/\r/g, "")
    .split("\n")
    .filter((line) => !noise.some((pattern) => pattern.test(line)))
    .map((line) => line.replace(/\s+$/, ""));
  return `${lines
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim()}\n`;
}

const noise = [
  /^\s*Duration: /,
  /^View (Live|in Browser)/,
  /^Permalink: /,
  /^Loading policy packs/,
  /^@ (previewing|updating|refreshing|destroying)/i,
];
