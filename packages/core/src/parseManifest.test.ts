import { describe, expect, it, test } from "vitest";
import { ExitCode } from "./exitCode.js";
import { manifest, storedObject as object } from "./manifest.fixture.js";
import { parseManifest } from "./parseManifest.js";

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

describe("the class of a recovery point that S3's lifecycle expires", () => {
  it("is read where there is one, and absent in what the agent prunes", () => {
    expect(parseManifest({ ...manifest, retentionClass: "weekly" }, "there").retentionClass).toBe("weekly");
    expect(parseManifest(manifest, "there").retentionClass).toBeUndefined();
  });
  it("is one of four", () => {
    expect(() => parseManifest({ ...manifest, retentionClass: "hourly" }, "there")).toThrow(
      expect.objectContaining({ problems: [expect.objectContaining({ where: "there retentionClass" })] }),
    );
  });
});
