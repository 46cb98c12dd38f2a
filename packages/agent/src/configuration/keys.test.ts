import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { ExitCode } from "@pgkeep/core";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { describe, expect, it, test } from "vitest";
import { publicKeyText } from "../manifest/seal.js";
import { findSigningKey, loadIdentities, loadSigningKey } from "./keys.js";
import { temporaryFile } from "./temporaryFolder.fixture.js";

const RECIPIENT = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
const refusal = (part: string) => expect.objectContaining({ exitCode: ExitCode.Configuration, message: expect.stringContaining(part) });

describe("age identities", () => {
  it("come from the configured file, the variable or its file, in age-keygen's form", async () => {
    const [one, two] = [await generateX25519Identity(), await generateX25519Identity()];
    const text = `# created: today\n# public key: ${await identityToRecipient(one)}\n${one}\n\r\n  ${two}  \n`;
    const file = await temporaryFile("identity.txt", text);
    expect(await loadIdentities({ encryption: { recipients: [RECIPIENT], identityFile: file } }, { PGKEEP_IDENTITY: "ignored" })).toEqual([
      one,
      two,
    ]);
    expect(await loadIdentities({}, { PGKEEP_IDENTITY_FILE: file })).toEqual([one, two]);
    expect(await loadIdentities({}, { PGKEEP_IDENTITY: one })).toEqual([one]);
    expect(await loadIdentities({}, {})).toEqual([]);
  });

  test.each([
    ["a public key", RECIPIENT, "line 1: this is a public key"],
    ["an identity that lost its end", "AGE-SECRET-KEY-1HUNTER2", "a character of it was lost"],
    ["a passphrase", "hunter2", "this is not an age identity"],
    ["an identity behind a passphrase", "-----BEGIN AGE ENCRYPTED FILE-----\nhunter2", "encrypted with a passphrase"],
    ["an SSH key", "-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2", "SSH and PEM keys are not supported"],
    ["a plugin's identity", "AGE-PLUGIN-YUBIKEY-1HUNTER2", "a plugin program"],
    ["only comments", "# hunter2\n", "there is no identity in it"],
  ])("are refused when they are %s, which is not repeated", async (_name, text, reason) => {
    await expect(loadIdentities({}, { PGKEEP_IDENTITY: text })).rejects.toThrow(refusal(reason));
    await expect(loadIdentities({}, { PGKEEP_IDENTITY: text })).rejects.not.toThrow(/hunter2/i);
  });
  it("are refused when others can read their file", async () => {
    const identityFile = await temporaryFile("identity.txt", await generateX25519Identity(), 0o644);
    await expect(loadIdentities({ encryption: { recipients: [RECIPIENT], identityFile } }, {})).rejects.toThrow(refusal("chmod 600"));
  });
});

const pem = (key: KeyObject) => key.export({ type: "pkcs8", format: "pem" }).toString();

describe("the signing key", () => {
  const { privateKey } = generateKeyPairSync("ed25519");
  const publicKey = publicKeyText(privateKey);
  const other = publicKeyText(generateKeyPairSync("ed25519").privateKey);

  it("comes from the configured file, the variable or its file", async () => {
    const file = await temporaryFile("key.pem", pem(privateKey));
    for (const key of [
      await loadSigningKey({ signing: { privateKeyFile: file, publicKeys: [other, publicKey] } }, {}),
      await loadSigningKey({}, { PGKEEP_SIGNING_KEY: pem(privateKey) }),
      await loadSigningKey({}, { PGKEEP_SIGNING_KEY_FILE: file }),
    ]) {
      expect(key?.equals(privateKey)).toBe(true);
    }
  });
  it("may be missing, unless signatures are demanded of a backup", async () => {
    expect(await loadSigningKey({}, {})).toBeUndefined();
    expect(await findSigningKey({ signing: { publicKeys: [publicKey] } }, {})).toBeUndefined();
    await expect(loadSigningKey({ signing: { publicKeys: [publicKey] } }, {})).rejects.toThrow(refusal("there is no key to sign with"));
  });
  it("is refused when its public key is not among those that readers accept", async () => {
    const act = loadSigningKey({ signing: { publicKeys: [other] } }, { PGKEEP_SIGNING_KEY: pem(privateKey) });
    await expect(act).rejects.toThrow(refusal("not in signing.publicKeys"));
  });

  const encrypted = privateKey.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" }).toString();
  test.each([
    ["of another kind", pem(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey), "a key of the kind ec"],
    ["behind a passphrase", encrypted, "protected by a passphrase"],
    ["the public half", generateKeyPairSync("ed25519").publicKey.export({ type: "spki", format: "pem" }).toString(), "the public half"],
    ["no key at all", "hunter2", "cannot be read as a private key"],
    ["cut", pem(privateKey).slice(0, 60), "cannot be read as a private key"],
  ])("is refused when it is %s", async (_name, text, reason) => {
    await expect(loadSigningKey({}, { PGKEEP_SIGNING_KEY: text })).rejects.toThrow(refusal(reason));
    await expect(loadSigningKey({}, { PGKEEP_SIGNING_KEY: text })).rejects.not.toThrow("hunter2");
  });
});
