import { generateKeyPairSync } from "node:crypto";
import { copyFileSync, readFileSync, renameSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { canonicalJson, type DrillResult, ExitCode, type Manifest, ProblemError, storeLayout, Verdict } from "@pgkeep/core";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runDrill } from "../../packages/agent/src/drill/drill.js";
import { readManifest } from "../../packages/agent/src/manifest/readManifest.js";
import { publicKeyText, sealManifest } from "../../packages/agent/src/manifest/seal.js";
import { silentReporter } from "../../packages/agent/src/reporter.js";
import { runRestore } from "../../packages/agent/src/restore/runRestore.js";
import { backUp, newFolderStore, type TestStore, testConfig } from "../support/backupRun.js";
import { startPostgres, type TestServer } from "../support/postgresServer.js";

/** What may happen to an object that lies in a store, and the object it happens to. */
type Damage = (file: string, other: string) => void;

const cutTo = (share: number): Damage => {
  return (file) => truncateSync(file, Math.floor(readFileSync(file).length * share));
};
const flipAt = (share: number): Damage => {
  return (file) => {
    const bytes = readFileSync(file);
    const at = Math.min(bytes.length - 1, Math.floor(bytes.length * share));
    bytes[at] = (bytes[at] ?? 0) ^ 0x10;
    writeFileSync(file, bytes);
  };
};

const damages: [string, Damage][] = [
  ["emptied", (file) => truncateSync(file, 0)],
  ...[0.01, 0.05, 0.5, 0.99].map((share): [string, Damage] => [`cut to ${share * 100} %`, cutTo(share)]),
  ...[0, 0.001, 0.1, 0.37, 0.5, 0.73, 0.9, 1].map((share): [string, Damage] => [`with one bit flipped at ${share * 100} %`, flipAt(share)]),
  ["lengthened by a byte", (file) => writeFileSync(file, Buffer.concat([readFileSync(file), Buffer.from([0])]))],
  ["replaced by another database's", (file, other) => copyFileSync(other, file)],
  ["lost", (file) => renameSync(file, `${file}.lost`)],
];

describe.each([
  ["encrypted", true],
  ["plain", false],
])("an %s object that was damaged in the store", (_, encrypted) => {
  let server: TestServer;
  let target: TestStore;
  let identity: string;
  let manifest: Manifest;
  let earlier: Manifest;

  beforeAll(async () => {
    server = await startPostgres({ major: 16 });
    target = await newFolderStore();
    identity = await generateX25519Identity();
    for (const name of ["first", "second"]) {
      await server.psql(`CREATE DATABASE ${name}`);
      await server.psql(`CREATE TABLE t AS SELECT n, md5(n::text || '${name}') AS words FROM generate_series(1, 20000) n`, name);
    }
    const config = encrypted ? { encryption: { recipients: [await identityToRecipient(identity)] } } : {};
    const run = () => backUp({ connection: server.connection, store: target.store, databases: ["first", "second"], config });
    ({ manifest: earlier } = await run());
    await server.psql("UPDATE t SET words = words || 'later'", "first");
    ({ manifest } = await run());
  });
  afterAll(async () => {
    await server?.stop();
    await target?.remove();
  });

  const file = (of: Manifest, index: number) => join(target.folder, of.databases[index]?.object.key ?? "missing");
  const drill = (identities = [identity]): Promise<DrillResult> =>
    runDrill({ config: testConfig(["first", "second"]), store: target.store, manifest, identities, reporter: silentReporter });

  /** Does something to the first database's object, and takes it back afterwards. */
  async function damaged<Result>(damage: Damage, other: string, work: () => Promise<Result>): Promise<Result> {
    const path = file(manifest, 0);
    const whole = readFileSync(path);
    try {
      damage(path, other);
      return await work();
    } finally {
      writeFileSync(path, whole);
    }
  }

  it("would pass untouched", async () => expect((await drill()).verdict).toBe(Verdict.Pass));

  it.each(damages)("fails its drill: %s", async (_name, damage) => {
    const result = await damaged(damage, file(manifest, 1), drill);
    expect(result.verdict).toBe(Verdict.Fail);
    expect(JSON.stringify(result.checks)).toContain(manifest.databases[0]?.object.key);
  });

  it("fails its drill: swapped with that of another recovery point", async () => {
    expect((await damaged((path, other) => copyFileSync(other, path), file(earlier, 0), drill)).verdict).toBe(Verdict.Fail);
  });

  it("is not restored, and what exists stays", async () => {
    const before = await server.psql("SELECT count(*), min(words) FROM t", "first");
    const restore = () =>
      runRestore({
        store: target.store,
        manifest,
        identities: [identity],
        connection: server.connection,
        databases: [{ name: "first" }],
        yesReplace: ["first"],
        reporter: silentReporter,
      });
    await expect(damaged(flipAt(0.9), "", restore)).rejects.toMatchObject({ exitCode: ExitCode.DataWrong });
    expect(await server.psql("SELECT count(*), min(words) FROM t", "first")).toBe(before);
    expect(await server.psql("SELECT datname FROM pg_database WHERE datname ~ 'pgkeep'")).toBe("");
  });

  if (!encrypted) return;
  it("is not opened by another key, which says nothing about the recovery point", async () => {
    await expect(drill([await generateX25519Identity()])).rejects.toMatchObject({ exitCode: ExitCode.CouldNotVerify });
    await expect(drill([])).rejects.toBeInstanceOf(ProblemError);
  });
});

