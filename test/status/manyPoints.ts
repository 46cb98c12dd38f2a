import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DRILL_RESULT_VERSION, type DrillResult, type Manifest, storeLayout, Verdict } from "@pgkeep/core";
import { sealManifest } from "../../packages/agent/src/manifest/seal.js";
import { database, manifest as emptyManifest, storedObject } from "../../packages/core/src/manifest.fixture.js";

const HOUR = 3_600_000;
/** A manifest of so many tables takes about 7 kB. The oldest have one, which is enough for what nobody reads. */
const TABLES = 24;
const WITH_ALL_TABLES = 100;

export interface ManyPoints {
  /** Each a store, or the bucket of a server that keeps its objects as files. */
  folders: string[];
  cluster: string;
  count: number;
  /** When the newest began. One each hour before that. */
  newestAt: Date;
  /** Every so many-th is drilled, the newest not. */
  drillEvery: number;
}

/** Ids from the oldest to the newest. */
export function idsOf({ count, newestAt }: Pick<ManyPoints, "count" | "newestAt">): string[] {
  return Array.from({ length: count }, (_, index) => {
    const slot = new Date(newestAt.getTime() - (count - 1 - index) * HOUR);
    return `${slot.toISOString().slice(0, 19).replace(/[-:]/g, "")}Z-${index.toString(36).padStart(8, "a")}`;
  });
}

/**
 * Writes the documents of a long history as files, without their objects: what a store holds after years, in a second. They grow with time,
 * and are as a backup and a drill would have written them.
 */
export function writeManyPoints(points: ManyPoints): string[] {
  const { folders, cluster, count, newestAt, drillEvery } = points;
  const layout = storeLayout(cluster);
  const ids = idsOf(points);
  const made = new Set<string>();
  const write = (key: string, value: unknown) => {
    const text = `${JSON.stringify(value, null, 1)}\n`;
    for (const folder of folders) {
      const path = join(folder, key);
      const parent = dirname(path);
      if (!made.has(parent)) mkdirSync(parent, { recursive: true });
      made.add(parent);
      writeFileSync(path, text);
    }
  };
  for (const [index, id] of ids.entries()) {
    const began = new Date(newestAt.getTime() - (count - 1 - index) * HOUR);
    const committed = new Date(began.getTime() + 60_000);
    const manifest = manifestOf(cluster, id, began, committed, index, count - index <= WITH_ALL_TABLES ? TABLES : 1);
    write(layout.manifest(id), manifest);
    if (index % drillEvery === 0 && index < count - 1) {
      const endedAt = new Date(committed.getTime() + 120_000);
      write(layout.drill(id, endedAt, Verdict.Pass), drillOf(manifest, committed, endedAt));
    }
    const audited = { at: committed, action: "backup", id, result: "done", who: "a@b", agentVersion: "0.1.0", details: [] };
    // As many as two months of hourly backups leave.
    if (count - index < 1500) write(layout.auditRecord(committed, "backup", "done", "a1b2c3d4"), audited);
  }
  return ids;
}

function manifestOf(cluster: string, id: string, began: Date, committed: Date, index: number, tableCount: number): Manifest {
  const { checksum: _, signature: __, ...draft } = emptyManifest;
  const tables = Array.from({ length: tableCount }, (_, table) => ({
    schema: "public",
    name: `table_${table}`,
    columns: ["id", "name", "changed_at"],
    digest: { rows: 1000 + index, bytes: 40_000 + index, hash: "0".repeat(32) },
  }));
  return sealManifest({
    ...draft,
    id,
    cluster,
    beganAt: began.toISOString(),
    committedAt: committed.toISOString(),
    snapshot: { ...draft.snapshot, takenAt: began.toISOString() },
    databases: [{ ...database, name: "shop", tables, object: { ...storedObject, bytes: 1_000_000 + index * 100, plainBytes: 4_000_000 } }],
  });
}

function drillOf({ id, cluster, checksum }: Manifest, startedAt: Date, endedAt: Date): DrillResult {
  return {
    formatVersion: DRILL_RESULT_VERSION,
    id,
    cluster,
    manifestChecksum: checksum,
    verdict: Verdict.Pass,
    startedAt: startedAt.toISOString(),
    endedAt: endedAt.toISOString(),
    agentVersion: "0.1.0",
    application: null,
    scratch: { serverVersion: "18.4", kind: "own", isolated: true },
    restoreMilliseconds: 42_000,
    compareMilliseconds: 20_000,
    checks: [],
    respelled: [],
    neverProven: [],
    tables: [],
  };
}
