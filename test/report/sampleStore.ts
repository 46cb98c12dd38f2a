import { createHash } from "node:crypto";
import { mkdirSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  type AgentConfig,
  type DrillResult,
  databaseObjectName,
  formatRecoveryPointId,
  type Manifest,
  storeLayout,
  Verdict,
} from "@pgkeep/core";
import { type ManifestDraft, sealManifest } from "../../packages/agent/src/manifest/seal.js";

/** The moment that sample reports are written at. */
export const SAMPLE_NOW = new Date("2026-11-21T09:30:00Z");

export interface SampleOptions {
  databases?: readonly string[];
  /** How many days of daily backups. */
  days?: number;
  /** Tables of each database. */
  tables?: readonly [schema: string, name: string][];
  /** Changes the newest drill. */
  change?: (result: DrillResult) => DrillResult;
}

const DAY = 86_400_000;
const TABLES: [string, string][] = [
  ["public", "customer"],
  ["public", "order"],
  ["public", "order_line"],
  ["billing", "invoice"],
];

/**
 * Fills a folder with what a store holds after weeks of daily backups and weekly drills: true manifests and results of drills, and objects of
 * plausible sizes without contents. For pages and plots only: nothing in it restores.
 */
export function fillSampleStore(folder: string, config: AgentConfig, options: SampleOptions = {}): void {
  const { days = 40, change = (result: DrillResult) => result } = options;
  for (let back = days - 1; back >= 0; back--) {
    const slot = new Date(Date.UTC(2026, 10, 21, 2) - back * DAY);
    const manifest = sampleManifest(config, slot, days - back, options);
    const layout = storeLayout(config.cluster);
    write(folder, layout.manifest(manifest.id), `${JSON.stringify(manifest)}\n`, new Date(slot.getTime() + 55_000));
    for (const { key, bytes } of [manifest.globals.object, ...manifest.databases.map(({ object }) => object)]) {
      write(folder, key, "");
      truncateSync(join(folder, key), bytes);
    }
    if (back % 7 !== 0) continue;
    const verdict = back === 21 ? Verdict.CouldNotVerify : back === 14 ? Verdict.Fail : Verdict.Pass;
    const plain = sampleDrill(manifest, verdict, new Date(slot.getTime() + 2 * 3_600_000), days - back);
    const result = back === 0 ? change(plain) : plain;
    write(folder, layout.drill(result.id, new Date(result.endedAt), result.verdict), `${JSON.stringify(result)}\n`);
  }
}

function write(folder: string, key: string, text: string, at?: Date): void {
  const path = join(folder, key);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  if (at) utimesSync(path, at, at);
}

function sampleManifest(
  config: AgentConfig,
  slot: Date,
  day: number,
  { databases = config.databases, tables = TABLES }: SampleOptions,
): Manifest {
  const id = formatRecoveryPointId({ slot, run: `sample${String(day).padStart(2, "0")}` });
  const prefix = storeLayout(config.cluster).attempt(id, "one");
  const encrypted = config.encryption !== undefined;
  const codec: ("zstd" | "age")[] = encrypted ? ["zstd", "age"] : ["zstd"];
  const object = (name: string, bytes: number) => ({
    key: `${prefix}${name}`,
    bytes,
    sha256: sha256(`${id}${name}`),
    codec,
    plainBytes: bytes * 5,
    plainSha256: sha256(`plain${id}${name}`),
  });
  const took = new Date(slot.getTime() + 4000).toISOString();
  const draft: ManifestDraft = {
    formatVersion: 1,
    id,
    attempt: "one",
    cluster: config.cluster,
    beganAt: slot.toISOString(),
    committedAt: new Date(slot.getTime() + 55_000).toISOString(),
    agent: { version: "0.1.0", pgDumpVersion: "18.4" },
    server: { systemIdentifier: "7561234567890123456", version: "18.4", versionNumber: 180004, timeline: 1 },
    snapshot: { method: "synchronised", text: "731:731:", tries: 1, milliseconds: 9.4, lsn: "0/1A2B3C4", takenAt: took },
    databases: databases.map((name, place) => ({
      name,
      object: object(databaseObjectName(name, encrypted), Math.round((38e6 + day * 270_000 + ((day * 7919) % 13) * 60_000) / (place + 1))),
      archiveVersion: "1.16",
      snapshot: "731:731:",
      properties: {
        owner: "shop",
        encoding: "UTF8",
        localeProvider: "libc",
        collate: "C",
        ctype: "C",
        locale: null,
        icuRules: null,
        tablespace: "pg_default",
        connectionLimit: -1,
        isTemplate: false,
        comment: null,
        acl: null,
        settings: [],
        monetaryLocale: "C",
      },
      entryCount: 40,
      tables: tables.map(([schema, table], index) => ({
        schema,
        name: table,
        columns: ["id", "text"],
        digest: { rows: (index + 1) * 4000 + day * 310, bytes: (index + 1) * 900_000, hash: sha256(table).slice(0, 32) },
      })),
      sequences: [],
      extensions: [],
      largeObjects: { count: 0, bytes: 0, hash: "0".repeat(32) },
      neverProven: [],
    })),
    globals: {
      bootstrapSuperuser: "postgres",
      roles: [],
      memberships: [],
      settings: [],
      tablespaces: [],
      parameterAcl: [],
      object: object(`globals.sql.zst${encrypted ? ".age" : ""}`, 1800),
      verifiers: false,
    },
    files: null,
    application: {
      git: { sha: sha256(`commit ${day}`).slice(0, 40), branch: "main", dirty: false, committedAt: "2026-10-02T11:20:00Z" },
      images: [],
      migrations: null,
      unread: [],
    },
    before: null,
    waived: [],
    warnings: [],
    timings: {},
  };
  return sealManifest(draft);
}

