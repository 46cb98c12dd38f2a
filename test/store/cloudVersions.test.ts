import { randomBytes } from "node:crypto";
import { ExitCode } from "@pgkeep/core";
import { afterEach, describe, expect, it } from "vitest";
import { openStore } from "../../packages/agent/src/store/openStore.js";
import type { HiddenObject, Store } from "../../packages/agent/src/store/Store.js";
import { startGcs } from "../support/gcsServer.js";
import { problemOf } from "../support/problemOf.js";
import { hiddenKeysOf, opened } from "./reading.js";
import { gcsUnderTest, storeConfig } from "./storeUnderTest.js";
import { fingerprintOf, someBytes } from "./streams.js";
import { startWrittenAnswers, type WrittenAnswer } from "./writtenAnswers.js";

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const hidden = async (store: Store): Promise<HiddenObject[]> => {
  const found: HiddenObject[] = [];
  for await (const object of store.listHidden("")) found.push(object);
  return found;
};

describe("Google Cloud Storage", () => {
  it("lists what a DELETE hid in a versioned bucket, and brings the very bytes back, create-only (fake-gcs-server)", async () => {
    const server = await startGcs();
    ends.push(() => server.stop());
    const under = await gcsUnderTest(server, "backups", { versioning: true });
    ends.push(() => under.close());
    const { store } = under;
    await store.put("a/1.bin", someBytes(100_000));
    await store.putDocument("a/2.json", "2");
    await server.delete(under.bucket, "backups/a/1.bin");
    expect(await store.read("a/1.bin")).toBeUndefined();
    const [found, ...others] = await hidden(store);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ key: "a/1.bin", bytes: 100_000, version: expect.stringMatching(/^\d+$/) });
    if (!found) throw new Error("unreachable");
    await store.unhide(found);
    expect(await fingerprintOf(await opened(store, "a/1.bin"))).toEqual(await fingerprintOf(someBytes(100_000)));
    expect(await hiddenKeysOf(store)).toEqual([]);
    await store.unhide(found);
    expect((await problemOf(store.unhide({ ...found, key: "a/3.bin", version: "1" }))).exitCode).toBe(ExitCode.TryAgain);
  });

  const versions = (...items: object[]) => ({ status: 200, body: JSON.stringify({ items }) });
  const refusal = (status: number, reason: string) => ({ status, body: JSON.stringify({ error: { message: "m", errors: [{ reason }] } }) });
  const answering = async (answer: (request: string) => WrittenAnswer) => {
    const server = await startWrittenAnswers(answer);
    ends.push(() => server.stop());
    const store = await openStore(storeConfig("gs://bucket", { endpoint: server.endpoint }), {});
    ends.push(() => store.close());
    return { store, requests: server.requests };
  };
  const deletes = (requests: string[]) =>
    requests.filter((request) => request.startsWith("DELETE")).map((request) => request.split("?")[1]);

  it("removes every generation by its number, the one in sight last", async () => {
    const { store, requests } = await answering((request) => {
      if (!request.startsWith("GET")) return { status: 204 };
      return versions(
        { name: "a", generation: "1", timeDeleted: "2026-11-01T00:00:00Z" },
        { name: "a", generation: "3" },
        { name: "a", generation: "2", timeDeleted: "2026-11-02T00:00:00Z" },
        { name: "ab", generation: "9" },
      );
    });
    expect(await store.remove("a")).toEqual({ kind: "removed" });
    expect(deletes(requests)).toEqual(["generation=1", "generation=2", "generation=3"]);
  });

  it.each([
    [
      "the bucket's retention",
      { retentionExpirationTime: "2030-01-01T00:00:00Z" },
      "retentionPolicyNotMet",
      { until: new Date("2030-01-01T00:00:00Z"), reason: "the bucket's retention keeps it" },
    ],
    [
      "the longer of bucket's and object's retention",
      { retentionExpirationTime: "2030-01-01T00:00:00Z", retention: { mode: "Locked", retainUntilTime: "2031-01-01T00:00:00Z" } },
      "retentionPolicyNotMet",
      { until: new Date("2031-01-01T00:00:00Z"), reason: "the bucket's retention keeps it" },
    ],
    ["a hold", { temporaryHold: true }, "objectUnderActiveHold", { until: undefined, reason: "a temporary hold lies on it" }],
  ])("tells that %s keeps it, and leaves what is in sight as it is", async (_name, lock, reason, kept) => {
    const { store, requests } = await answering((request) =>
      request.startsWith("GET")
        ? versions({ name: "a", generation: "1", timeDeleted: "2026-11-01T00:00:00Z", ...lock }, { name: "a", generation: "2" })
        : refusal(403, reason),
    );
    expect(await store.remove("a")).toEqual({ kind: "kept", ...kept });
    expect(deletes(requests)).toEqual(["generation=1"]);
  });

  it("names the right that is missing", async () => {
    const { store } = await answering((request) =>
      request.startsWith("GET") ? versions({ name: "a", generation: "1" }) : refusal(403, "forbidden"),
    );
    const problem = await problemOf(store.remove("a"));
    expect(problem.exitCode).toBe(ExitCode.Permission);
    expect(problem.message).toContain("storage.objects.delete");
  });

  it("lists what was deleted softly, unless it is in sight again, and restores it", async () => {
    const { store, requests } = await answering((request) => {
      if (request.startsWith("POST")) return { status: 200, body: "{}" };
      const soft = { timeCreated: "2026-11-01T00:00:00Z", softDeleteTime: "2026-11-02T00:00:00Z", size: "5" };
      if (!request.includes("softDeleted=true")) return versions({ name: "b", generation: "4" });
      return versions({ name: "a", generation: "1", ...soft }, { name: "b", generation: "2", ...soft });
    });
    const found = await hidden(store);
    expect(found).toEqual([
      {
        key: "a",
        bytes: 5,
        modifiedAt: new Date("2026-11-01T00:00:00Z"),
        hiddenAt: new Date("2026-11-02T00:00:00Z"),
        version: "soft-deleted:1",
      },
    ]);
    for (const object of found) await store.unhide(object);
    expect(requests.at(-1)).toBe("POST /storage/v1/b/bucket/o/a/restore?generation=1&ifGenerationMatch=0");
  });

  it("asks a bucket without soft delete, which refuses the question, without harm", async () => {
    const { store } = await answering((request) =>
      request.includes("softDeleted=true") ? refusal(412, "conditionNotMet") : versions({ name: "b", generation: "4" }),
    );
    expect(await hidden(store)).toEqual([]);
  });

  it("refuses bytes that have another checksum than the bucket keeps", async () => {
    const body = "not what was written";
    const { store } = await answering(() => ({
      status: 200,
      body,
      headers: { "x-goog-hash": "crc32c=AAAAAA==,md5=x", "x-goog-generation": "1" },
    }));
    const problem = await problemOf(store.readDocument("a"));
    expect(problem.exitCode).toBe(ExitCode.DataWrong);
    expect(problem.message).toMatch(/CRC32C/);
  });
});

