import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DeleteObjectCommand, PutBucketPolicyCommand } from "@aws-sdk/client-s3";
import { ExitCode } from "@pgkeep/core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { assertCreateOnly } from "../../packages/agent/src/store/assertCreateOnly.js";
import { openStore } from "../../packages/agent/src/store/openStore.js";
import { S3Bucket } from "../../packages/agent/src/store/S3Bucket.js";
import { S3Store } from "../../packages/agent/src/store/S3Store.js";
import { ObjectExistsError, type Store } from "../../packages/agent/src/store/Store.js";
import { s3Client } from "../../packages/agent/src/store/s3Client.js";
import { freePort } from "../support/freePort.js";
import { problemOf } from "../support/problemOf.js";
import { startS3, type TestS3 } from "../support/s3Server.js";
import { keysOf, opened } from "./reading.js";
import type { Fate } from "./storeProxy.js";
import { bucketUnderTest, credentialsOf, type RemoteUnderTest, storeConfig } from "./storeUnderTest.js";
import { dyingAfter, fingerprintOf, MIB, someBytes, stallingAfter } from "./streams.js";

let server: TestS3;
beforeAll(async () => {
  server = await startS3();
});
afterAll(() => server?.stop());

let under: RemoteUnderTest;
/** Through the proxy. */
let store: Store;
beforeEach(async () => {
  under = await bucketUnderTest(server, "prefix");
  store = under.atomic;
});
afterEach(() => under.close());

const isCompletion = (method: string, url: URL) => method === "POST" && url.searchParams.has("uploadId");
/** A fate for the first requests of a kind; the others pass. */
const first = (times: number, fate: Fate, kind: (method: string, url: URL) => boolean) => {
  let left = times;
  under.proxy.fate = (method, url) => {
    if (!kind(method, url) || left === 0) return "pass";
    left -= 1;
    return fate;
  };
};

describe("an answer that was lost", () => {
  it("is read back: our own document is success", async () => {
    first(1, "lose-answer", (method) => method === "PUT");
    await store.putDocument("manifest.json", "ours");
    expect(await store.readDocument("manifest.json")).toBe("ours");
    // The SDK tried again, was refused, and we looked: three requests before the reading.
    expect(under.proxy.requests.map((line) => line.split(" ")[0])).toEqual(["PUT", "PUT", "HEAD", "GET"]);
  });

  it("is read back: our own parts, put together, are success", async () => {
    first(1, "lose-answer", isCompletion);
    await store.put("big", someBytes(20 * MIB));
    expect(await fingerprintOf(await opened(store, "big"))).toEqual(await fingerprintOf(someBytes(20 * MIB)));
    expect(await under.unfinished()).toEqual([]);
  });

  it("is not success when the object is somebody else's", async () => {
    await under.store.putDocument("manifest.json", "ours");
    first(1, "lose-answer", (method) => method === "PUT");
    await expect(store.putDocument("manifest.json", "ours")).rejects.toThrow(ObjectExistsError);
    first(1, "lose-answer", isCompletion);
    await expect(store.put("manifest.json", someBytes(9 * MIB))).rejects.toThrow(ObjectExistsError);
    expect(await under.store.readDocument("manifest.json")).toBe("ours");
    expect(await under.unfinished()).toEqual([]);
  });

  it("is success even when no later try gets through", async () => {
    let puts = 0;
    under.proxy.fate = (method) => {
      if (method !== "PUT") return "pass";
      puts += 1;
      return puts === 1 ? "lose-answer" : "lose-request";
    };
    await store.putDocument("once.json", "ours");
    expect(await under.store.readDocument("once.json")).toBe("ours");
  });
});

