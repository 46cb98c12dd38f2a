import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseAgentConfig } from "@pgkeep/core";
import { expect } from "vitest";
import { parse, stringify } from "yaml";
import { type Block, type Page, REPOSITORY, readCommands } from "./markdown.js";
import { findShown } from "./steadyText.js";
import type { Workshop } from "./Workshop.js";

/** Why a block cannot be run here; a page says it in the mark `not-run`. */
export const NOT_RUN: Record<string, string> = {
  "your-own-values": "it holds names that only the reader knows",
  "shows-a-form": "it shows the form of something, with names that stand for others",
};

/** Languages of blocks, and the marks that each may have. */
export const MARKS: Record<string, readonly string[]> = {
  console: ["exit", "not-run"],
  sql: ["run", "not-run"],
  yaml: ["merge", "not-run"],
  json: ["not-run"],
  text: [],
};

export interface Surroundings {
  workshop: Workshop;
  /** Runs SQL as the superuser. */
  psql(sql: string, database: string): Promise<string>;
  /** Names of the pages that stand for something real, and what. */
  standIns: Record<string, string>;
}

/** Runs a page's blocks in their order, as a reader would who follows it from top to bottom. Without surroundings, only what needs none. */
export async function runPage(page: Page, surroundings?: Surroundings): Promise<void> {
  for (const block of page.blocks) {
    if (block.marks.has("not-run")) continue;
    if (block.language === "console") await runConsole(block, surroundings);
    if (block.language === "sql") await needed(surroundings, block).psql(block.lines.join("\n"), block.marks.get("run") ?? "postgres");
    if (block.language === "yaml") takeConfiguration(block, needed(surroundings, block));
  }
}

function needed(surroundings: Surroundings | undefined, { where }: Block): Surroundings {
  return surroundings ?? expect.fail(`${where}: this needs a server, and the page has no beginning in docs.test.ts`);
}

async function runConsole(block: Block, surroundings: Surroundings | undefined): Promise<void> {
  const commands = readCommands(block);
  for (const [index, { command, output }] of commands.entries()) {
    if (isOfRepository(command)) {
      assertInRepository(command, block.where);
      continue;
    }
    const { workshop, standIns } = needed(surroundings, block);
    const { exitCode, printed } = await workshop.run(withStandIns(command, standIns));
    const about = `${block.where}: ${command}\n${printed}`;
    const expected = index === commands.length - 1 ? Number(block.marks.get("exit") ?? 0) : 0;
    expect(exitCode, about).toBe(expected);
    let from = 0;
    for (const line of output.filter((text) => text.trim() !== "")) {
      // On its own line `…` stands for lines that are not shown.
      if (line.trim() === "…") continue;
      const next = findShown(line, printed.split("\n"), from);
      expect(next, `${about}\n\nnot printed, or not in this order: ${line}`).toBeDefined();
      from = next ?? from;
    }
  }
}

/** What a setting is shown beside where a page has no configuration yet. */
const SMALLEST = { version: 1, cluster: "shop", databases: ["shop"], store: { url: "file:///srv/backups" } };

/** A setting as a page shows it, beside those that are there already, must be one that pgkeep takes. With `merge` it stays in force. */
function takeConfiguration(block: Block, { workshop, standIns }: Surroundings): void {
  const file = join(workshop.folder, "pgkeep.yaml");
  const before: unknown = existsSync(file) ? parse(readFileSync(file, "utf8")) : SMALLEST;
  const shown: unknown = parse(withStandIns(block.lines.join("\n"), standIns));
  const after = merged(before, shown);
  expect(() => parseAgentConfig(after), block.where).not.toThrow();
  if (block.marks.has("merge")) writeFileSync(file, stringify(after));
}

function merged(before: unknown, after: unknown): unknown {
  if (!isGroup(before) || !isGroup(after)) return after;
  const entries = Object.entries(after).map(([name, value]) => [name, merged(before[name], value)]);
  return { ...before, ...Object.fromEntries(entries) };
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function withStandIns(text: string, standIns: Record<string, string>): string {
  return Object.entries(standIns).reduce((done, [name, real]) => done.replaceAll(name, real), text);
}

/** Whether a command is one of whoever works on this repository. The tests do not run themselves once more. */
export function isOfRepository(command: string): boolean {
  return /^(npm|npx) /.test(command);
}

function assertInRepository(command: string, where: string): void {
  const { scripts } = JSON.parse(readFileSync(join(REPOSITORY, "package.json"), "utf8")) as { scripts: Record<string, string> };
  const script = /^npm (?:run ([a-z]+)|(test))\b/.exec(command);
  const [program, ...words] = command.replace(/^npx /, "").split(" ");
  if (script) expect(scripts, where).toHaveProperty([script[1] ?? script[2] ?? ""]);
  else expect(existsSync(join(REPOSITORY, "node_modules", ".bin", program ?? "")), `${where}: ${command}`).toBe(true);
  for (const path of words.filter((word) => /^[a-z]+\/\S+\.\w+$/.test(word)))
    expect(existsSync(join(REPOSITORY, path)), `${where}: ${path}`).toBe(true);
}