describe("Azure Blob Storage", () => {
  const answering = async (answer: (request: string) => WrittenAnswer) => {
    const server = await startWrittenAnswers(answer);
    ends.push(() => server.stop());
    const environment = { AZURE_STORAGE_ACCOUNT: "shop", AZURE_STORAGE_KEY: randomBytes(32).toString("base64") };
    const store = await openStore(storeConfig("azblob://container", { endpoint: `${server.endpoint}/shop` }), environment);
    ends.push(() => store.close());
    return { store, requests: server.requests };
  };
  const blob = (name: string, parts: string, properties = "") =>
    `<Blob><Name>${name}</Name>${parts}<Properties><Last-Modified>Sat, 21 Nov 2026 02:00:00 GMT</Last-Modified><Etag>1</Etag><Content-Length>5</Content-Length>${properties}<BlobType>BlockBlob</BlobType></Properties></Blob>`;
  const listing = (...blobs: string[]): WrittenAnswer => ({
    status: 200,
    headers: { "content-type": "application/xml" },
    body: `<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="x" ContainerName="container"><Blobs>${blobs.join("")}</Blobs><NextMarker/></EnumerationResults>`,
  });
  const version = (id: string, isCurrent = false) =>
    `<VersionId>${id}</VersionId>${isCurrent ? "<IsCurrentVersion>true</IsCurrentVersion>" : ""}`;
  const refusal = (status: number, code: string): WrittenAnswer => ({
    status,
    headers: { "content-type": "application/xml", "x-ms-error-code": code },
    body: `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>m</Message></Error>`,
  });
  const deletes = (requests: string[]) =>
    requests.filter((request) => request.startsWith("DELETE")).map((request) => request.split("/").at(-1));

  it("removes older versions, then the one in sight with its snapshots, then the version that it becomes by that", async () => {
    const { store, requests } = await answering((request) =>
      request.startsWith("GET")
        ? listing(blob("a", version("v1")), blob("a", version("v2", true)), blob("ab", version("v9", true)))
        : { status: 202 },
    );
    expect(await store.remove("a")).toEqual({ kind: "removed" });
    expect(deletes(requests)).toEqual(["a?versionid=v1", "a", "a?versionid=v2"]);
  });

  it.each([
    [
      "an immutability policy",
      "<ImmutabilityPolicyUntilDate>Tue, 01 Jan 2030 00:00:00 GMT</ImmutabilityPolicyUntilDate><ImmutabilityPolicyMode>locked</ImmutabilityPolicyMode>",
      { until: new Date("2030-01-01T00:00:00Z"), reason: "its immutability policy keeps it" },
    ],
    ["a legal hold", "<LegalHold>true</LegalHold>", { until: undefined, reason: "a legal hold lies on it" }],
  ])("tells that %s keeps it, before it touches anything", async (_name, properties, kept) => {
    const { store, requests } = await answering(() => listing(blob("a", version("v1"), properties), blob("a", version("v2", true))));
    expect(await store.remove("a")).toEqual({ kind: "kept", ...kept });
    expect(deletes(requests)).toEqual([]);
  });

  it("tells that a policy of the whole container keeps it, and names the right that is missing", async () => {
    let code = "BlobImmutableDueToPolicy";
    const { store } = await answering((request) =>
      request.startsWith("GET") ? listing(blob("a", "")) : refusal(code === "BlobImmutableDueToPolicy" ? 409 : 403, code),
    );
    expect(await store.remove("a")).toMatchObject({ kind: "kept", until: undefined });
    code = "AuthorizationPermissionMismatch";
    expect((await problemOf(store.remove("a"))).exitCode).toBe(ExitCode.Permission);
  });

  it("lists versions without one in sight and what was deleted softly, and brings both back", async () => {
    const { store, requests } = await answering((request) => {
      if (request.startsWith("PUT") && request.includes("comp=undelete")) return { status: 200 };
      if (request.startsWith("PUT")) return { status: 202, headers: { "x-ms-copy-id": "1", "x-ms-copy-status": "success" } };
      return listing(
        blob("a", version("v1")),
        blob("b", "<Deleted>true</Deleted>", "<DeletedTime>Sun, 22 Nov 2026 02:00:00 GMT</DeletedTime>"),
        blob("c", version("v3")),
        blob("c", version("v4", true)),
      );
    });
    const found = await hidden(store);
    expect(found.map(({ key, version }) => [key, version])).toEqual([
      ["a", "v1"],
      ["b", "soft-deleted"],
    ]);
    expect(found[1]?.hiddenAt).toEqual(new Date("2026-11-22T02:00:00Z"));
    for (const object of found) await store.unhide(object);
    expect(requests.filter((request) => request.startsWith("PUT")).map((request) => request.replace(/^.*container\//, ""))).toEqual([
      "a",
      "b?comp=undelete",
    ]);
  });

  it("asks an account that knows no versions the plain question", async () => {
    const { store } = await answering((request) => {
      if (!request.startsWith("GET")) return { status: 202 };
      return request.includes("include=") ? refusal(409, "FeatureNotSupportedByAccount") : listing(blob("a", ""));
    });
    expect(await store.remove("a")).toEqual({ kind: "removed" });
    expect(await hidden(store)).toEqual([]);
  });
});
