import type { Runbook, RunbookSection, RunbookStep, RunbookTable } from "./Runbook.js";

/** The runbook as a page of Markdown, which reads as well where nothing renders it. */
export function runbookMarkdown(runbook: Runbook): string {
  const lines = [
    `# Runbook: restore \`${runbook.cluster}\``,
    "",
    `Written ${runbook.writtenAt} for the store \`${runbook.store}\`. Print it, and keep it away from the machine that is backed up, together with the escrow identity. It holds no secret.`,
    "",
    `Newest recovery point it names: \`${runbook.id}\`, ${runbook.proven ? "proven by a drill" : "**not proven**"}.`,
    ...runbook.warnings.map((warning) => `\n> **Warning.** ${warning}`),
    ...runbook.sections.flatMap(sectionLines),
  ];
  return `${lines.join("\n")}\n`;
}

function sectionLines({ title, text, table, steps = [] }: RunbookSection): string[] {
  return [
    "",
    `## ${title}`,
    ...text.flatMap((paragraph) => ["", paragraph]),
    ...(table === undefined ? [] : ["", ...tableLines(table)]),
    ...steps.flatMap((step, index) => stepLines(step, index + 1)),
  ];
}

function stepLines({ title, text, code, instead }: RunbookStep, number: number): string[] {
  return [
    "",
    `### ${number}. ${title}`,
    ...text.flatMap((paragraph) => ["", paragraph]),
    ...(code === undefined ? [] : ["", ...fenced(code, "sh")]),
    ...(instead === undefined ? [] : ["", instead.when, "", ...fenced(instead.code, "sh instead")]),
  ];
}

function fenced(code: string, language: string): string[] {
  const longest = Math.max(0, ...[...code.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(Math.max(3, longest + 1));
  return [`${fence}${language}`, code, fence];
}

function tableLines({ head, rows }: RunbookTable): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}
