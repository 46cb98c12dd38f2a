import { ExitCode, formatSize, type Manifest } from "@pgkeep/core";
import { type DrillOutcome, readHistory } from "../manifest/history.js";
import { readManifest } from "../manifest/readManifest.js";
import { resolveId } from "../manifest/resolveId.js";
import { renderTable } from "../terminal/renderTable.js";
import type { AddCommand } from "./commandLine.js";
import type { GlobalOptions } from "./GlobalOptions.js";
import { withConfiguration } from "./withConfiguration.js";

export const addShow: AddCommand = (program, surroundings, finish) => {
  program
    .command("show")
    .argument("[id]", "recovery point: an id, `latest` or `latest-proven`", "latest")
    .description("Show one recovery point: what it holds, at which instant, and what was proven about it.")
    .action(async (idOrAlias: string, _options, command) => {
      const options = command.optsWithGlobals() as GlobalOptions;
      await withConfiguration(surroundings, options, "nothing was changed", async ({ config, store, layout, json }) => {
        const id = await resolveId(store, layout, idOrAlias);
        const manifest = await readManifest(store, layout, id, config.signing?.publicKeys ?? []);
        const { recoveryPoints } = await readHistory(store, layout);
        const drills = recoveryPoints.find((point) => point.id === id)?.drills ?? [];
        surroundings.output.write(json ? `${JSON.stringify({ manifest, drills })}\n` : `${describeManifest(manifest, drills)}\n`);
      });
      finish(ExitCode.Done);
    });
};

function describeManifest(manifest: Manifest, drills: readonly DrillOutcome[]): string {
  const { id, cluster, server, snapshot, agent, databases, globals, files, waived, warnings, signature } = manifest;
  const fields: [string, string][] = [
    ["recovery point", id],
    ["cluster", `${cluster}${server.systemIdentifier ? ` (system ${server.systemIdentifier})` : ""}, PostgreSQL ${server.version}`],
    ["instant", `${snapshot.takenAt}, snapshot ${snapshot.text}, write-ahead log ${snapshot.lsn}`],
    [
      "proof",
      `${snapshot.method}, ${snapshot.tries === 1 ? "1 try" : `${snapshot.tries} tries`} in ${Math.round(snapshot.milliseconds)} ms`,
    ],
    ["committed", manifest.committedAt],
    ["taken by", `pgkeep ${agent.version} with pg_dump ${agent.pgDumpVersion}`],
    ["sealed", signature ? `checksum and signature by key ${signature.keyId}` : "checksum; not signed"],
    ["roles", `${globals.roles.length}, ${globals.verifiers ? "with" : "without"} password verifiers`],
    ...(files ? ([["files", files.entries.map(({ path }) => path).join(", ")]] satisfies [string, string][]) : []),
    ...waived.map((name): [string, string] => ["waived", name]),
    ...warnings.map((warning): [string, string] => ["note", warning]),
    ["drills", drills.length === 0 ? "never drilled" : drills.map(({ verdict, at }) => `${verdict} ${at.toISOString()}`).join(", ")],
  ];
  const width = Math.max(...fields.map(([name]) => name.length));
  return [
    ...fields.map(([name, value]) => `${name.padEnd(width)}  ${value}`),
    ...databases.flatMap((database) => ["", ...describeDatabase(database)]),
  ].join("\n");
}

function describeDatabase(database: Manifest["databases"][number]): string[] {
  const { name, object, properties, tables, sequences, extensions, largeObjects, neverProven } = database;
  const rows = tables.map((table) => [
    `${table.schema}.${table.name}`,
    table.digest.rows.toLocaleString("en"),
    formatSize(table.digest.bytes),
    table.digest.hash,
  ]);
  return [
    `${name}: owner ${properties.owner}, ${properties.encoding}, ${formatSize(object.plainBytes)} dumped, ${formatSize(object.bytes)} stored as ${object.key}`,
    `  ${sequences.length} sequences, ${largeObjects.count} large objects, extensions: ${extensions.map((extension) => `${extension.name} ${extension.version}`).join(", ") || "none"}`,
    ...(neverProven.length > 0 ? [`  contents that no dump holds: ${neverProven.join(", ")}`] : []),
    "",
    renderTable(["table", "rows", "bytes", "digest"], rows),
  ];
}
