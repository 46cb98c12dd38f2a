import { describe, expect, it, test } from "vitest";
import { ExitCode } from "./exitCode.js";
import { parseAgentConfig } from "./parseAgentConfig.js";
import { type Problem, ProblemError } from "./problem.js";

const minimal = { version: 1, cluster: "syntho", databases: ["syntho-core", "syntho-backend"], store: { url: "file:///var/backups" } };
const RECIPIENT = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
const PUBLIC_KEY = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

function problemsOf(value: unknown, ...rest: [((path: readonly PropertyKey[]) => string | undefined)?]): readonly Problem[] {
  try {
    parseAgentConfig(value, ...rest);
  } catch (error) {
    if (error instanceof ProblemError && error.exitCode === ExitCode.Configuration) return error.problems;
    throw error;
  }
  return [];
}

describe("a configuration", () => {
  it("needs four settings and gets defaults for the rest", () => {
    expect(parseAgentConfig(minimal)).toEqual({
      ...minimal,
      connection: { authentication: "password", connectTimeout: 10_000, retryFor: 60_000 },
      store: { url: "file:///var/backups", forcePathStyle: false, checksums: "when_supported" },
      snapshot: { timeout: 30_000, lockTimeout: 10_000, fallback: "fail" },
      dump: { parallel: 2, compressionLevel: 3, rolePasswords: false, waive: [] },
      anomaly: expect.any(Object),
      drill: {},
      application: { images: [], migrations: "auto", migrationQueries: [] },
      objectives: {},
      notify: expect.any(Object),
    });
  });

  it("takes everything there is", () => {
    const whole = {
      ...minimal,
      connection: {
        uri: "postgresql://backup@db/postgres",
        sslmode: "verify-ca",
        sslrootcert: "/ca.pem",
        connectTimeout: "5s",
        retryFor: "0s",
      },
      databases: ["é".repeat(31), "Ünïcode name", "a".repeat(63)],
      store: {
        url: "s3://bucket/prefix",
        endpoint: "http://minio:9000",
        region: "eu-central-1",
        forcePathStyle: true,
        checksums: "when_required",
      },
      snapshot: { timeout: "1m", lockTimeout: "250ms", fallback: "lock" },
      dump: { parallel: 4, compressionLevel: 19, rolePasswords: true, waive: ["subscription:app", "large-objects"], programs: "/usr/bin" },
      files: { root: "/srv/app", paths: [".env", "conf/..hidden"] },
      encryption: { recipients: [RECIPIENT], identityFile: "keys/identity.txt" },
      signing: { privateKeyFile: "k.pem", publicKeys: [PUBLIC_KEY] },
      drill: { connection: { host: "/tmp" }, programs: "/usr/bin", workFolder: "/scratch" },
    };
    expect(parseAgentConfig(whole).connection.retryFor).toBe(0);
  });
});

