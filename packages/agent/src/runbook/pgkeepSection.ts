import type { AgentConfig, Manifest } from "@pgkeep/core";
import { printable } from "../terminal/printable.js";
import { shellWord } from "../terminal/shellWord.js";
import { isEncrypted } from "./publicToolsSection.js";
import type { RunbookSection } from "./Runbook.js";

/** The way back with pgkeep, which does all of the other way itself and compares every row. */
export function pgkeepSection({ databases }: AgentConfig, manifest: Manifest): RunbookSection {
  const { id } = manifest;
  const beside = manifest.databases
    .filter(({ name }) => printable(name) === name && !name.includes("="))
    .map(({ name }) => `--as ${shellWord(`${name}=${name}-restored`)}`);
  const left = databases.filter((name) => !manifest.databases.some((database) => database.name === name));
  return {
    title: "With pgkeep",
    text: [
      "With this configuration and its keys at hand. Each command says what it will do, and what would stop it, before it changes anything.",
      ...(left.length === 0
        ? []
        : [`Not in this recovery point, although configured now: ${left.map((name) => `\`${printable(name)}\``).join(", ")}.`]),
    ],
    steps: [
      { title: "Is everything at hand?", text: ["Restores nothing."], code: `pgkeep restore ${id} --dry-run` },
      {
        title: "Restore",
        text: [
          "Into databases beside the living ones, compared row by row, then swapped in one transaction. The old ones are kept, and the statements that bring them back are printed.",
        ],
        code: `pgkeep restore ${id}`,
      },
      {
        title: "Or beside what lives, to look first",
        text: ["Nothing that exists is touched."],
        code: ["pgkeep restore", id, ...beside].join(" "),
      },
      {
        title: "Or into another server",
        text: ["Write the address of the new server, and put its password into `PGKEEP_TARGET_PASSWORD`."],
        code: `pgkeep restore ${id} --to postgresql://postgres@new.example.org/postgres`,
      },
      ...(isEncrypted(manifest)
        ? [
            {
              title: "Or with the escrow identity",
              text: ["Where the daily identity is gone."],
              code: `pgkeep restore ${id} --identity-file /media/safe/escrow-identity.txt`,
            },
          ]
        : []),
    ],
  };
}
