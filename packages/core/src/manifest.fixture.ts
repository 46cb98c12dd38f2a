import type { DatabaseRecord, Manifest, StoredObjectRecord } from "./manifest.js";

/** Any object in a store. */
export const storedObject: StoredObjectRecord = {
  key: "c/points/x/y/z",
  bytes: 1,
  sha256: "0".repeat(64),
  codec: ["zstd"],
  plainBytes: 1,
  plainSha256: "0".repeat(64),
};
/** A database `app` without anything in it. */
export const database: DatabaseRecord = {
  name: "app",
  object: storedObject,
  archiveVersion: "1.16",
  snapshot: "1:2:",
  properties: {
    owner: "o",
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
  entryCount: 0,
  tables: [],
  sequences: [],
  extensions: [],
  largeObjects: { count: 0, bytes: 0, hash: "0".repeat(32) },
  neverProven: [],
};

/** A manifest with as little in it as there can be. */
export const manifest: Manifest = {
  formatVersion: 1,
  id: "20261121T020000Z-4f9k2m1x",
  attempt: "abcdefgh",
  cluster: "c",
  beganAt: "2026-11-21T02:00:00.000Z",
  committedAt: "2026-11-21T02:01:00.000Z",
  agent: { version: "0.1.0", pgDumpVersion: "18.4" },
  server: { systemIdentifier: null, version: "18.4", versionNumber: 180004, timeline: 1 },
  snapshot: { method: "synchronised", text: "1:2:", tries: 1, milliseconds: 3, lsn: "0/1", takenAt: "2026-11-21T02:00:01Z" },
  databases: [database],
  globals: {
    bootstrapSuperuser: "postgres",
    roles: [],
    memberships: [],
    settings: [],
    tablespaces: [],
    parameterAcl: [],
    object: storedObject,
    verifiers: false,
  },
  files: null,
  application: null,
  before: null,
  waived: [],
  warnings: [],
  timings: {},
  checksum: "0".repeat(64),
  signature: null,
};
