/**
 * The engine's text as a reviewer reads it, without what differs from run to run or says nothing: times, links, the providers' random ids, and
 * of every URN all but the name, since type and parents are in the lines around it.
 */
export function stableText(text: string, standIns: Readonly<Record<string, string>> = {}): string {
  const lines = text
    .replace(/\r/g, "")
    // Left over where the engine colours a line in spite of `--color never`.
    .replace(/<\{%.*?%\}>/g, "")
    .split("\n")
    .filter((line) => !noise.some((pattern) => pattern.test(line)))
    .map((line) => line.replace(/\[urn=urn:pulumi:.*::([^:\]]+)\]$/, "[urn=…::$1]").replace(/\s+$/, ""));
  const stable = lines
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
  return `${Object.entries(standIns).reduce((sofar, [actual, shown]) => sofar.replaceAll(actual, shown), stable)}\n`;
}

const noise = [/^\s*Duration: /, /^\s*\[provider=/, /^View (Live|in Browser)/, /^Permalink: /];