describe("a server that is busy or away for a moment", () => {
  it("is asked again: lost requests, SlowDown, conflicts", async () => {
    for (const fate of [
      "lose-request",
      { status: 503, code: "SlowDown" },
      { status: 409, code: "ConditionalRequestConflict" },
    ] satisfies Fate[]) {
      const key = `retry/${JSON.stringify(fate).length}`;
      first(3, fate, (method) => method !== "GET");
      await store.putDocument(key, "x");
      first(3, fate, (method, url) => method === "PUT" || isCompletion(method, url));
      if (typeof fate === "object" && fate.status === 409) first(3, fate, isCompletion);
      await store.put(`${key}-parts`, someBytes(20 * MIB));
    }
    expect(await keysOf(under.store, "retry/")).toHaveLength(6);
    expect(await under.unfinished()).toEqual([]);
  });

  it("is given up when it stays so, with nothing left", async () => {
    under.proxy.fate = (method, url) =>
      method === "PUT" && url.searchParams.has("partNumber") ? { status: 503, code: "SlowDown" } : "pass";
    const body = stallingAfter(40 * MIB);
    const impatient = await under.impatient();
    const problem = await problemOf(impatient.put("busy", body));
    await impatient.close();
    expect(problem.exitCode).toBe(ExitCode.Unavailable);
    expect(problem.message).toMatch(/busy.*overloaded/s);
    expect(body.destroyed).toBe(true);
    expect(await under.unfinished()).toEqual([]);
    expect(await keysOf(under.store)).toEqual([]);
  });

  it("a conflict that stays is worth another run", async () => {
    under.proxy.fate = (method) => (method === "PUT" ? { status: 409, code: "ConditionalRequestConflict" } : "pass");
    expect((await problemOf(store.putDocument("conflict", "x"))).exitCode).toBe(ExitCode.TryAgain);
  });
});

describe("a read whose connection is lost", () => {
  it.each([0, 1, 3 * MIB + 5])("is taken up again, though every connection ends after %d bytes", async (cutAfter) => {
    await under.store.put("long", someBytes(20 * MIB));
    let cuts = cutAfter < MIB ? 4 : Number.POSITIVE_INFINITY;
    under.proxy.fate = (method) => {
      if (method !== "GET" || cuts === 0) return "pass";
      cuts -= 1;
      return { cutAfter };
    };
    expect(await fingerprintOf(await opened(store, "long"))).toEqual(await fingerprintOf(someBytes(20 * MIB)));
    expect(under.proxy.requests.filter((line) => line.startsWith("GET")).length).toBeGreaterThan(4);
  });

  it("is given up when no byte comes any more, in bounded time", async () => {
    await under.store.put("long", someBytes(20 * MIB));
    let gets = 0;
    under.proxy.fate = () => {
      gets += 1;
      return { cutAfter: gets === 1 ? 5 * MIB : 0 };
    };
    const problem = await problemOf(fingerprintOf(await opened(store, "long")));
    expect(problem.exitCode).toBe(ExitCode.Unavailable);
  });

  it("never joins two objects", async () => {
    await under.store.put("long", someBytes(20 * MIB));
    let gets = 0;
    under.proxy.fate = () => {
      gets += 1;
      return gets === 1 ? { cutAfter: 5 * MIB } : "pass";
    };
    const body = await opened(store, "long");
    await under.replace("long", Buffer.alloc(20 * MIB, "another"));
    const problem = await problemOf(fingerprintOf(body));
    expect(problem.exitCode).toBe(ExitCode.DataWrong);
    expect(problem.message).toMatch(/long.*replaced or removed/s);
  });

  it("may be slower than the server is patient", async () => {
    await under.store.put("long", someBytes(20 * MIB));
    first(1, { cutAfter: 2 * MIB }, (method) => method === "GET");
    const body = await opened(store, "long");
    await new Promise((resolve) => setTimeout(resolve, 300)); // the connection ends while nobody reads
    expect((await fingerprintOf(body)).bytes).toBe(20 * MIB);
  });
});

