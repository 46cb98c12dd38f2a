import type { AgentConfig, Manifest } from "@pgkeep/core";
import { shellWord } from "../terminal/shellWord.js";
import { inCode } from "./inCode.js";
import { besideCommand } from "./pgkeepSection.js";
import { isEncrypted } from "./publicToolsSection.js";
import type { RunbookSection, RunbookStep } from "./Runbook.js";

/** What to do by what is gone. */
export function disastersSection(config: AgentConfig, manifest: Manifest, copy: string | undefined): RunbookSection {
  return {
    title: "What is gone?",
    text: ["Stop whatever still writes or deletes first. Copy before you try: a second mistake is worse than the first."],
    steps: [
      {
        title: "The database, or what was in it",
        text: [
          "Stop the application. Restore beside what lives, look, then restore for good. What was written after the recovery point is lost; the old databases are kept for comparison.",
        ],
        code: `${besideCommand(manifest, copy)} --dry-run`,
      },
      machine(config, manifest),
      store(config),
      keys(config, manifest),
    ],
  };
}

function machine({ cluster, store: { url }, connection }: AgentConfig, manifest: Manifest): RunbookStep {
  const host = connection.host === undefined ? "" : `, in the place of \`${inCode(connection.host)}\``;
  return {
    title: "The machine",
    text: [
      `Set up a server of PostgreSQL ${Math.floor(manifest.server.versionNumber / 10_000)} or newer${host}. Bring: credentials that may read \`${inCode(url)}\`${isEncrypted(manifest) ? ", the escrow identity" : ""}, and \`pgkeep.yaml\` from version control, or this page. Then go on with one of the two ways below.`,
      ...(url.toLowerCase().startsWith("file:")
        ? [
            `The store is a folder. Where it lay on the lost machine itself, its recovery points of \`${cluster}\` are lost too, unless there is a copy elsewhere.`,
          ]
        : []),
    ],
  };
}

function store({ copies = [] }: AgentConfig): RunbookStep {
  return {
    title: "The store",
    text: [
      "The databases are not hurt: take a new backup into another store now, before anything else. Change `store.url`, then:",
      ...(copies.length === 0
        ? [
            "No copy is configured, so the history is gone with the store, unless the bucket keeps versions or the provider can bring it back.",
          ]
        : [
            `The history lives on in the copies: ${copies.map(({ name, store: { url } }) => `\`${inCode(name)}\` in \`${inCode(url)}\``).join(", ")}. \`pgkeep --copy NAME runbook\` writes this page for one of them.`,
          ]),
    ],
    code: "pgkeep doctor && pgkeep backup",
  };
}

function keys({ encryption, signing }: AgentConfig, manifest: Manifest): RunbookStep {
  const recipients = encryption?.recipients ?? [];
  const publicKeys = signing?.publicKeys ?? [];
  return {
    title: "A key",
    text: [
      ...(isEncrypted(manifest)
        ? [
            `The daily age identity: use the escrow one, with \`--identity-file\`. ${recipients.length > 1 ? `Each of ${recipients.length} identities opens everything alone.` : "Only one recipient is configured: without its identity nothing opens again."} If all are gone, so is what is encrypted: make new keys, put their public halves into \`encryption.recipients\`, and back up now.`,
            "If an identity was stolen: whoever has it and can read the store can read every recovery point encrypted to it. New keys protect later ones only; remove the old ones, or the thief's way to the store.",
          ]
        : ["The objects are not encrypted, so no key is needed to read them."]),
      publicKeys.length > 0
        ? "The signing key: make a new one, add its public half to `signing.publicKeys` and leave the old public key there, so that older manifests stay valid. If it was stolen, trust only recovery points from before, and remove its public key."
        : "Manifests are not signed by any configured key, so an edited one would not be noticed.",
    ],
    code: `pgkeep doctor${encryption?.identityFile === undefined ? "" : `\nage-keygen -y ${shellWord(encryption.identityFile)}`}`,
  };
}
