import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { givenConfigurationProblems, knownConfigurationProblems, storePortOf } from "./agentConfiguration.js";

const CONFIGURATION = { version: 1, cluster: "shop", databases: ["shop"], store: { url: "s3://backups/shop" } };

describe("a configuration that is given as a text", () => {
  it("may be JSON or YAML", () => {
    expect(givenConfigurationProblems("configuration", JSON.stringify(CONFIGURATION))).toEqual([]);
    expect(
      givenConfigurationProblems("configuration", "version: 1\ncluster: shop\ndatabases: [shop]\nstore: { url: s3://backups/shop }\n"),
    ).toEqual([]);
  });

  it.each([
    ["{ cluster: shop", "configuration", /neither JSON nor YAML at line 1/],
    ["cluster: a\ncluster: b", "configuration", /line 2, column 1 \(DUPLICATE_KEY\)/],
    ["", "configuration", /has no settings/],
    ["[1]", "configuration", /has no settings/],
    ["/etc/pgkeep.yaml", "configuration", /has no settings/],
    [JSON.stringify({ ...CONFIGURATION, databases: [] }), "configuration.databases", /empty/],
    [JSON.stringify({ ...CONFIGURATION, version: 2 }), "configuration.version", /newer pgkeep/],
    [JSON.stringify({ ...CONFIGURATION, store: { url: "file:///backups" } }), "configuration.store.url", /gone with it/],
  ])("is refused: %s", (text, where, reason) => {
    const [problem] = givenConfigurationProblems("configuration", text);
    expect(problem?.where).toBe(where);
    expect(problem?.reason).toMatch(reason);
  });

  it("is not repeated where a secret may stand in it", () => {
    const told = JSON.stringify(givenConfigurationProblems("configuration", 'connection: { password: "hunter2" }\n  : hunter2 ['));
    expect(told).not.toContain("hunter2");
  });

  it("is judged later where it is an Output", () => {
    expect(knownConfigurationProblems("configuration", pulumi.output("["))).toEqual([]);
    expect(knownConfigurationProblems("configuration", "[")).toHaveLength(1);
  });
});

describe("the store's port", () => {
  it.each([
    [undefined, 443],
    ["http://minio.storage.svc:9000", 9000],
    ["http://minio.storage.svc", 80],
  ])("of %s is %d", (endpoint, port) => {
    expect(storePortOf({ ...CONFIGURATION, version: 1, store: { url: "s3://b", ...(endpoint === undefined ? {} : { endpoint }) } })).toBe(
      port,
    );
  });
});
