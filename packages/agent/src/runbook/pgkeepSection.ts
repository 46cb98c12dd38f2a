import type { AgentConfig, Manifest } from "@pgkeep/core";
import { printable } from "../terminal/printable.js";
import { shellWord } from "../terminal/shellWord.js";
import { inCode } from "./inCode.js";
import { isEncrypted } from "./publicToolsSection.js";
import type { RunbookSection } from "./Runbook.js";

/** The way back with pgkeep, which does all of the other way itself and compares every row. */
export function pgkeepSection({ databases }: AgentConfig, manifest: Manifest, copy: string | undefined): RunbookSection {
  const replaced = namesOf(manifest).map((name) => `--yes-replace ${shellWord(name)}`);
  const left = databases.filter((name) => !manifest.databases.some((database) => database.name === name));
  return {
    title: "With pgkeep",
    text: [
      "With this configuration and its keys at hand. Each command says what it will do, and what would stop it, before it changes anything. The role that takes backups may only read: restore as a superuser or another role that may, by `PGUSER`, or by `--to` where the configuration names the user.",
      ...(left.length === 0
        ? []
        : [`Not in this recovery point, although configured now: ${left.map((name) => `\`${inCode(name)}\``).join(", ")}.`]),
    ],
    steps: [
      {
        title: "Is everything at hand?",
        text: ["It names whatever would stop a restore, and restores nothing."],
        code: `${besideCommand(manifest, copy)} --dry-run`,
      },
      {
        title: "Beside what lives, to look first",
        text: ["Into new databases, compared row by row. Nothing that exists is touched."],
        code: besideCommand(manifest, copy),
      },
      {
        title: "For good, in the place of what lives",
        text: [
          "Into new databases, compared row by row, then swapped in one transaction. The old ones are kept, and the statements that bring them back are printed. Where no database of the name lives, leave its `--yes-replace` out.",
        ],
        code: [restoreCommand(manifest, copy), ...replaced].join(" "),
      },
      {
        title: "Or into another server",
        text: ["Write the address of the new server, and put its password into `PGKEEP_TARGET_PASSWORD`."],
        code: `${restoreCommand(manifest, copy)} --to postgresql://postgres@new.example.org/postgres`,
      },
      ...(isEncrypted(manifest)
        ? [
            {
              title: "Or with the escrow identity",
              text: ["Where the daily identity is gone."],
              code: `${restoreCommand(manifest, copy)} --identity-file /media/safe/escrow-identity.txt`,
            },
          ]
        : []),
    ],
  };
}

/** Restores under other names, so that nothing that lives is in the way. */
export function besideCommand(manifest: Manifest, copy: string | undefined): string {
  const beside = namesOf(manifest).map((name) => `--as ${shellWord(`${name}=${name}-restored`)}`);
  return [restoreCommand(manifest, copy), ...beside].join(" ");
}

function restoreCommand({ id }: Manifest, copy: string | undefined): string {
  return `pgkeep${copy === undefined ? "" : ` --copy ${shellWord(copy)}`} restore ${id}`;
}

/** Names that a command line can hold as they are. */
function namesOf({ databases }: Manifest): string[] {
  return databases.map(({ name }) => name).filter((name) => printable(name) === name && !name.includes("="));
}