describe("a store that dies", () => {
  it("in the middle of an upload ends it, says what stays, and nothing appears", async () => {
    const own = await startS3();
    const dying = await bucketUnderTest(own);
    try {
      const writing = problemOf(dying.store.put("object", stallingAfter(40 * MIB)));
      await expect.poll(() => dying.unfinished()).toEqual(["object"]);
      await own.kill();
      const problem = await writing;
      expect(problem.exitCode).toBe(ExitCode.Unavailable);
      expect(problem.message).toMatch(/cannot be reached.*AbortIncompleteMultipartUpload/s);
      await own.start();
      expect(await keysOf(dying.store)).toEqual([]);
      await dying.store.put("object", someBytes(20 * MIB));
      expect(await keysOf(dying.store)).toEqual(["object"]);
    } finally {
      await dying.close();
      await own.stop();
    }
  });

  it("for a moment, while a long upload runs, is waited for", async () => {
    const own = await startS3();
    const dying = await bucketUnderTest(own);
    try {
      const writing = dying.store.put("object", someBytes(150 * MIB));
      await expect.poll(() => dying.unfinished()).toEqual(["object"]);
      await own.kill();
      await new Promise((resolve) => setTimeout(resolve, 500));
      await own.start();
      await writing;
      expect(await fingerprintOf(await opened(dying.store, "object"))).toEqual(await fingerprintOf(someBytes(150 * MIB)));
      expect(await dying.unfinished()).toEqual([]);
    } finally {
      await dying.close();
      await own.stop();
    }
  });
});

describe("parts", () => {
  const inParts = (maximumParts: number) => {
    const client = s3Client(storeConfig("s3://unused", { endpoint: server.endpoint }), credentialsOf(server));
    return new S3Store(new S3Bucket(client, under.bucket, "", maximumParts, false));
  };

  it("grow when the guess was too low", async () => {
    const few = inParts(10); // eight of 8 MiB, one of 16, one of 32
    await few.put("grown", someBytes(100 * MIB));
    expect(await fingerprintOf(await opened(few, "grown"))).toEqual(await fingerprintOf(someBytes(100 * MIB)));
    await few.close();
  });

  it("end early, with nothing left, when even that is not enough", async () => {
    const few = inParts(3);
    const problem = await problemOf(few.put("outgrown", stallingAfter(40 * MIB)));
    expect(problem.exitCode).toBe(ExitCode.InputOutput);
    expect(problem.message).toMatch(/larger than the 25165824 bytes that 3 parts can hold/);
    expect(await few.read("outgrown")).toBeUndefined();
    expect(await under.unfinished()).toEqual([]);
    await few.close();
  });
});

it("lists over more than one page", async () => {
  const keys = Array.from({ length: 1_103 }, (_, n) => `pages/${String(n).padStart(5, "0")}`);
  for (let n = 0; n < keys.length; n += 32) await Promise.all(keys.slice(n, n + 32).map((key) => under.store.putDocument(key, "x")));
  expect(await keysOf(store, "pages/")).toEqual(keys);
  expect(under.proxy.requests.filter((line) => line.includes("list-type=2"))).toHaveLength(2);
});

it("writes into a bucket under Object Lock, which keeps what it takes", async () => {
  const bucket = `locked-${process.pid}`;
  await server.createBucket(bucket, { objectLock: { mode: "GOVERNANCE", days: 1 } });
  for (const checksums of ["when_supported", "when_required"] as const) {
    const locked = await openStore(
      storeConfig(`s3://${bucket}/${checksums}`, { endpoint: server.endpoint, checksums }),
      credentialsOf(server),
    );
    await locked.putDocument("manifest.json", "x");
    await locked.put("object", someBytes(20 * MIB));
    await assertCreateOnly(locked, "manifest.json");
    expect(await keysOf(locked)).toEqual(["manifest.json", "object"]);
    await locked.close();
  }
});

