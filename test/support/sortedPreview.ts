/** The engine puts a lock behind what is protected, and an open one behind what is no more. */
const HEADING = /^ {8}(?:[-+~=] |\+-)(\S+:\S*:\S+): \(\w[\w-]*\)(?: [🔒🔓])?$/u;

/**
 * A preview's text with a component's children by type and name. The engine prints them as they are registered, which differs from run to run
 * where they do not depend on each other.
 */
export function sortedPreview(text: string): string {
  const sorted: string[] = [];
  let blocks: string[][] = [];
  const flush = () => {
    sorted.push(...blocks.sort((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1)).flat());
    blocks = [];
  };
  for (const line of text.split("\n")) {
    const open = blocks.at(-1);
    if (HEADING.test(line)) blocks.push([line]);
    // After a text that is JSON the engine leaves a line empty, inside a resource, and writes what it becomes at the line's beginning.
    else if (open !== undefined && (line === "" || line.startsWith("        ") || line.startsWith(" => "))) open.push(line);
    else {
      flush();
      sorted.push(line);
    }
  }
  flush();
  return sorted.join("\n");
}

function keyOf([heading = "", ...lines]: readonly string[]): string {
  return `${HEADING.exec(heading)?.[1]} ${lines.find((line) => line.includes("[urn="))?.trim()}`;
}
