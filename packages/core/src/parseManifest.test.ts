import { describe, expect, it, test } from "vitest";
import { ExitCode } from "./exitCode.js";
import type { Manifest } from "./manifest.js";
import { parseManifest } from "./parseManifest.js";

const object = {
  key: "c/points/x/y/z",
  bytes: 1,
  sha256: "0".repeat(64),
  codec: ["zstd" as const],
  plainBytes: 1,
  plainSha256: "0".repeat(64),
};
const manifest: Manifest = {
  formatVersion: 1,
  id: "20261121T020000Z-4f9k2m1x",
  attempt: "abcdefgh",
  cluster: "c",
  beganAt: "2026-11-21T02:00:00.000Z",
  committedAt: "2026-11-21T02:01:00.000Z",
  agent: { version: "0.1.0", pgDumpVersion: "18.4" },
  server: { systemIdentifier: null, version: "18.4", versionNumber: 180004, timeline: 1 },
  snapshot: { method: "synchronised", text: "1:2:", tries: 1, milliseconds: 3, lsn: "0/1", takenAt: "2026-11-21T02:00:01Z" },
  databases: [
    {
      name: "app",
      object,
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
    },
  ],
  globals: {
    bootstrapSuperuser: "postgres",
    roles: [],
    memberships: [],
    settings: [],
    tablespaces: [],
    parameterAcl: [],
    object,
    verifiers: false,
  },
  files: null,
  waived: [],
  warnings: [],
  timings: {},
  checksum: "0".repeat(64),
  signature: null,
};
const [app] = manifest.databases;

describe("a manifest", () => {
  it("is read", () => expect(parseManifest(JSON.parse(JSON.stringify(manifest)), "there")).toEqual(manifest));

  it("of a newer version is refused, with the pgkeep that wrote it", () => {
    const newer = { ...manifest, formatVersion: 2, agent: { version: "0.7.0", pgDumpVersion: "20" }, unknown: true };
    expect(() => parseManifest(newer, "there")).toThrow(expect.objectContaining({ exitCode: ExitCode.Configuration }));
    expect(() => parseManifest(newer, "there")).toThrow("use pgkeep 0.7.0 or later");
  });
  it("of a newer version says nothing of a writer that it does not understand", () => {
    expect(() => parseManifest({ formatVersion: 2, agent: { version: "\u001b[31m rm -rf" } }, "there")).toThrow(
      "use pgkeep in a newer version or later",
    );
    expect(() => parseManifest({ formatVersion: 2 }, "there")).toThrow("newer version");
  });

  test.each<[string, unknown, string]>([
    ["is null", null, "there"],
    ["is a list", [], "there"],
    ["has no version", { ...manifest, formatVersion: undefined }, "there formatVersion"],
    ["is of version 0", { ...manifest, formatVersion: 0 }, "there formatVersion"],
    ["has a property nobody knows", { ...manifest, extra: 1 }, "there"],
    ["has a checksum of another kind", { ...manifest, checksum: "x" }, "there checksum"],
    ["has no database", { ...manifest, databases: [] }, "there databases"],
    ["has a database twice", { ...manifest, databases: [app, app] }, "there databases[1].name"],
    ["has an id that leads elsewhere", { ...manifest, id: "../../x" }, "there id"],
    ["has a negative size", { ...manifest, databases: [{ ...app, object: { ...object, bytes: -1 } }] }, "there databases[0].object.bytes"],
  ])("that %s is wrong data", (_name, value, where) => {
    expect(() => parseManifest(value, "there")).toThrow(
      expect.objectContaining({ exitCode: ExitCode.DataWrong, problems: [expect.objectContaining({ where })] }),
    );
  });

  it("that is wrong everywhere is told in ten lines", () => {
    const damaged = { ...manifest, databases: Array.from({ length: 50 }, () => ({})) };
    expect(() => parseManifest(damaged, "there")).toThrow(expect.objectContaining({ problems: expect.objectContaining({ length: 10 }) }));
  });
});
