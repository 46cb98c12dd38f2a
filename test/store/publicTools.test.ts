import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { decodeStages } from "../../packages/agent/src/codec/decodeStages.js";
import { writeStored } from "../../packages/agent/src/codec/writeStored.js";
import { ageProgram, through, zstdProgram } from "./publicTools.js";
import { type FolderUnderTest, folderUnderTest } from "./storeUnderTest.js";
import { MIB, someBytes } from "./streams.js";

let age: string;
const zstd = zstdProgram();
const keys = mkdtempSync(join(tmpdir(), "pgkeep-keys-"));
const files: { identity: string; recipient: string; path: string }[] = [];
beforeAll(async () => {
  age = await ageProgram();
  for (const name of ["operator", "escrow"]) {
    const identity = await generateX25519Identity();
    const path = join(keys, name);
    writeFileSync(path, `# ${name}\n${identity}\n`, { mode: 0o600 });
    files.push({ identity, recipient: await identityToRecipient(identity), path });
  }
}, 600_000);
afterAll(() => rmSync(keys, { recursive: true, force: true }));

let under: FolderUnderTest;
beforeEach(async () => {
  under = await folderUnderTest();
});
afterEach(() => under.close());

const SIZES = [0, 1, 65_536, MIB, 20 * MIB + 3];
const decode = async (bytes: Buffer, codec: ("zstd" | "age")[], identities: string[] = []) => {
  const end = new PassThrough();
  const [plain] = await Promise.all([buffer(end), pipeline([Readable.from([bytes]), ...decodeStages(codec, identities), end])]);
  return plain;
};

describe("our objects are opened by public tools", () => {
  it.each(SIZES)("age -d | zstd -d, by each of the recipients: %d bytes", async (bytes) => {
    const plain = await buffer(someBytes(bytes));
    await writeStored(under.store, "object.zst.age", Readable.from([plain]), {
      level: 3,
      recipients: files.map(({ recipient }) => recipient),
    });
    const object = readFileSync(join(under.folder, "store/object.zst.age"));
    for (const { path } of files) {
      const opened = await through(zstd, ["-d", "-c"], await through(age, ["-d", "-i", path], object));
      expect(opened.equals(plain)).toBe(true);
    }
  });

  it.each(SIZES)("zstd -d, and zstd -t finds its checksums: %d bytes", async (bytes) => {
    const plain = await buffer(someBytes(bytes));
    await writeStored(under.store, "object.zst", Readable.from([plain]), { level: 3 });
    const path = join(under.folder, "store/object.zst");
    expect((await through(zstd, ["-d", "-c"], readFileSync(path))).equals(plain)).toBe(true);
    execFileSync(zstd, ["-t", "-q", path]);
    expect(execFileSync(zstd, ["-l", "-v", path], { encoding: "utf8" })).toMatch(/Check: XXH64/);
  });
});

describe("files of public tools are opened by us", () => {
  it.each(SIZES)("zstd -T2, zstd --no-check, several files in one: %d bytes", async (bytes) => {
    const plain = await buffer(someBytes(bytes));
    for (const options of [["-T2"], ["--no-check"], ["-19", "--long=20"], ["--fast=3"]]) {
      const file = await through(zstd, [...options, "-c"], plain);
      expect((await decode(file, ["zstd"])).equals(plain)).toBe(true);
      expect((await decode(Buffer.concat([file, file]), ["zstd"])).length).toBe(2 * plain.length);
    }
  });

  it.each(SIZES)("age -r: %d bytes", async (bytes) => {
    const plain = await buffer(someBytes(bytes));
    const sealed = await through(
      age,
      files.flatMap(({ recipient }) => ["-r", recipient]),
      plain,
    );
    for (const { identity, path } of files) {
      expect((await decode(sealed, ["age"], [identity])).equals(plain)).toBe(true);
      expect((await decode(sealed, ["age"], [readFileSync(path, "utf8")])).equals(plain)).toBe(true);
    }
  });

  it("an armoured file of age is refused in words", async () => {
    const sealed = await through(age, ["-a", "-r", files[0]?.recipient ?? ""], Buffer.from("x"));
    await expect(decode(sealed, ["age"], [files[0]?.identity ?? ""])).rejects.toThrow("this is not an age file");
  });
});
