import { ExitCode, ProblemError } from "@pgkeep/core";
import { describe, expect, it } from "vitest";
import { openStore } from "./openStore.js";

const config = (url: string, endpoint?: string) => ({
  url,
  forcePathStyle: false,
  checksums: "when_supported" as const,
  ...(endpoint ? { endpoint } : {}),
});
const problemOf = async (url: string, endpoint?: string) => {
  const error = await openStore(config(url, endpoint), {}).catch((error: unknown) => error);
  if (!(error instanceof ProblemError)) throw new Error(`${url} was not refused`);
  expect(error.exitCode).toBe(ExitCode.Configuration);
  return error.message;
};

describe("a store's URL", () => {
  it.each([
    ["file:///var/backups/pgkeep", "file:///var/backups/pgkeep"],
    ["file:///var/backups/pgkeep/", "file:///var/backups/pgkeep"],
    ["file:///with%20space", "file:///with space"],
    ["s3://bucket", "s3://bucket"],
    ["s3://bucket/", "s3://bucket"],
    ["s3://bucket.with.dots/a/b/", "s3://bucket.with.dots/a/b"],
    ["gs://bucket_1/a/", "gs://bucket_1/a"],
    ["azblob://container", "azblob://container"],
  ])("%s", async (url, description) => {
    const credentials = { AWS_ACCESS_KEY_ID: "x", AWS_SECRET_ACCESS_KEY: "y", AZURE_STORAGE_ACCOUNT: "shop", AZURE_STORAGE_KEY: "eA==" };
    const store = await openStore(config(url), credentials);
    expect(store.description).toBe(description);
    await store.close();
  });

  it.each(["ftp://host/x", "/var/backups", "backups", "", "C:\\backups"])("%j names no store that exists", async (url) => {
    expect(await problemOf(url)).toMatch(/no store of this kind.*file:\/\/\/absolute\/folder, s3:\/\/bucket\/prefix/s);
  });

  it.each(["file://relative/path", "file:/x", "file:///", "file:///x?y", "file:///x#y"])("%s is no folder", async (url) => {
    expect(await problemOf(url)).toMatch(/store.url/);
  });

  it.each([
    "s3://",
    "s3:bucket",
    "s3://b",
    "s3://bucket/../x",
    "s3://bucket/a//b",
    "s3://bucket/.hidden",
    "s3://bucket/two words",
    "s3://bucket?x",
    "s3://under_score/x",
    "gs://bucket/a//b",
    "azblob://container/.hidden",
  ])("%s is no place in a bucket or container", async (url) => {
    expect(await problemOf(url)).toMatch(/store.url.*(s3:\/\/bucket|gs:\/\/bucket|azblob:\/\/container)\/prefix/s);
  });

  it("with a secret in it does not show it", async () => {
    expect(await problemOf("s3://key:hidden@bucket/x")).not.toContain("hidden");
    expect(await problemOf("ftp://user:hidden@host/x?password=hidden")).not.toContain("hidden");
    expect(await problemOf("s3://bucket/x", "https://user:hidden@s3.example.org")).toMatch(/store.endpoint/);
    expect(await problemOf("s3://bucket/x", "https://user:hidden@s3.example.org")).not.toContain("hidden");
  });
});
