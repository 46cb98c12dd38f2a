import stringWidth from "string-width";

/** Breaks a line at spaces so that each part fits a width and keeps its indentation; a wider word stays whole, so that it can be copied. */
export function wrapWords(line: string, width: number): string[] {
  const indent = /^ */.exec(line)?.[0] ?? "";
  const [first = "", ...words] = line.slice(indent.length).split(" ");
  const lines = [indent + first];
  for (const word of words) {
    const longer = `${lines.at(-1)} ${word}`;
    if (stringWidth(longer) > width) lines.push(indent + word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}