describe("a configuration is refused", () => {
  test.each<[string, object, string, string | RegExp]>([
    ["without a version", { version: undefined }, "version", "this is missing"],
    ["of a newer version", { version: 2 }, "version", "written for a newer pgkeep"],
    ["of a version that never was", { version: 0 }, "version", "not one of the values"],
    ["with a version in words", { version: "1" }, "version", "not one of the values"],
    ["for a cluster with capitals", { cluster: "Syntho" }, "cluster", "cannot name a cluster"],
    ["for a cluster that is a path", { cluster: "../x" }, "cluster", "cannot name a cluster"],
    ["for a cluster that is empty", { cluster: "" }, "cluster", "cannot name a cluster"],
    ["for two databases with one name", { databases: ["a", "b", "a"] }, "databases[2]", "the same as entry 0"],
    ["for a name of 64 bytes in 33 characters", { databases: ["x", `a${"é".repeat(31)}b`] }, "databases[1]", /64 bytes in UTF-8/],
    ["for a name with NUL", { databases: ["a\0b"] }, "databases[0]", "NUL"],
    ["for an empty name", { databases: [""] }, "databases[0]", "this is empty"],
    ["for a number as a name", { databases: [2024] }, "databases[0]", "this is a number, and a text is wanted"],
    ["without databases", { databases: [] }, "databases", "at least one entry"],
    ["for one database without a list", { databases: "a" }, "databases", "this is a text, and a list is wanted"],
    ["for an empty section", { databases: null }, "databases", "this is empty"],
    ["for a store of a kind there is not", { store: { url: "ftp://b/x" } }, "store.url", "no store of the kind"],
    ["for a region beside Google", { store: { url: "gs://bucket", region: "eu" } }, "store.region", "the store is Google Cloud Storage"],
    [
      "for an account beside S3",
      { store: { url: "s3://bucket", account: "shop" } },
      "store.account",
      "this concerns Azure Blob Storage only",
    ],
    ["for an account that is none", { store: { url: "azblob://shop", account: "Shop" } }, "store.account", "no name of a storage account"],
    ["for an endpoint beside a folder", { store: { url: "file:///x", endpoint: "https://x" } }, "store.endpoint", "S3, Google"],
    ["for S3 settings beside a folder", { store: { url: "file:///x", region: "eu" } }, "store.region", "the store is a folder"],
    [
      "for an endpoint that is no URL",
      { store: { url: "s3://bucket", endpoint: "minio:9000" } },
      "store.endpoint",
      "not the address of a server",
    ],
    ["for a duration without a unit", { snapshot: { timeout: "30" } }, "snapshot.timeout", "not a duration"],
    ["for a duration of nothing", { snapshot: { lockTimeout: "0s" } }, "snapshot.lockTimeout", "reads a zero lock_timeout as forever"],
    ["for a duration that is a number", { snapshot: { timeout: 30 } }, "snapshot.timeout", "a text is wanted"],
    ["for a fallback that is misspelt", { snapshot: { fallback: "pause_standby" } }, "snapshot.fallback", "not one of the values"],
    ["for no parallel dump", { dump: { parallel: 0 } }, "dump.parallel", "too small"],
    ["for half a parallel dump", { dump: { parallel: 1.5 } }, "dump.parallel", "not a whole number"],
    ["for a waiver that is none", { dump: { waive: ["Everything!"] } }, "dump.waive[0]", "no name of a waiver"],
    [
      "for a path that leaves the root",
      { files: { root: "/srv", paths: [".env", "a/../../etc/passwd"] } },
      "files.paths[1]",
      "leaves the root",
    ],
    ["for an absolute path", { files: { root: "/srv", paths: ["/etc/passwd"] } }, "files.paths[0]", "it is absolute"],
    ["for a relative root", { files: { root: "srv", paths: ["x"] } }, "files.root", "must be absolute"],
    ["for no recipient", { encryption: { recipients: [] } }, "encryption.recipients", "at least one entry"],
    [
      "for an escrow key that is the daily one",
      { encryption: { recipients: [RECIPIENT, RECIPIENT] } },
      "encryption.recipients[1]",
      "escrow key",
    ],
    ["for a mistyped recipient", { encryption: { recipients: [RECIPIENT.replace("l3z", "l3y")] } }, "encryption.recipients[0]", "checksum"],
    [
      "for a public key in PEM",
      { signing: { publicKeys: ["-----BEGIN PUBLIC KEY-----"] } },
      "signing.publicKeys[0]",
      "only its last 32 bytes",
    ],
    ["for a short public key", { signing: { publicKeys: ["AAAA"] } }, "signing.publicKeys[0]", "44 characters"],
    ["for sslmode prefer", { connection: { sslmode: "prefer" } }, "connection.sslmode", "can turn encryption off without a word"],
    ["for several hosts", { connection: { uri: "postgresql://a,b/x" } }, "connection.uri", "several hosts are refused"],
    ["for a host with a port", { connection: { host: "db:5432" } }, "connection.host", "the port is a setting of its own"],
    ["for a drill on the source", { drill: { connection: { user: "x" } } }, "drill.connection", "the server that is backed up"],
  ])("%s", (_name, difference, where, reason) => {
    const problems = problemsOf({ ...minimal, ...difference });
    expect(problems).toEqual([expect.objectContaining({ where, reason: expect.stringMatching(reason) })]);
  });

  test.each([[null], [undefined], [[]], ["text"], [7]])("when it is %j", (value) => {
    expect(problemsOf(value)).toEqual([expect.objectContaining({ where: "configuration" })]);
  });

  it("for everything that is wrong at once", () => {
    const problems = problemsOf({
      version: 1,
      cluster: "A",
      databases: ["a", "a", "é".repeat(40)],
      store: { url: "x" },
      dump: { parallel: 99 },
      extra: 1,
    });
    expect(problems.map(({ where }) => where).toSorted()).toEqual([
      "cluster",
      "databases[1]",
      "databases[2]",
      "dump.parallel",
      "extra",
      "store.url",
    ]);
  });

  it("with the place of each problem, where that is known", () => {
    const problems = problemsOf({ ...minimal, databases: ["a", "a"] }, (path) =>
      path.join("/") === "databases/1" ? "pgkeep.yaml:4" : undefined,
    );
    expect(problems[0]?.where).toBe("databases[1] (pgkeep.yaml:4)");
  });
});

