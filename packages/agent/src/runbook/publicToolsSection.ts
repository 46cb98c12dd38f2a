import { type AgentConfig, type Manifest, parseConnectionUri } from "@pgkeep/core";
import { printable } from "../terminal/printable.js";
import { shellWord } from "../terminal/shellWord.js";
import { fetchCommand, fetchProgram } from "./fetchCommand.js";
import { inCode } from "./inCode.js";
import { loadSteps } from "./loadSteps.js";
import { fileNameOf, objectsOf } from "./objectsOf.js";
import { opened } from "./opened.js";
import type { RunbookSection, RunbookStep } from "./Runbook.js";

/** The way back without pgkeep: every step a command of public programs, to be run in this order in one shell. */
export function publicToolsSection(config: AgentConfig, manifest: Manifest): RunbookSection {
  const major = Number.parseInt(manifest.agent.pgDumpVersion, 10);
  const programs = ["age", "zstd", "psql", "pg_restore", fetchProgram(config.store), "sha256sum", ...(manifest.files ? ["tar"] : [])];
  const needed = programs.filter((name) => name !== "age" || isEncrypted(manifest));
  return {
    title: "Without pgkeep",
    text: [
      `Needed: ${needed.map((name) => `\`${name}\``).join(", ")}; \`psql\` and \`pg_restore\` of PostgreSQL ${major} or newer, a running server of PostgreSQL ${Math.floor(manifest.server.versionNumber / 10_000)} or newer, and a superuser of it. Run the steps in this order, in one shell. None of them changes or removes a database that exists.`,
    ],
    steps: [
      preparation(config, manifest),
      fetching(config, manifest),
      roles(manifest),
      ...manifest.databases.flatMap((database, place) => loadSteps(database, manifest, place)),
      ...files(manifest),
    ],
  };
}

export function isEncrypted(manifest: Manifest): boolean {
  return objectsOf(manifest).some(({ codec }) => codec.includes("age"));
}

function preparation({ connection, encryption }: AgentConfig, manifest: Manifest): RunbookStep {
  const uri = connection.uri === undefined ? {} : parseConnectionUri(connection.uri);
  const host = connection.host ?? uri.host;
  const sslmode = connection.sslmode ?? uri.sslmode;
  const place = [
    ...(host === undefined ? [] : [`PGHOST=${shellWord(host)}`]),
    `PGPORT=${shellWord(String(connection.port ?? uri.port ?? 5432))}`,
    `PGUSER=${shellWord(printable(manifest.globals.bootstrapSuperuser))}`,
    ...(sslmode === undefined ? [] : [`PGSSLMODE=${shellWord(sslmode)}`]),
  ];
  const identity = encryption?.identityFile ?? "/media/safe/escrow-identity.txt";
  const encrypted = isEncrypted(manifest);
  return {
    title: "Say where to, and with which key",
    text: [
      `Below stands the server of the configuration${host === undefined ? ", whose host is in `PGHOST`" : ""}: write the one to restore into. psql asks for the password, or takes it from \`PGPASSWORD\` or a password file.`,
      ...(encrypted
        ? [
            "`IDENTITY` names the file of an age identity, the daily one or the escrow one. Where the daily one is gone, write the path of the escrow one.",
          ]
        : []),
    ],
    code: [
      "umask 077",
      `mkdir -p ${shellWord(`restore-${manifest.id}`)}`,
      `cd ${shellWord(`restore-${manifest.id}`)}`,
      `export ${place.join(" ")}`,
      ...(encrypted ? [`IDENTITY=${shellWord(identity)}`] : []),
    ].join("\n"),
  };
}

function fetching({ store }: AgentConfig, manifest: Manifest): RunbookStep {
  const objects = objectsOf(manifest);
  const sums = objects.map((object) => `${object.sha256}  ${fileNameOf(object)}`);
  return {
    title: "Fetch the objects and compare them",
    text: [
      "The sums come from the manifest, whose checksum was verified when this page was written, and its signature where keys are configured. Every line must end with `OK`.",
    ],
    code: [...objects.map(({ key }) => fetchCommand(store, key)), "sha256sum -c <<'SUMS'", ...sums, "SUMS"].join("\n"),
  };
}

function roles({ globals }: Manifest): RunbookStep {
  const without = globals.roles.filter(({ login, hasPassword }) => login && hasPassword !== false).map(({ name }) => name);
  const passwords =
    globals.verifiers || without.length === 0
      ? []
      : [
          `Passwords were not saved. Set them afterwards, with \`\\password ROLE\` in psql: ${without.map((name) => `\`${inCode(name)}\``).join(", ")}.`,
        ];
  return {
    title: "Roles",
    text: ["What is missing is made; roles that exist keep their password, attributes and settings. It may be run again.", ...passwords],
    code: `${opened(globals.object)} > roles.sql\npsql -X -q -v ON_ERROR_STOP=1 -d postgres -f roles.sql`,
  };
}

function files({ files: saved }: Manifest): RunbookStep[] {
  if (saved === null) return [];
  return [
    {
      title: "Files of the application",
      text: [
        `${saved.entries.length} entries, into the folder \`files\` beside the objects. Look at them before they go into their place.`,
      ],
      code: `mkdir -p files\n${opened(saved.object)} | tar -xpf - -C files`,
    },
  ];
}
