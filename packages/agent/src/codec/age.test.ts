import { randomBytes } from "node:crypto";
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { beforeAll, describe, expect, it } from "vitest";
import { AgeDecryption } from "./AgeDecryption.js";
import { AgeEncryption } from "./AgeEncryption.js";
import { inChunks, throughStages } from "./throughStages.fixture.js";

const CHUNK = 65_536;
const SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 5];
let identity: string;
let recipient: string;
beforeAll(async () => {
  identity = await generateX25519Identity();
  recipient = await identityToRecipient(identity);
});

const encrypt = (plain: Buffer, chunk = 50_000, recipients = [recipient]) =>
  throughStages([new AgeEncryption(recipients)], inChunks(plain, chunk));
const decrypt = (sealed: Buffer, chunk = 50_000, identities = [identity]) =>
  throughStages([new AgeDecryption(identities)], inChunks(sealed, chunk));

describe("age, against age-encryption's own implementation", () => {
  it.each(SIZES)("it opens what we seal: %d bytes", async (size) => {
    const plain = randomBytes(size);
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    expect(Buffer.from(await decrypter.decrypt(await encrypt(plain))).equals(plain)).toBe(true);
  });

  it.each(SIZES)("we open what it seals: %d bytes", async (size) => {
    const plain = randomBytes(size);
    const encrypter = new Encrypter();
    encrypter.addRecipient(recipient);
    const sealed = Buffer.from(await encrypter.encrypt(plain));
    for (const chunk of [7, CHUNK, CHUNK + 16, 1_000_000]) expect((await decrypt(sealed, chunk)).equals(plain)).toBe(true);
  });

  it("any of several recipients opens it, from a whole key file", async () => {
    const escrow = await generateX25519Identity();
    const sealed = await encrypt(Buffer.from("for both"), 3, [recipient, await identityToRecipient(escrow)]);
    expect((await decrypt(sealed, 1)).toString()).toBe("for both");
    expect((await decrypt(sealed, 1_000, [`# created: 2026-11-21\n# public key: age1…\n${escrow}\n`])).toString()).toBe("for both");
  });

  it("the same text is never sealed alike", async () => {
    expect((await encrypt(Buffer.from("x"))).equals(await encrypt(Buffer.from("x")))).toBe(false);
  });
});

describe("refused", () => {
  const plain = randomBytes(2 * CHUNK + 100);

  it("by anybody else's identity", async () => {
    const sealed = await encrypt(plain);
    await expect(decrypt(sealed, 1_000, [await generateX25519Identity()])).rejects.toThrow("none of the identities given opens it");
  });

  it("cut anywhere, at chunk borders too", async () => {
    const sealed = await encrypt(plain);
    const payload = sealed.indexOf("\n", sealed.indexOf("\n--- ") + 1) + 1 + 16;
    for (const length of [
      0,
      1,
      20,
      100,
      payload - 17,
      payload - 16,
      payload - 1,
      payload,
      payload + 15,
      payload + CHUNK + 16,
      payload + 2 * (CHUNK + 16),
      sealed.length - 1,
    ]) {
      await expect(decrypt(sealed.subarray(0, length)), `cut at ${length}`).rejects.toThrow(/^age: /);
    }
  });

  it("with any byte flipped", async () => {
    const sealed = await encrypt(plain);
    const headerEnd = sealed.indexOf("\n", sealed.indexOf("\n--- ") + 1);
    const positions = [
      ...Array(headerEnd + 40).keys(),
      ...Array.from({ length: 60 }, () => Math.floor(Math.random() * sealed.length)),
      sealed.length - 1,
    ];
    for (const position of positions) {
      const damaged = Buffer.from(sealed);
      damaged[position] = (damaged[position] ?? 0) ^ 0x01;
      await expect(decrypt(damaged), `byte ${position}`).rejects.toThrow(/^age: /);
    }
  });

  it("with chunks swapped, or more behind them", async () => {
    const sealed = await encrypt(plain);
    const payload = sealed.indexOf("\n", sealed.indexOf("\n--- ") + 1) + 1 + 16;
    const chunk = (n: number) => sealed.subarray(payload + n * (CHUNK + 16), payload + (n + 1) * (CHUNK + 16));
    await expect(decrypt(Buffer.concat([sealed.subarray(0, payload), chunk(1), chunk(0), chunk(2)]))).rejects.toThrow("not authentic");
    await expect(decrypt(Buffer.concat([sealed, Buffer.from("x")]))).rejects.toThrow("not authentic");
  });

  it("text that is no age file, however long its header pretends to be", async () => {
    await expect(decrypt(Buffer.from("PGDMP"))).rejects.toThrow("this is not an age file");
    await expect(decrypt(Buffer.concat([Buffer.from("age-encryption.org/v1\n"), Buffer.alloc(2 * 1024 * 1024, "-> x\n")]))).rejects.toThrow(
      "does not end",
    );
  });

  it("recipients and identities that are none, without showing a secret", () => {
    expect(() => new AgeEncryption(["age1nonsense"])).toThrow(/age1nonsense/);
    expect(() => new AgeEncryption([recipient.slice(0, -1)])).toThrow(/encryption.recipients/);
    expect(() => new AgeDecryption([])).toThrow(/no age identity was given/);
    const broken = identity.slice(0, -3);
    expect(() => new AgeDecryption([broken])).toThrow(/cannot be read/);
    try {
      new AgeDecryption([broken]);
    } catch (error) {
      expect(String(error)).not.toContain(broken.slice(20, 40));
    }
  });
});