describe("a manifest", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const forger = generateKeyPairSync("ed25519").privateKey;
  const layout = storeLayout("test");
  let server: TestServer;
  let target: TestStore;
  let manifest: Manifest;

  beforeAll(async () => {
    server = await startPostgres({ major: 16 });
    target = await newFolderStore();
    ({ manifest } = await backUp({ connection: server.connection, store: target.store, databases: ["postgres"] }));
  });
  afterAll(async () => {
    await server?.stop();
    await target?.remove();
  });

  const path = () => join(target.folder, layout.manifest(manifest.id));
  const read = (publicKeys: string[] = []) => readManifest(target.store, layout, manifest.id, publicKeys);
  const write = (document: unknown) => writeFileSync(path(), JSON.stringify(document));
  const draft = () => {
    const { checksum: _, signature: __, ...rest } = manifest;
    return rest;
  };

  it("that was edited is found by its own checksum", async () => {
    write({ ...manifest, waived: ["something"] });
    await expect(read()).rejects.toMatchObject({ exitCode: ExitCode.DataWrong, message: expect.stringContaining("checksum") });
  });

  it("of one flipped bit anywhere is found", async () => {
    const bytes = Buffer.from(`${JSON.stringify(manifest)}\n`);
    const undetected: number[] = [];
    for (let at = 0; at < bytes.length; at += 7) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ 0x01;
      writeFileSync(path(), flipped);
      const seen = await read().catch((error: unknown) => error);
      // White space at the end may change without the document changing.
      if (!(seen instanceof ProblemError) && canonicalJson(seen) !== canonicalJson(manifest)) undetected.push(at);
    }
    expect(undetected).toEqual([]);
  });

  it("that was cut is found", async () => {
    const text = JSON.stringify(manifest);
    for (const share of [0, 0.01, 0.5, 0.99]) {
      writeFileSync(path(), text.slice(0, Math.floor(text.length * share)));
      await expect(read()).rejects.toMatchObject({ exitCode: ExitCode.DataWrong });
    }
  });

  it("that was edited on purpose, checksum and all, is found by its signature", async () => {
    write(sealManifest({ ...draft(), waived: ["forged"] }, forger));
    await expect(read()).resolves.toMatchObject({ waived: ["forged"] });
    await expect(read([publicKeyText(publicKey)])).rejects.toMatchObject({
      exitCode: ExitCode.DataWrong,
      message: expect.stringContaining("signature"),
    });
    const signed = sealManifest(draft(), privateKey);
    write({ ...sealManifest({ ...draft(), waived: ["forged"] }), signature: signed.signature });
    await expect(read([publicKeyText(publicKey)])).rejects.toThrow("signature");
  });

  it("that is not signed is refused where a key is configured, and accepted once it is", async () => {
    write(manifest);
    await expect(read([publicKeyText(publicKey)])).rejects.toThrow("not signed");
    write(sealManifest(draft(), privateKey));
    await expect(read([publicKeyText(publicKey)])).resolves.toMatchObject({ id: manifest.id });
  });

  it("under another's name is refused", async () => {
    write(manifest);
    const other = manifest.id.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
    copyFileSync(path(), join(target.folder, layout.manifest(other)));
    await expect(readManifest(target.store, layout, other, [])).rejects.toThrow("another recovery point");
  });
});
