import { generateKeyPairSync } from "node:crypto";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { publicKeyText } from "../manifest/seal.js";

/** A new age identity. */
export interface NewIdentity {
  /** The identity's file, as `age-keygen` writes it. */
  text: string;
  /** The public key. */
  recipient: string;
}

export async function newIdentity(now: Date): Promise<NewIdentity> {
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  return { recipient, text: `# created: ${now.toISOString()}\n# public key: ${recipient}\n${identity}\n` };
}

/** A new ed25519 pair: the private half in PEM, the public one in the configuration's form. */
export function newSigningKey(): { pem: string; publicKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return { pem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(), publicKey: publicKeyText(publicKey) };
}
