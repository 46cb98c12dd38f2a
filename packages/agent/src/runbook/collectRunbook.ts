import { type AgentConfig, formatSize, type Manifest, type StoreLayout } from "@pgkeep/core";
import { describeDeployment } from "../application/describeApplication.js";
import type { ListedRecoveryPoint } from "../manifest/history.js";
import type { Store } from "../store/Store.js";
import { disastersSection } from "./disastersSection.js";
import { inCode } from "./inCode.js";
import { keyPlaces } from "./keyPlaces.js";
import { objectsOf } from "./objectsOf.js";
import { pgkeepSection } from "./pgkeepSection.js";
import { publicToolsSection } from "./publicToolsSection.js";
import type { Runbook, RunbookSection } from "./Runbook.js";

export interface RunbookOptions {
  config: AgentConfig;
  store: Store;
  layout: StoreLayout;
  manifest: Manifest;
  /** All that exist, oldest first. */
  recoveryPoints: readonly Pick<ListedRecoveryPoint, "id" | "drills" | "good">[];
  /** The copy whose store it is, as `--copy` named it. */
  copy?: string;
  now?: Date;
}

/** The runbook for one recovery point. Looks whether the objects that it names are in the store, in their size. */
export async function collectRunbook(options: RunbookOptions): Promise<Runbook> {
  const { config, store, manifest, recoveryPoints, copy, now = new Date() } = options;
  const listed = recoveryPoints.find(({ id }) => id === manifest.id);
  const proven = listed?.drills.some(({ verdict }) => verdict === "PASS") === true;
  const newer = recoveryPoints.filter(({ id }) => id > manifest.id).map(({ id }) => id);
  const missing = await missingObjects(options);
  return {
    formatVersion: 1,
    cluster: config.cluster,
    store: store.description,
    writtenAt: now.toISOString(),
    id: manifest.id,
    proven,
    warnings: [
      ...(proven ? [] : ["No drill has proven this recovery point yet: run `pgkeep drill latest`, then write this page anew."]),
      ...(listed?.good === false
        ? ["The anomaly gate found this recovery point suspicious, and nobody has accepted it: see `pgkeep show`."]
        : []),
      ...missing,
    ],
    missing,
    sections: [
      contents(manifest, newer),
      keyPlaces(config, manifest),
      disastersSection(config, manifest, copy),
      pgkeepSection(config, manifest, copy),
      publicToolsSection(config, manifest),
      afterwards(manifest),
    ],
  };
}

/** One line for each object that is not in the store as the manifest has it. */
export async function missingObjects({
  store,
  layout,
  manifest,
}: Pick<RunbookOptions, "store" | "layout" | "manifest">): Promise<string[]> {
  const sizes = new Map<string, number>();
  for await (const { key, bytes } of store.list(`${layout.points}${manifest.id}/`)) sizes.set(key, bytes);
  return objectsOf(manifest).flatMap(({ key, bytes }) => {
    const found = sizes.get(key);
    if (found === bytes) return [];
    return [
      found === undefined ? `The object \`${key}\` is not in the store.` : `The object \`${key}\` has ${found} bytes instead of ${bytes}.`,
    ];
  });
}

function contents(manifest: Manifest, newer: readonly string[]): RunbookSection {
  const { snapshot, server, agent } = manifest;
  const newest = newer.at(-1);
  return {
    title: "What this page restores",
    text: [
      `Recovery point \`${manifest.id}\`: everything as it was at ${snapshot.takenAt}, from PostgreSQL ${server.version}, dumped by pg_dump ${agent.pgDumpVersion}.`,
      ...(newest === undefined
        ? []
        : [
            `Newer, and not proven when this was written: \`${newest}\`${newer.length > 1 ? ` and ${newer.length - 1} more` : ""}. Where losing less matters more than proof, write its runbook: \`pgkeep runbook ${newest}\``,
          ]),
    ],
    table: {
      head: ["object", "bytes", "restored size", "sha256"],
      rows: objectsOf(manifest).map(({ key, bytes, plainBytes, sha256 }) => [
        `\`${key}\``,
        String(bytes),
        formatSize(plainBytes),
        `\`${sha256}\``,
      ]),
    },
  };
}

function afterwards(manifest: Manifest): RunbookSection {
  const application = [
    "Point the application at the databases, start it, log in, look at what was last written before the recovery point.",
  ];
  return {
    title: "Afterwards",
    text: [
      ...describeDeployment(manifest.application).map((line) => `\`${inCode(line)}\``),
      ...application,
      ...(manifest.waived.length === 0
        ? []
        : [`Was waived and is in no backup: ${manifest.waived.map((name) => `\`${inCode(name)}\``).join(", ")}.`]),
      "Take a backup of what was restored, drill it, and write down what happened: when it was noticed, which recovery point, how long it took, what was lost.",
    ],
  };
}