function sampleDrill(manifest: Manifest, verdict: Verdict, startedAt: Date, day: number): DrillResult {
  const restored = verdict !== Verdict.CouldNotVerify;
  const restoreMilliseconds = restored ? 74_000 + day * 900 + ((day * 31) % 7) * 3000 : 0;
  const compareMilliseconds = restored ? 41_000 + day * 300 : 0;
  const one = manifest.databases[0];
  return {
    formatVersion: 1,
    id: manifest.id,
    cluster: manifest.cluster,
    manifestChecksum: manifest.checksum,
    verdict,
    startedAt: startedAt.toISOString(),
    endedAt: new Date(startedAt.getTime() + restoreMilliseconds + compareMilliseconds + 6000).toISOString(),
    agentVersion: "0.1.0",
    application: manifest.application,
    scratch: { serverVersion: "18.4", kind: "own", isolated: true },
    restoreMilliseconds,
    compareMilliseconds,
    checks: [
      {
        name: "extensions can be installed",
        verdict: restored ? Verdict.Pass : Verdict.CouldNotVerify,
        details: restored ? [] : ["the scratch server has no extension postgis"],
      },
      ...(restored
        ? [
            { name: "restore", verdict: Verdict.Pass, details: [`${manifest.databases.length} databases`] },
            ...manifest.databases.flatMap(({ name, tables }) => [
              {
                name: `contents of ${name}`,
                verdict: verdict === Verdict.Fail && name === one?.name ? Verdict.Fail : Verdict.Pass,
                details:
                  verdict === Verdict.Fail && name === one?.name
                    ? ["public.customer: 1 row less than recorded"]
                    : [`${tables.length} tables, 3 sequences, 0 large objects`],
              },
              { name: `definitions of ${name}`, verdict: Verdict.Pass, details: ["64 entries"] },
            ]),
            { name: "roles and memberships", verdict: Verdict.Pass, details: ["5 roles"] },
          ]
        : []),
    ],
    respelled: restored
      ? [
          {
            database: one?.name ?? "",
            object: "CHECK CONSTRAINT public.order order_state_check",
            before: "CHECK ((state = ANY (ARRAY['open'::text, 'paid'::text])))",
            after: "CHECK ((state = ANY ((ARRAY['open'::text, 'paid'::text])::text[])))",
          },
        ]
      : [],
    neverProven: [`${one?.name}: materialized view public.sales_by_month`],
    tables: restored
      ? manifest.databases.flatMap(({ name, tables }) =>
          tables.map((table, index) => ({
            database: name,
            schema: table.schema,
            name: table.name,
            rows: table.digest.rows,
            bytes: table.digest.bytes,
            equal: !(verdict === Verdict.Fail && name === one?.name && index === 0),
          })),
        )
      : [],
  };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
