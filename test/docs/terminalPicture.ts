/** Of a font whose characters are six tenths as wide as high, as most monospaced ones are. */
const FONT_SIZE = 13;
const CHARACTER_WIDTH = 7.8;
const LINE_HEIGHT = 18;
const PADDING = 20;

/** Words that stand out, in the colours in which the programs themselves print them. */
const MARKED = /^\$ .*$|^(?:PASS|FAIL)\b|: (?:PASS|FAIL)$|^.* is committed\.$|^\d+ of \d+ tables came back equal.*$|\byes$|✓/g;

/**
 * What a terminal showed, as a picture. It brings its own dark background, so that it reads the same on a light page and on a dark one; each
 * line is stretched to its number of characters, so that columns stay in line in whatever font the reader has.
 */
export function terminalPicture(text: string): string {
  const lines = text.replace(/\n$/, "").split("\n");
  const columns = Math.max(...lines.map((line) => line.length));
  const width = Math.ceil(columns * CHARACTER_WIDTH) + 2 * PADDING;
  const height = lines.length * LINE_HEIGHT + 2 * PADDING;
  const drawn = lines.flatMap((line, index) => {
    const y = PADDING + index * LINE_HEIGHT + FONT_SIZE;
    return pieces(line).map(({ text: piece, at, style }) => {
      const place = `x="${(PADDING + at * CHARACTER_WIDTH).toFixed(1)}" y="${y}" textLength="${(piece.length * CHARACTER_WIDTH).toFixed(1)}"`;
      return `<text ${place}${style === undefined ? "" : ` class="${style}"`}>${escaped(piece)}</text>`;
    });
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>What npm run demo prints</title>
<style>
text { font: ${FONT_SIZE}px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #d6deeb; }
.typed { fill: #ffffff; font-weight: 700; }
.good { fill: #7ee787; }
.bad { fill: #ff7b72; }
</style>
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8" fill="#161b22" stroke="#484f58"/>
${drawn.join("\n")}
</svg>
`;
}

interface Piece {
  text: string;
  /** Column where it begins. */
  at: number;
  style?: "typed" | "good" | "bad";
}

/** A line cut into what stands out and what does not, and at every gap: viewers do not agree on whether blanks in a row count. */
function pieces(line: string): Piece[] {
  const cut: Piece[] = [];
  const add = (text: string, at: number, style?: Piece["style"]) => {
    for (const { 0: word, index } of text.matchAll(/\S+(?: \S+)*/g)) cut.push({ text: word, at: at + index, ...(style ? { style } : {}) });
  };
  let at = 0;
  for (const { 0: marked, index } of line.matchAll(MARKED)) {
    add(line.slice(at, index), at);
    add(marked, index, marked.startsWith("$ ") ? "typed" : marked.includes("FAIL") ? "bad" : "good");
    at = index + marked.length;
  }
  add(line.slice(at), at);
  return cut;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
