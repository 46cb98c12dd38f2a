import { describe, expect, it, test } from "vitest";
import { imageDigestProblem } from "./applicationConfig.js";
import { parseAgentConfig } from "./parseAgentConfig.js";

const digest = `sha256:${"a".repeat(64)}`;
const configured = (application: unknown) =>
  parseAgentConfig({ version: 1, cluster: "shop", databases: ["shop"], store: { url: "file:///srv/backups" }, application });

describe("the application's section", () => {
  it("looks for migrations where nothing is said", () =>
    expect(configured(undefined).application).toEqual({ images: [], migrations: "auto", migrationQueries: [] }));

  it("takes everything", () => {
    const application = {
      workTree: "../app",
      images: [{ name: "web", digest: `registry.example.org:5000/shop/web@${digest}` }],
      migrations: "off",
      migrationQueries: [{ database: "shop", query: "SELECT name FROM app.version ORDER BY id;" }],
    };
    expect(configured(application).application).toEqual(application);
  });

  test.each<[string, unknown, string, string]>([
    ["a tag", { images: [{ name: "web", digest: "shop/web:latest" }] }, "application.images[0].digest", "another image tomorrow"],
    ["an image twice", { images: [1, 2].map(() => ({ name: "web", digest })) }, "application.images[1]", "one digest"],
    ["two statements", { migrationQueries: [{ database: "shop", query: "SELECT 1; DROP TABLE x" }] }, "query", "only one statement"],
    ["a word nobody knows", { migrations: "on" }, "application.migrations", "auto, off"],
    ["a key nobody knows", { worktree: "x" }, "application.worktree", "workTree"],
    [
      "a database twice",
      { migrationQueries: [1, 2].map(() => ({ database: "shop", query: "SELECT 1" })) },
      "application.migrationQueries[1]",
      "one query",
    ],
    ["a query of no database", { migrationQueries: [{ database: "shopp", query: "SELECT 1" }] }, "migrationQueries[0].database", "shop"],
  ])("refuses %s", (_name, application, where, words) => {
    expect(() => configured(application)).toThrow(where);
    expect(() => configured(application)).toThrow(words);
  });
});

describe("a digest", () => {
  test.each([digest, `web@${digest}`, `registry.example.org:5000/shop/web@${digest}`])("may be %s", (text) =>
    expect(imageDigestProblem(text)).toBeUndefined(),
  );
  test.each(["", "sha256:", `sha256:${"A".repeat(64)}`, `${digest}0`, `we b@${digest}`, "web:1.2"])("may not be %s", (text) =>
    expect(imageDigestProblem(text)).toBeDefined(),
  );
});
