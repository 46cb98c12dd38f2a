import { describe, expect, it, test } from "vitest";
import { ExitCode } from "./exitCode.js";
import { upgradeDocument, type VersionRule } from "./versionedDocument.js";

const rule: VersionRule = {
  property: "version",
  current: 3,
  upgrades: { 1: ({ old, ...rest }) => ({ ...rest, new: old }), 2: (document) => ({ ...document, added: true }) },
  newer: (_document, version) => ({ where: "document", reason: `version ${version} is newer` }),
};

describe("a document with a version", () => {
  it("goes through every step", () => expect(upgradeDocument({ version: 1, old: 7 }, rule)).toEqual({ version: 3, new: 7, added: true }));
  it("begins at its own step", () => expect(upgradeDocument({ version: 2, new: 7 }, rule)).toEqual({ version: 3, new: 7, added: true }));
  it("is left alone when it is current", () => {
    const document = { version: 3 };
    expect(upgradeDocument(document, rule)).toBe(document);
  });
  it("is not changed in place", () => {
    const document = { version: 1, old: 7 };
    upgradeDocument(document, rule);
    expect(document).toEqual({ version: 1, old: 7 });
  });
  it("is refused when it is newer", () => {
    expect(() => upgradeDocument({ version: 4 }, rule)).toThrow(
      expect.objectContaining({ exitCode: ExitCode.Configuration, message: expect.stringContaining("version 4") }),
    );
  });
  test.each([[null], [[1]], ["text"], [{}], [{ version: "1" }], [{ version: 0 }], [{ version: 1.5 }], [{ version: -1 }]])(
    "is left to the schema when it is %j",
    (value) => {
      expect(upgradeDocument(value, rule)).toEqual(value);
    },
  );
});
