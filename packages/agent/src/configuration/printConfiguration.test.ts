import { parseAgentConfig } from "@pgkeep/core";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { printConfiguration } from "./printConfiguration.js";

test("what is printed is a configuration with nothing left to defaults", () => {
  const config = parseAgentConfig({
    version: 1,
    cluster: "syntho",
    databases: ["yes", "1", "a: b"],
    store: { url: "file:///x" },
    connection: { retryFor: "90s" },
  });
  const text = printConfiguration(config);
  expect(parseAgentConfig(parse(text))).toEqual(config);
  for (const line of ["  retryFor: 90s", "  connectTimeout: 10s", "  compressionLevel: 3", "  fallback: fail", '  - "yes"'])
    expect(text.split("\n")).toContain(line);
});