describe("said in words", () => {
  const openAt = (url: string, environment: Record<string, string> = credentialsOf(server), changes = {}) =>
    openStore(storeConfig(url, { endpoint: server.endpoint, ...changes }), environment);
  const all = async (of: Store) => [
    await problemOf(of.putDocument("a.json", "x")),
    await problemOf(of.put("a.bin", someBytes(20 * MIB))),
    await problemOf(of.put("a.bin", stallingAfter(20 * MIB))),
    await problemOf(of.readDocument("a.json")),
    await problemOf(keysOf(of)),
  ];

  it("a bucket that is missing", async () => {
    for (const problem of await all(await openAt("s3://no-such-bucket"))) {
      expect(problem.exitCode).toBe(ExitCode.Configuration);
      expect(problem.message).toMatch(/s3:\/\/no-such-bucket.*the bucket does not exist/s);
    }
  });

  it("a wrong key, an unknown user, a user who may not", async () => {
    const { AWS_ACCESS_KEY_ID } = credentialsOf(server);
    const nobody = await server.createUser();
    const cases = [
      [{ AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY: "wrong-and-not-to-be-shown" }, /does not accept these credentials/],
      [{ AWS_ACCESS_KEY_ID: "unknown", AWS_SECRET_ACCESS_KEY: "wrong-and-not-to-be-shown" }, /does not accept these credentials/],
      [credentialsOf(nobody), /may not do this.*s3:PutObject/s],
    ] as const;
    for (const [environment, words] of cases) {
      for (const problem of await all(await openAt(`s3://${under.bucket}`, environment))) {
        expect(problem.exitCode).toBe(ExitCode.Permission);
        expect(problem.message).toMatch(words);
        expect(problem.message).not.toContain(environment.AWS_SECRET_ACCESS_KEY);
      }
    }
  });

  it("a user who may write and read, and never delete, is enough for everything", async () => {
    const writer = await server.createUser();
    const allow = (Action: string[], Resource: string) => ({ Effect: "Allow", Principal: { AWS: [writer.accessKey] }, Action, Resource });
    const policy = {
      Version: "2012-10-17",
      Statement: [
        allow(["s3:PutObject", "s3:GetObject", "s3:AbortMultipartUpload"], `arn:aws:s3:::${under.bucket}/*`),
        allow(["s3:ListBucket"], `arn:aws:s3:::${under.bucket}`),
      ],
    };
    await server.client.send(new PutBucketPolicyCommand({ Bucket: under.bucket, Policy: JSON.stringify(policy) }));
    const own = await openAt(`s3://${under.bucket}/prefix`, credentialsOf(writer));
    await assertCreateOnly(own, "probe.json");
    await own.put("object", someBytes(20 * MIB));
    await expect(own.put("dying", dyingAfter(20 * MIB))).rejects.toThrow("the producer died");
    expect(await keysOf(own)).toEqual(["object", "probe.json"]);
    expect((await own.clock("")).getTime()).toBeGreaterThan(Date.now() - 5_000);
    expect(await under.unfinished()).toEqual([]);
  });

  it("another region", async () => {
    for (const problem of await all(await openAt(`s3://${under.bucket}`, undefined, { region: "eu-central-1" }))) {
      expect(problem.exitCode).toBe(ExitCode.Configuration);
      expect(problem.message).toMatch(/another region.*store.region/s);
    }
  });

  it("nobody there", async () => {
    const away = await openAt("s3://bucket", undefined, { endpoint: `http://127.0.0.1:${await freePort()}` });
    const problem = await problemOf(away.putDocument("a.json", "x"));
    expect(problem.exitCode).toBe(ExitCode.Unavailable);
    expect(problem.message).toMatch(/ECONNREFUSED.*store.endpoint/s);
    expect((await problemOf(away.clock(""))).exitCode).toBe(ExitCode.Unavailable);
  });

  it("a host that nobody knows", async () => {
    const unknown = await openAt("s3://bucket", undefined, { endpoint: "http://s3.invalid" });
    const problem = await problemOf(unknown.readDocument("a.json"));
    expect(problem.exitCode).toBe(ExitCode.Unavailable);
    expect(problem.message).toMatch(/s3.invalid.*forcePathStyle/s);
  });

  it.each([
    ["RequestTimeTooSkewed", 403, ExitCode.Configuration, /clocks of this machine and of the store/],
    ["ExpiredToken", 400, ExitCode.Permission, /session token/],
    ["QuotaExceeded", 403, ExitCode.NoSpace, /no room left/],
    ["XMinioStorageFull", 507, ExitCode.NoSpace, /no room left/],
    ["PermanentRedirect", 301, ExitCode.Configuration, /another region/],
    ["NotImplemented", 501, ExitCode.Configuration, /when_required/],
    ["BadDigest", 400, ExitCode.InputOutput, /not the bytes that were sent/],
    ["SomethingNew", 400, ExitCode.InputOutput, /SomethingNew: said by the proxy/],
  ])("%s", async (code, status, exitCode, words) => {
    under.proxy.fate = () => ({ status, code });
    const problem = await problemOf(store.putDocument("a.json", "x"));
    expect(problem.message).toMatch(words);
    expect(problem.exitCode).toBe(exitCode);
  });

  it("a machine whose clock is wrong, by a real server", async () => {
    const client = s3Client(storeConfig("s3://unused", { endpoint: server.endpoint }), credentialsOf(server));
    // The SDK corrects its clock by the server's Date; an offset that always comes back is a clock that it cannot correct.
    Object.defineProperty(client.config, "systemClockOffset", { get: () => 3_600_000, set: () => {} });
    const late = new S3Store(new S3Bucket(client, under.bucket, "", 10_000, false));
    const problem = await problemOf(late.putDocument("a.json", "x"));
    expect(problem.message).toMatch(/clocks of this machine and of the store/);
    expect(problem.exitCode).toBe(ExitCode.Configuration);
    await late.close();
  });

  it("something that is no S3 server", async () => {
    const web = createServer((_, answer) => answer.writeHead(404, { "content-type": "text/html" }).end("<html>not found</html>"));
    await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
    try {
      const wrong = await openAt("s3://bucket", undefined, { endpoint: `http://127.0.0.1:${(web.address() as AddressInfo).port}` });
      expect((await problemOf(wrong.putDocument("a.json", "x"))).message).toMatch(/check that store.endpoint is an S3 server/);
      expect((await problemOf(wrong.readDocument("a.json"))).message).toMatch(/check that store.endpoint is an S3 server/);
      await wrong.close();
    } finally {
      await new Promise((resolve) => web.close(resolve));
    }
  });
});