describe("an unknown setting", () => {
  test.each<[object, string, string]>([
    [{ database: ["a"] }, "database", "did you mean databases?"],
    [{ connection: { hots: "x" } }, "connection.hots", "did you mean host?"],
    [{ connection: { ssl_mode: "x" } }, "connection.ssl_mode", "did you mean sslmode?"],
    [{ parallel: 2 }, "parallel", "did you mean dump.parallel?"],
    [{ sslmode: "require" }, "sslmode", "did you mean connection.sslmode or drill.connection.sslmode?"],
    [{ colour: {} }, "colour", "remove it"],
    [{ "a b": 1 }, '["a b"]', "remove it"],
  ])("%j is named with what it most likely means", (difference, where, next) => {
    expect(problemsOf({ ...minimal, ...difference })).toEqual([
      expect.objectContaining({ where, reason: "there is no such setting", next }),
    ]);
  });
  it("called __proto__ is one like any other", () => {
    const value = JSON.parse(JSON.stringify(minimal).replace("{", '{"__proto__":{"x":1},'));
    expect(problemsOf(value)).toEqual([expect.objectContaining({ where: "__proto__" })]);
  });
});

describe("a secret", () => {
  const IDENTITY = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";
  const PEM = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIhunter2\n-----END PRIVATE KEY-----";
  test.each<[string, object, string, string]>([
    [
      "an age identity as a recipient",
      { encryption: { recipients: [RECIPIENT, IDENTITY] } },
      "encryption.recipients[1]",
      "encryption.identityFile",
    ],
    [
      "an age identity as its file",
      { encryption: { recipients: [RECIPIENT], identityFile: IDENTITY } },
      "encryption.identityFile",
      "PGKEEP_IDENTITY_FILE",
    ],
    ["a private key as its file", { signing: { privateKeyFile: PEM } }, "signing.privateKeyFile", "signing.privateKeyFile"],
    ["a private key where nothing belongs", { files: { root: PEM, paths: ["x"] } }, "files.root", "signing.privateKeyFile"],
    ["a password in a URI", { connection: { uri: "postgresql://u:hunter2@db/x" } }, "connection.uri", "PGPASSWORD_FILE"],
    ["a password in a URI's parameter", { connection: { uri: "postgresql://db/x?password=hunter2" } }, "connection.uri", "PGPASSWORD_FILE"],
    ["a password field", { connection: { password: "hunter2" } }, "connection.password", "PGPASSWORD_FILE"],
    ["an S3 secret", { store: { url: "s3://bucket", secretAccessKey: "hunter2" } }, "store.secretAccessKey", "AWS_SECRET_ACCESS_KEY"],
    [
      "credentials in an endpoint",
      { store: { url: "s3://bucket", endpoint: "https://key:hunter2@s3" } },
      "store.endpoint",
      "AWS_SECRET_ACCESS_KEY",
    ],
    ["an Azure key", { store: { url: "azblob://shop", accountKey: "hunter2" } }, "store.accountKey", "AZURE_STORAGE_KEY"],
    ["an Azure signature", { store: { url: "azblob://shop", sasToken: "hunter2" } }, "store.sasToken", "AZURE_STORAGE_SAS_TOKEN"],
    ["a Google key's file", { store: { url: "gs://shop", keyFilename: "hunter2" } }, "store.keyFilename", "GOOGLE_APPLICATION_CREDENTIALS"],
    ["an Azure connection string", { store: { url: "AccountName=x;AccountKey=hunter2" } }, "store.url", "AZURE_STORAGE_KEY"],
    ["a signature in an endpoint", { store: { url: "azblob://shop", endpoint: "https://a/?sig=hunter2" } }, "store.endpoint", "SAS_TOKEN"],
    ["credentials in a store's URL", { store: { url: "s3://key:hunter2@bucket" } }, "store.url", "AWS_SECRET_ACCESS_KEY"],
  ])("%s is refused, never repeated, and its place is named", (_name, difference, where, place) => {
    const problems = problemsOf({ ...minimal, ...difference });
    expect(problems).toEqual([expect.objectContaining({ where, next: expect.stringContaining(place) })]);
    expect(JSON.stringify(problems)).not.toMatch(/hunter2|AGE-SECRET-KEY-1G|MC4CAQ/);
  });

  test.each<[string, object]>([
    ["a passphrase as a recipient", { encryption: { recipients: ["hunter2"] } }],
    ["a password in a URI that cannot be read", { connection: { uri: "postgresql://u:hunter2#@db/x" } }],
    ["a URI in another place", { databases: ["postgresql://u:hunter2@db/x".padEnd(80, "x")] }],
    ["a group in a place for text", { cluster: { password: "hunter2" } }],
    ["an unknown group", { credentials: { password: "hunter2" } }],
    ["a private key as the name of a setting", { [`${IDENTITY}hunter2`]: 1 }],
    ["a broken endpoint", { store: { url: "s3://bucket", endpoint: "ftp://key:hunter2@s3" } }],
  ])("%s is never repeated", (_name, difference) => {
    const problems = problemsOf({ ...minimal, ...difference });
    expect(problems.length).toBeGreaterThan(0);
    expect(JSON.stringify(problems)).not.toContain("hunter2");
  });
});
