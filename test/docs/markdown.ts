import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** A fenced block of a page. */
export interface Block {
  /** Page and line of the opening fence, as an editor opens it. */
  where: string;
  language: string;
  /** What stands behind the language: `exit=65`, `run=postgres`, `not-run=your-own-values`. */
  marks: ReadonlyMap<string, string>;
  lines: readonly string[];
}

export interface Page {
  /** Relative to the repository. */
  path: string;
  text: string;
  blocks: readonly Block[];
}

/** Every page written for readers, the README first. */
export function readPages(): Page[] {
  const below = (folder: string) =>
    readdirSync(join(REPOSITORY, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".md") && !name.includes("node_modules"))
      .map((name) => join(folder, name))
      .sort();
  return ["README.md", "CHANGELOG.md", ...below("docs"), ...below("examples")].map(readPage);
}

function readPage(path: string): Page {
  const text = readFileSync(join(REPOSITORY, path), "utf8");
  return { path, text, blocks: readBlocks(path, text.split("\n")) };
}

function readBlocks(path: string, lines: readonly string[]): Block[] {
  const blocks: Block[] = [];
  for (let i = 0; i < lines.length; i++) {
    const fence = /^( *)(`{3,})(.*)$/.exec(lines[i] ?? "");
    if (!fence) continue;
    const [, indent = "", ticks = "", information = ""] = fence;
    const end = lines.indexOf(`${indent}${ticks}`, i + 1);
    if (end === -1) throw new Error(`${path}:${i + 1}: this block never ends`);
    const [language = "", ...marks] = information.trim().split(/ +/);
    blocks.push({
      where: `${path}:${i + 1}`,
      language,
      marks: new Map(marks.map((mark) => [mark.split("=")[0] ?? "", mark.split("=").slice(1).join("=")])),
      lines: lines.slice(i + 1, end).map((line) => line.slice(indent.length)),
    });
    i = end;
  }
  return blocks;
}

/** One command of a `console` block and what the page shows of its output. */
export interface ShownCommand {
  command: string;
  output: string[];
}

/** Lines behind `$ ` are typed, those behind `> ` go on with them; the others are what was printed. */
export function readCommands({ where, lines }: Block): ShownCommand[] {
  const commands: ShownCommand[] = [];
  for (const line of lines) {
    const last = commands.at(-1);
    if (line.startsWith("$ ")) commands.push({ command: line.slice(2), output: [] });
    else if (last === undefined) throw new Error(`${where}: begins with output that no command printed`);
    else if (line.startsWith("> ") && last.output.length === 0) last.command += `\n${line.slice(2)}`;
    else last.output.push(line);
  }
  return commands;
}
