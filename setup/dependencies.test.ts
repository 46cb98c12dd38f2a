import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dependenciesMatch } from "./dependencies.mjs";

const locked = {
  "": { version: "0.1.0" },
  "packages/core": { version: "0.1.0" },
  "node_modules/@pgkeep/core": { link: true },
  "node_modules/pg": { version: "8.23.1" },
  "node_modules/only-on-macos": { version: "1.0.0", optional: true },
};

describe("whether node_modules is what the lockfile says", () => {
  let repository: string;
  beforeEach(() => {
    repository = mkdtempSync(join(tmpdir(), "pgkeep-dependencies-"));
    mkdirSync(join(repository, "node_modules"));
    writeFileSync(join(repository, "package-lock.json"), JSON.stringify({ packages: locked }));
  });
  afterEach(() => rmSync(repository, { recursive: true }));

  const installed = (packages: object) =>
    writeFileSync(join(repository, "node_modules", ".package-lock.json"), JSON.stringify({ packages }));

  it("holds after an install, without other systems' packages", () => {
    installed({ "node_modules/@pgkeep/core": { link: true }, "node_modules/pg": { version: "8.23.1" } });
    expect(dependenciesMatch(repository)).toBe(true);
  });

  it.each([
    ["a killed install, which has no record yet", undefined],
    ["another version", { "node_modules/pg": { version: "8.23.0" } }],
    ["a missing package", {}],
    ["one too many", { "node_modules/pg": { version: "8.23.1" }, "node_modules/left-over": { version: "1.0.0" } }],
  ])("does not hold after %s", (_what, packages) => {
    if (packages !== undefined) installed(packages);
    expect(dependenciesMatch(repository)).toBe(false);
  });
});