it("a server that ignores If-None-Match is noticed, and nothing is lost by it", async () => {
  const client = s3Client(storeConfig("s3://unused", { endpoint: server.endpoint }), credentialsOf(server));
  // Taken away before signing: to the server the write is an ordinary one, and it overwrites.
  client.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> };
      delete headers["if-none-match"];
      return next(args);
    },
    { step: "build", priority: "low", name: "ignoreIfNoneMatch" },
  );
  const ignorant = new S3Store(new S3Bucket(client, under.bucket, "", 10_000, false));
  await ignorant.putDocument("begin.json", "begun");
  for (const key of ["begin.json", "probe.json"]) {
    const problem = await problemOf(assertCreateOnly(ignorant, key));
    expect(problem.exitCode).toBe(ExitCode.Configuration);
    expect(problem.message).toMatch(/this store overwrites/);
  }
  expect(await ignorant.readDocument("begin.json")).toBe("begun");
  await ignorant.close();
});

describe("credentials in files", () => {
  const folder = mkdtempSync(join(tmpdir(), "pgkeep-secrets-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const openWith = (environment: Record<string, string>) =>
    openStore(storeConfig(`s3://${under.bucket}`, { endpoint: server.endpoint }), environment);

  it("are read, with the line's end that editors leave", async () => {
    const files = await openWith({
      AWS_ACCESS_KEY_ID_FILE: file("id", `${server.accessKey}\n`),
      AWS_SECRET_ACCESS_KEY_FILE: file("secret", `${server.secretKey}\n`),
    });
    await files.putDocument("a.json", "x");
    await server.client.send(new DeleteObjectCommand({ Bucket: under.bucket, Key: "a.json" }));
    await files.close();
  });

  it.each([
    [
      "missing",
      () => ({ AWS_ACCESS_KEY_ID: "x", AWS_SECRET_ACCESS_KEY_FILE: join(folder, "nowhere") }),
      /AWS_SECRET_ACCESS_KEY_FILE.*cannot be read/s,
    ],
    ["half", () => ({ AWS_ACCESS_KEY_ID: "x" }), /AWS_SECRET_ACCESS_KEY: it is not set/],
    [
      "given twice",
      () => ({ AWS_ACCESS_KEY_ID: "x", AWS_SECRET_ACCESS_KEY: "hidden", AWS_SECRET_ACCESS_KEY_FILE: file("twice", "hidden") }),
      /AWS_SECRET_ACCESS_KEY is set as well/,
    ],
  ])("%s: said in words, without the secret", async (_, environment, words) => {
    const problem = await problemOf((await openWith(environment())).readDocument("a.json"));
    expect(problem.exitCode).toBe(ExitCode.Configuration);
    expect(problem.message).toMatch(words);
    expect(problem.message).not.toContain("hidden");
  });
});
