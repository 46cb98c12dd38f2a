import { createServer, type IncomingHttpHeaders } from "node:http";
import { ExitCode } from "@pgkeep/core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { assertCreateOnly } from "../../packages/agent/src/store/assertCreateOnly.js";
import { openStore } from "../../packages/agent/src/store/openStore.js";
import { ObjectExistsError, type Store } from "../../packages/agent/src/store/Store.js";
import { startAzurite, type TestAzurite } from "../support/azuriteServer.js";
import { freePort } from "../support/freePort.js";
import { startGcs, type TestGcs } from "../support/gcsServer.js";
import { problemOf } from "../support/problemOf.js";
import { keysOf, opened } from "./reading.js";
import type { Fate } from "./storeProxy.js";
import { azureEnvironment, azureUnderTest, gcsUnderTest, type RemoteUnderTest, storeConfig } from "./storeUnderTest.js";
import { fingerprintOf, MIB, someBytes, stallingAfter } from "./streams.js";

type Kind = (method: string, url: URL, headers: IncomingHttpHeaders) => boolean;

/** What differs between the two services. */
interface Service {
  start(): Promise<{ under(): Promise<RemoteUnderTest>; at(url: string, endpoint?: string): Promise<Store>; stop(): Promise<void> }>;
  /** `scheme://missing` names a bucket that does not exist. */
  missing: string;
  isDocument: Kind;
  isPart: Kind;
  isCompletion: Kind;
  busy: string;
  /** Refusals: code, status, exit code and words. */
  refusals: [code: string, status: number, exitCode: ExitCode, words: RegExp][];
}

const google: Service = {
  start: async () => {
    const server: TestGcs = await startGcs();
    return {
      under: () => gcsUnderTest(server, "prefix"),
      at: (url, endpoint = server.endpoint) => openStore(storeConfig(url, { endpoint }), {}),
      stop: () => server.stop(),
    };
  },
  missing: "gs://no-such-bucket",
  isDocument: (method, url) => method === "POST" && url.searchParams.get("uploadType") === "multipart",
  isPart: (method, url, headers) =>
    method === "PUT" && url.searchParams.has("upload_id") && /^bytes \d+-\d+\/\*$/.test(headers["content-range"] ?? ""),
  isCompletion: (method, url, headers) =>
    method === "PUT" && url.searchParams.has("upload_id") && /^bytes \S+\/\d+$/.test(headers["content-range"] ?? ""),
  busy: "backendError",
  refusals: [
    ["forbidden", 403, ExitCode.Permission, /may not do this.*storage.objects.create/s],
    ["authError", 401, ExitCode.Permission, /does not accept these credentials.*GOOGLE_APPLICATION_CREDENTIALS/s],
    ["userProjectMissing", 400, ExitCode.Configuration, /GOOGLE_CLOUD_QUOTA_PROJECT/],
    ["quotaExceeded", 403, ExitCode.NoSpace, /quota/],
    ["somethingNew", 400, ExitCode.InputOutput, /somethingNew: said by the proxy/],
  ],
};

const azure: Service = {
  start: async () => {
    const server: TestAzurite = await startAzurite();
    return {
      under: () => azureUnderTest(server, "prefix"),
      at: (url, endpoint = server.endpoint) => openStore(storeConfig(url, { endpoint }), azureEnvironment(server)),
      stop: () => server.stop(),
    };
  },
  missing: "azblob://no-such-container",
  isDocument: (method, url) => method === "PUT" && !url.searchParams.has("comp"),
  isPart: (method, url) => method === "PUT" && url.searchParams.get("comp") === "block",
  isCompletion: (method, url) => method === "PUT" && url.searchParams.get("comp") === "blocklist",
  busy: "ServerBusy",
  refusals: [
    ["AuthorizationPermissionMismatch", 403, ExitCode.Permission, /may not do this.*shared access signature/s],
    ["AuthenticationFailed", 403, ExitCode.Permission, /does not accept these credentials.*AZURE_STORAGE_KEY/s],
    ["KeyBasedAuthenticationNotPermitted", 403, ExitCode.Permission, /takes no keys/],
    ["AccountSizeLimitExceeded", 409, ExitCode.NoSpace, /no room left/],
    ["FeatureNotSupportedByAccount", 409, ExitCode.Configuration, /does not know this part/],
    ["Md5Mismatch", 400, ExitCode.InputOutput, /not the bytes that were sent/],
    ["SomethingNew", 400, ExitCode.InputOutput, /SomethingNew/],
  ],
};

