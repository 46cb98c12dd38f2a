import { createHash, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { canonicalJson, ExitCode, type Manifest, type ManifestSignature, ProblemError } from "@pgkeep/core";

/** A manifest before its checksum and signature are known. */
export type ManifestDraft = Omit<Manifest, "checksum" | "signature">;

/**
 * Adds the checksum, which finds accidents, and with a key the signature, which finds forgery.
 * `signingKey` is an ed25519 private key.
 */
export function sealManifest(draft: ManifestDraft, signingKey?: KeyObject): Manifest {
  const checksum = checksumOf(draft);
  return { ...draft, checksum, signature: signingKey ? signatureOf(checksum, signingKey) : null };
}

/**
 * Refuses a manifest whose checksum does not fit its contents and, where public keys are configured, one that none of them signed.
 * `document` is the parsed JSON as it lies in the store, before any upgrade, because that is what was sealed.
 */
export function assertSeal(document: unknown, where: string, publicKeys: readonly string[]): void {
  const { checksum, signature, ...rest } = document as Manifest;
  const actual = checksumOf(rest);
  if (checksum !== actual) {
    throw new ProblemError(ExitCode.DataWrong, {
      where,
      reason: "the manifest does not fit its own checksum: it was damaged or edited",
      received: `checksum ${String(checksum)}`,
      allowed: `checksum ${actual} for these contents`,
      next: "use another recovery point; `pgkeep list` shows them",
    });
  }
  if (publicKeys.length === 0) return;
  if (!signature || !publicKeys.some((key) => isSignedBy(checksum, signature, key))) {
    throw new ProblemError(ExitCode.DataWrong, {
      where,
      reason: signature ? "the manifest's signature is not valid for any configured key" : "the manifest is not signed",
      received: signature ? `signature by key ${signature.keyId}` : "no signature",
      allowed: `a signature by ${publicKeys.map((key) => keyId(Buffer.from(key, "base64"))).join(" or ")}`,
      next: "if it was written by you before signing was configured or with another key, add that key to signing.publicKeys; else treat it as forged",
    });
  }
}

/** The configuration's form of a public key: base64 of the raw 32 bytes. */
export function publicKeyText(key: KeyObject): string {
  return rawPublicKey(key).toString("base64");
}

function checksumOf(contents: unknown): string {
  return createHash("sha256").update(canonicalJson(contents)).digest("hex");
}

/** What is signed names its purpose, so that a signature over a checksum can never pass for one over something else. */
function signedText(checksum: string): Buffer {
  return Buffer.from(`pgkeep manifest\n${checksum}\n`);
}

function signatureOf(checksum: string, key: KeyObject): ManifestSignature {
  return { algorithm: "ed25519", keyId: keyId(rawPublicKey(key)), value: sign(null, signedText(checksum), key).toString("base64") };
}

function isSignedBy(checksum: string, signature: ManifestSignature, publicKey: string): boolean {
  const raw = Buffer.from(publicKey, "base64");
  if (raw.length !== 32) return false;
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: raw.toString("base64url") }, format: "jwk" });
  return verify(null, signedText(checksum), key, Buffer.from(String(signature.value), "base64"));
}

function rawPublicKey(key: KeyObject): Buffer {
  const { x } = (key.type === "private" ? createPublicKey(key) : key).export({ format: "jwk" });
  return Buffer.from(x ?? "", "base64url");
}

/** First 16 hex digits of the SHA-256 of a raw public key, by which people tell keys apart. */
export function keyId(raw: Buffer): string {
  return createHash("sha256").update(raw).digest("hex").slice(0, 16);
}
