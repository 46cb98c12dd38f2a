import { describe, expect, it, test } from "vitest";
import { readApplicationEnvironment } from "./applicationEnvironment.js";
import { readVersion } from "./readVersion.js";

const digest = `sha256:${"a".repeat(64)}`;
const sha = "0123456789abcdef0123456789abcdef01234567";

describe("what the environment says about the application", () => {
  it("may be nothing, and an empty variable is nothing", () => {
    expect(readApplicationEnvironment({})).toEqual({ images: [] });
    const empty = { PGKEEP_APPLICATION_SHA: "", PGKEEP_APPLICATION_BRANCH: " ", PGKEEP_APPLICATION_IMAGES: "" };
    expect(readApplicationEnvironment(empty)).toEqual({ images: [] });
  });

  it("is a commit, its branch and images", () =>
    expect(
      readApplicationEnvironment({
        PGKEEP_APPLICATION_SHA: ` ${sha.toUpperCase()}\n`,
        PGKEEP_APPLICATION_BRANCH: "main",
        PGKEEP_APPLICATION_IMAGES: `web=${digest}, worker=registry.example.org/shop/worker@${digest}`,
      }),
    ).toEqual({
      sha,
      branch: "main",
      images: [
        { name: "web", digest },
        { name: "worker", digest: `registry.example.org/shop/worker@${digest}` },
      ],
    }));

  test.each([
    ["PGKEEP_APPLICATION_SHA", "main", "not the name of a git commit"],
    ["PGKEEP_APPLICATION_IMAGES", digest, "not the form name=digest"],
    ["PGKEEP_APPLICATION_IMAGES", "web=shop/web:latest", "a tag may mean another image"],
    ["PGKEEP_APPLICATION_IMAGES", `web=${digest},web=${digest}`, "given two"],
  ])("is refused when %s is %s", (name, value, reason) => expect(() => readApplicationEnvironment({ [name]: value })).toThrow(reason));
});

describe("the version of the application", () => {
  const config = { images: [{ name: "web", digest: `sha256:${"b".repeat(64)}` }], migrations: "auto" as const, migrationQueries: [] };

  it("is what the environment says before what the configuration says", async () =>
    expect(await readVersion({ ...config, workTree: "/nowhere" }, { sha, images: [{ name: "web", digest }] })).toEqual({
      git: { sha, branch: null, dirty: null, committedAt: null },
      images: [{ name: "web", digest }],
      unread: [],
    }));

  it("of a work tree that is none is told as unread", async () => {
    const { git, unread } = await readVersion({ ...config, workTree: "/nowhere" }, { images: [] });
    expect(git).toBeNull();
    expect(unread).toEqual([expect.stringContaining("application.workTree: /nowhere is no root of a git work tree")]);
  });
});