describe.each([
  ["Google Cloud Storage", google],
  ["Azure Blob Storage", azure],
])("%s", (_name, service) => {
  let running: Awaited<ReturnType<Service["start"]>>;
  beforeAll(async () => {
    running = await service.start();
  });
  afterAll(() => running?.stop());

  let under: RemoteUnderTest;
  /** Through the proxy. */
  let store: Store;
  beforeEach(async () => {
    under = await running.under();
    store = under.atomic;
  });
  afterEach(() => under.close());

  /** A fate for the first requests of a kind; the others pass. */
  const first = (times: number, fate: Fate, kind: Kind) => {
    let left = times;
    under.proxy.fate = (method, url, headers) => {
      if (!kind(method, url, headers) || left === 0) return "pass";
      left -= 1;
      return fate;
    };
  };
  const anyWrite: Kind = (...request) => service.isDocument(...request) || service.isPart(...request) || service.isCompletion(...request);

  it("reads a lost answer back: our own document or stream is success", async () => {
    first(1, "lose-answer", service.isDocument);
    await store.putDocument("manifest.json", "ours");
    expect(await store.readDocument("manifest.json")).toBe("ours");
    for (const [key, kind] of [
      ["part", service.isPart],
      ["completion", service.isCompletion],
    ] as const) {
      first(1, "lose-answer", kind);
      await store.put(key, someBytes(40 * MIB));
      expect(await fingerprintOf(await opened(store, key))).toEqual(await fingerprintOf(someBytes(40 * MIB)));
    }
    expect(await under.unfinished()).toEqual([]);
  });

  it("is not success when the object is somebody else's", async () => {
    await under.store.putDocument("manifest.json", "ours");
    first(1, "lose-answer", service.isDocument);
    await expect(store.putDocument("manifest.json", "ours")).rejects.toThrow(ObjectExistsError);
    first(1, "lose-answer", service.isCompletion);
    await expect(store.put("manifest.json", someBytes(20 * MIB))).rejects.toThrow(ObjectExistsError);
    expect(await under.store.readDocument("manifest.json")).toBe("ours");
    expect(await under.unfinished()).toEqual([]);
  });

  it("asks again a server that is busy or away for a moment", async () => {
    for (const [name, fate] of [
      ["lost", "lose-request"],
      ["busy", { status: 503, code: service.busy }],
    ] satisfies [string, Fate][]) {
      first(2, fate, service.isDocument);
      await store.putDocument(`retry/${name}`, "x");
      first(3, fate, anyWrite);
      await store.put(`retry/${name}-parts`, someBytes(40 * MIB));
      first(1, fate, (method) => method === "GET");
      expect(await keysOf(store, `retry/${name}`)).toHaveLength(2);
    }
    expect(await fingerprintOf(await opened(store, "retry/lost-parts"))).toEqual(await fingerprintOf(someBytes(40 * MIB)));
    expect(await under.unfinished()).toEqual([]);
  });

  it("gives up when it stays so, with nothing left", async () => {
    under.proxy.fate = (...request) => (service.isPart(...request) ? { status: 503, code: service.busy } : "pass");
    const body = stallingAfter(40 * MIB);
    const impatient = await under.impatient();
    const problem = await problemOf(impatient.put("busy", body));
    await impatient.close();
    expect(problem.exitCode).toBe(ExitCode.Unavailable);
    expect(problem.message).toMatch(/busy.*overloaded/s);
    expect(body.destroyed).toBe(true);
    expect(await keysOf(under.store)).toEqual([]);
    expect(await under.unfinished()).toEqual([]);
  });

  it.each([0, 3 * MIB + 5])("takes a read up again whose connections end after %d bytes", async (cutAfter) => {
    await under.store.put("long", someBytes(20 * MIB));
    let cuts = cutAfter === 0 ? 3 : Number.POSITIVE_INFINITY;
    under.proxy.fate = (method) => {
      if (method !== "GET" || cuts === 0) return "pass";
      cuts -= 1;
      return { cutAfter };
    };
    expect(await fingerprintOf(await opened(store, "long"))).toEqual(await fingerprintOf(someBytes(20 * MIB)));
    expect(under.proxy.requests.filter((line) => line.startsWith("GET")).length).toBeGreaterThan(3);
  });

  it("gives a read up when no byte comes any more", async () => {
    await under.store.put("long", someBytes(20 * MIB));
    let gets = 0;
    under.proxy.fate = () => {
      gets += 1;
      return { cutAfter: gets === 1 ? 5 * MIB : 0 };
    };
    expect((await problemOf(fingerprintOf(await opened(store, "long")))).exitCode).toBe(ExitCode.Unavailable);
  });

  it("never joins two objects", async () => {
    await under.store.put("long", someBytes(20 * MIB));
    first(1, { cutAfter: 5 * MIB }, (method) => method === "GET");
    const body = await opened(store, "long");
    await under.replace("long", Buffer.alloc(20 * MIB, "another"));
    const problem = await problemOf(fingerprintOf(body));
    expect(problem.exitCode).toBe(ExitCode.DataWrong);
    expect(problem.message).toMatch(/long.*replaced or removed/s);
  });

  it("says in words that a bucket is missing, wherever it shows", async () => {
    const away = await running.at(service.missing);
    for (const work of [
      () => away.putDocument("a.json", "x"),
      () => away.put("a.bin", someBytes(20 * MIB)),
      () => away.put("a.bin", stallingAfter(40 * MIB)),
      () => away.readDocument("a.json"),
      () => keysOf(away),
      () => away.remove("a.json"),
    ]) {
      const problem = await problemOf(work());
      expect(problem.message).toMatch(/no-such-(bucket|container).*the (bucket|container) does not exist/s);
      expect(problem.exitCode).toBe(ExitCode.Configuration);
    }
    await away.close();
  });

  it("says in words that nobody is there, or something else", async () => {
    const port = await freePort();
    const web = createServer((_, answer) => answer.writeHead(400, { "content-type": "text/html" }).end("<html>not here</html>"));
    await new Promise<void>((resolve) => web.listen(port, "127.0.0.1", resolve));
    const away = await running.at(under.store.description, `http://127.0.0.1:${port}`);
    expect((await problemOf(away.putDocument("a.json", "x"))).message).toMatch(/refused the request.*check that store.endpoint/s);
    await new Promise((resolve) => web.close(resolve));
    await away.close();
    under.proxy.fate = () => "lose-request";
    const impatient = await under.impatient();
    for (const work of [() => impatient.putDocument("a.json", "x"), () => impatient.clock(""), () => keysOf(impatient)]) {
      const problem = await problemOf(work());
      expect(problem.message).toMatch(/cannot be reached, or the connection to it was lost/);
      expect(problem.exitCode).toBe(ExitCode.Unavailable);
    }
    await impatient.close();
  });

  it("says every refusal in words", async () => {
    for (const [code, status, exitCode, words] of service.refusals) {
      under.proxy.fate = () => ({ status, code });
      for (const work of [() => store.putDocument("a.json", "x"), () => keysOf(store)]) {
        const problem = await problemOf(work());
        expect(problem.message).toMatch(words);
        expect([code, problem.exitCode]).toEqual([code, exitCode]);
      }
    }
  });

  it("asks for the time even where nothing else is allowed", async () => {
    under.proxy.fate = () => ({ status: 403, code: "forbidden", headers: { date: "Sat, 21 Nov 2026 02:00:00 GMT" } });
    expect(await store.clock("")).toEqual(new Date("2026-11-21T02:00:00Z"));
  });

  it("is refused where it overwrites", async () => {
    await store.putDocument("begin.json", "begun");
    await assertCreateOnly(store, "begin.json");
    const overwriting = new Proxy(store, {
      get: (target, name: keyof Store) => {
        if (name === "putDocument") return (key: string, text: string) => under.replace(key, Buffer.from(text));
        const property = target[name];
        return typeof property === "function" ? property.bind(target) : property;
      },
    });
    const problem = await problemOf(assertCreateOnly(overwriting, "begin.json"));
    expect(problem.exitCode).toBe(ExitCode.Configuration);
    expect(problem.message).toMatch(/this store overwrites/);
  });
});
