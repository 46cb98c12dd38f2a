import { createPrivateKey } from "node:crypto";
import { agentConfigSchema } from "@pgkeep/core";
import { generateHybridIdentity, identityToRecipient } from "age-encryption";
import { expect, test } from "vitest";
import { parseIdentities } from "../configuration/parseIdentities.js";
import { publicKeyText } from "../manifest/seal.js";
import { newIdentity, newSigningKey } from "./newKeys.js";

const { recipients, publicKeys } = {
  recipients: agentConfigSchema.shape.encryption.unwrap().shape.recipients,
  publicKeys: agentConfigSchema.shape.signing.unwrap().shape.publicKeys,
};

test("an identity is a file as age-keygen writes it, and its public key one that the configuration takes", async () => {
  const { text, recipient } = await newIdentity(new Date("2026-11-21T02:00:00Z"));
  expect(text).toMatch(/^# created: 2026-11-21T02:00:00.000Z\n# public key: age1[a-z0-9]{58}\nAGE-SECRET-KEY-1[A-Z0-9]{58}\n$/);
  const [identity = ""] = parseIdentities(text, "test");
  expect(await identityToRecipient(identity)).toBe(recipient);
  expect(recipients.safeParse([recipient]).success).toBe(true);
});

test("a post-quantum public key is one that the configuration takes, too", async () => {
  const recipient = await identityToRecipient(await generateHybridIdentity());
  expect(recipients.safeParse([recipient]).success).toBe(true);
  expect(recipients.safeParse([recipient.replace(/q(?=[^q]*$)/, "p")]).success).toBe(false);
});

test("a signing key's halves belong together", () => {
  const { pem, publicKey } = newSigningKey();
  expect(publicKeyText(createPrivateKey(pem))).toBe(publicKey);
  expect(publicKeys.safeParse([publicKey]).success).toBe(true);
});
