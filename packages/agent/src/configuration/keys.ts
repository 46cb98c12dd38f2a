import { createPrivateKey, type KeyObject } from "node:crypto";
import { type AgentConfig, ExitCode, ProblemError } from "@pgkeep/core";
import { publicKeyText } from "../manifest/seal.js";
import type { Environment } from "./Environment.js";
import { parseIdentities } from "./parseIdentities.js";
import { readPrivateFile } from "./readPrivateFile.js";
import { readSecret, readSecretFile } from "./readSecret.js";

type KeyConfig = Pick<AgentConfig, "encryption" | "signing">;

/**
 * The age identities that can decrypt: from `encryption.identityFile`, else PGKEEP_IDENTITY or PGKEEP_IDENTITY_FILE, in the form that `age-keygen`
 * writes. Empty when there are none: a backup needs none.
 */
export async function loadIdentities(config: KeyConfig, environment: Environment): Promise<string[]> {
  const path = config.encryption?.identityFile;
  if (path !== undefined) return parseIdentities(await readPrivateFile(path, "encryption.identityFile"), "encryption.identityFile");
  const text = await readSecret(environment, "PGKEEP_IDENTITY");
  if (text === undefined) return [];
  return parseIdentities(text, environment.PGKEEP_IDENTITY ? "PGKEEP_IDENTITY" : "PGKEEP_IDENTITY_FILE");
}

/**
 * The ed25519 key that a backup signs its manifest with, as `findSigningKey` finds it. Throws also when there is none although public keys are
 * configured: unsigned manifests would be committed and then refused by every reader. That is found now, not when one is needed.
 */
export async function loadSigningKey(config: KeyConfig, environment: Environment): Promise<KeyObject | undefined> {
  const key = await findSigningKey(config, environment);
  if (key || (config.signing?.publicKeys ?? []).length === 0) return key;
  throw new ProblemError(ExitCode.Configuration, {
    where: "signing.privateKeyFile",
    reason: "signing.publicKeys demands signatures and there is no key to sign with, so every reader would refuse the recovery points",
    next: "name the key's file in signing.privateKeyFile or PGKEEP_SIGNING_KEY_FILE, or remove signing.publicKeys",
  });
}

/**
 * The ed25519 key that signs manifests: from `signing.privateKeyFile`, else PGKEEP_SIGNING_KEY or PGKEEP_SIGNING_KEY_FILE, as PEM. Undefined where
 * there is none, as on a machine that only restores. Where public keys are configured its own must be among them.
 */
export async function findSigningKey(config: KeyConfig, environment: Environment): Promise<KeyObject | undefined> {
  const path = config.signing?.privateKeyFile;
  const pem =
    path === undefined ? await readSecret(environment, "PGKEEP_SIGNING_KEY") : await readSecretFile(path, "signing.privateKeyFile");
  if (pem === undefined) return undefined;
  const variable = environment.PGKEEP_SIGNING_KEY ? "PGKEEP_SIGNING_KEY" : "PGKEEP_SIGNING_KEY_FILE";
  const where = path === undefined ? variable : "signing.privateKeyFile";
  const key = parseSigningKey(pem, where);
  const accepted = config.signing?.publicKeys ?? [];
  if (accepted.length === 0 || accepted.includes(publicKeyText(key))) return key;
  throw new ProblemError(ExitCode.Configuration, {
    where,
    received: `the private key of ${publicKeyText(key)}`,
    allowed: `the private key of ${accepted.join(" or ")}`,
    reason: "its public key is not in signing.publicKeys, so every reader would refuse what it signs",
    next: "add its public key to signing.publicKeys, or use the other private key",
  });
}

function parseSigningKey(pem: string, where: string): KeyObject {
  if (pem.includes("ENCRYPTED"))
    throw wrongKey(where, "this key is protected by a passphrase, which nobody types at night", "decrypt it: openssl pkey -in KEY");
  if (pem.includes("BEGIN PUBLIC KEY"))
    throw wrongKey(where, "this is the public half of a key", "name the private half; the public one goes into signing.publicKeys");
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (error) {
    // Without the cause: OpenSSL's message may repeat a part of the text.
    const code = (error as NodeJS.ErrnoException).code ?? "not PEM";
    throw wrongKey(where, `this cannot be read as a private key (${code})`, "make one: openssl genpkey -algorithm ed25519");
  }
  if (key.asymmetricKeyType === "ed25519") return key;
  throw wrongKey(where, `this is a key of the kind ${key.asymmetricKeyType}`, "make one: openssl genpkey -algorithm ed25519");
}

function wrongKey(where: string, reason: string, next: string): ProblemError {
  return new ProblemError(ExitCode.Configuration, {
    where,
    reason,
    next,
    allowed: "an ed25519 private key in PEM, as `pgkeep init` writes it",
  });
}
