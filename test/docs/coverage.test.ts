import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ExitCode } from "@pgkeep/core";
import { describe, expect, it } from "vitest";
import { REPOSITORY, readPages } from "./markdown.js";
import { terminalPicture } from "./terminalPicture.js";

const pages = readPages();
const program = join(REPOSITORY, "packages/agent/dist/cli/main.js");
/** Written for readers, without the changelog, which explains nothing. */
const everything = pages
  .filter(({ path }) => path !== "CHANGELOG.md")
  .map(({ text }) => text)
  .join("\n");

/** A page's text without its blocks, in which a bracket is no link. */
const prose = (text: string) => text.replace(/^( *)(`{3,})[\s\S]*?^\1\2$/gm, "").replace(/`[^`\n]+`/g, "");

describe("links lead somewhere", () => {
  for (const { path, text } of pages) {
    const links = [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = ""]) => target)
      .filter((target) => !/^[a-z]+:/.test(target));
    if (links.length === 0) continue;
    it(path, () => {
      for (const link of links) {
        const [file = "", heading] = link.split("#");
        const target = file === "" ? path : join(dirname(path), file);
        expect(existsSync(join(REPOSITORY, target)), `${path}: ${link}`).toBe(true);
        if (heading !== undefined) expect(anchorsOf(readFileSync(join(REPOSITORY, target), "utf8")), `${path}: ${link}`).toContain(heading);
      }
    });
  }

  it("and every page of docs is in the table on the first page", () => {
    const first = pages[0]?.text ?? "";
    for (const { path } of pages) if (path.startsWith("docs/")) expect(first).toContain(`](${path})`);
  });
});

/** Names of headings as GitHub makes them. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

it("every exit code has its row in docs/troubleshooting.md, and no other has", () => {
  const codes = Object.values(ExitCode).filter((code) => typeof code === "number");
  const text = pages.find(({ path }) => path === "docs/troubleshooting.md")?.text ?? "";
  expect([...text.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code))).toEqual(codes);
});

describe("every command and option has its place on some page", () => {
  const help = (...command: string[]) => execFileSync(process.execPath, [program, ...command, "--help"], { encoding: "utf8" });
  const namesIn = (text: string) => [...text.matchAll(/^ {2}([a-z]+) .*/gm)].map(([, name = ""]) => name).filter((name) => name !== "help");
  const commandsOf = (text: string) => namesIn(/^Commands:\n([\s\S]*?)(?=^\S|$(?![\s\S]))/m.exec(text)?.[1] ?? "");
  const commands = commandsOf(help()).flatMap((name) => {
    const inner = commandsOf(help(name));
    return inner.length === 0 ? [[name]] : inner.map((one) => [name, one]);
  });

  it("finds the commands", () =>
    expect(commands.map((words) => words.join(" "))).toEqual(expect.arrayContaining(["backup", "config check"])));

  it.each(commands.map((words) => words.join(" ")))("%s", (name) => {
    expect(everything).toMatch(new RegExp(`pgkeep (?:--\\S+ \\S+ )*${name}\\b`));
    const options = [...help(...name.split(" ")).matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, option = ""]) => option);
    const unsaid = options.filter((option) => option !== "--help" && !new RegExp(`${option}(?![a-z-])`).test(everything));
    expect(unsaid).toEqual([]);
  });
});

it("the picture of the demo is drawn from the text beside it", () => {
  const file = (name: string) => readFileSync(join(REPOSITORY, "docs/images", name), "utf8");
  expect(file("demo.svg")).toBe(terminalPicture(file("demo.txt")));
});
