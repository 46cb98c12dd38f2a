import { stat } from "node:fs/promises";
import { describeConnection, ExitCode, ProblemError } from "@pgkeep/core";
import { findSigningKey, loadIdentities, loadSigningKey } from "../configuration/keys.js";
import { loadConnectionWithSource } from "../configuration/loadConnection.js";
import { ProblemCollector } from "../configuration/ProblemCollector.js";
import { readPrivateFile } from "../configuration/readPrivateFile.js";
import { runIdentity } from "../configuration/runIdentity.js";
import { publicKeyText } from "../manifest/seal.js";
import { loadNotifyTargets } from "../notify/notifyTargets.js";
import { type Diagnosis, diagnose } from "./Diagnosis.js";
import type { Examination } from "./Examination.js";
import { tryEncryption } from "./tryEncryption.js";

/** Files that the environment names and that hold secrets of the store. */
const STORE_SECRETS = ["AWS_SECRET_ACCESS_KEY_FILE", "AWS_SESSION_TOKEN_FILE", "AWS_ACCESS_KEY_ID_FILE"];

/** The secrets that can be found, and that their files are closed to others. */
export function checkSecrets({ config, environment }: Examination): Promise<Diagnosis> {
  return diagnose("secrets", async () => {
    const problems = new ProblemCollector();
    const found: string[] = [];
    for (const [where, part] of [
      ["connection", config.connection],
      ["drill.connection", config.drill.connection],
    ] as const) {
      if (!part) continue;
      const loaded = await problems.attempt(() => loadConnectionWithSource(part, environment, where));
      if (!loaded) continue;
      const { connection, passwordFrom } = loaded;
      found.push(
        `${where}: ${describeConnection(connection)}, ${passwordFrom === undefined ? "no password" : `password from ${passwordFrom}`}`,
      );
    }
    const identities = await problems.attempt(() => loadIdentities(config, environment));
    if (identities)
      found.push(
        identities.length === 0
          ? "no age identity here"
          : `${identities.length} age ${identities.length === 1 ? "identity" : "identities"}`,
      );
    await problems.attempt(() => findSigningKey(config, environment));
    const { heartbeat, webhook } = (await problems.attempt(() => loadNotifyTargets(environment))) ?? {};
    if (heartbeat) found.push(`heartbeat to ${heartbeat.url.host}`);
    if (webhook) found.push(`webhook to ${webhook.url.host}${webhook.token === undefined ? "" : ", with a token"}`);
    for (const name of STORE_SECRETS) {
      const path = environment[name];
      if (path && (await isThere(path))) await problems.attempt(() => readPrivateFile(path, name));
    }
    await problems.attempt(() => runIdentity(environment));
    problems.throwIfAny();
    return found;
  });
}

/** That the recipients can be encrypted to, and that an identity at hand opens what they get. */
export function checkEncryption({ config, environment }: Examination): Promise<Diagnosis> {
  return diagnose("encryption", async () => {
    const identities = await loadIdentities(config, environment);
    const { encryption } = config;
    if (!encryption) {
      return [
        "none: objects are as readable as the store",
        ...(identities.length > 0 ? ["an identity is here all the same, for older recovery points"] : []),
      ];
    }
    const { recipients } = encryption;
    const opening = await tryEncryption(recipients, identities);
    const keys = `${recipients.length} age ${recipients.length === 1 ? "key" : "keys"}${recipients.length === 1 ? "; name an escrow key too, or a lost key loses every backup" : ""}`;
    if (identities.length === 0) return [keys, "no identity here, so nothing can be restored or drilled from here"];
    if (opening > 0) return [keys, `${opening} of ${identities.length} identities at hand open what is encrypted now`];
    throw new ProblemError(ExitCode.Configuration, {
      where: encryption.identityFile === undefined ? "PGKEEP_IDENTITY" : "encryption.identityFile",
      reason:
        "no identity at hand opens what is encrypted to the configured recipients, so what is backed up from now on could not be restored from here",
      allowed: `the identity of ${recipients.join(" or ")}`,
      next: "name the identity of one of the recipients, or correct encryption.recipients",
    });
  });
}

/** That manifests are signed with a key that readers accept. */
export function checkSigning({ config, environment }: Examination): Promise<Diagnosis> {
  return diagnose("signing", async () => {
    const key = await loadSigningKey(config, environment);
    const accepted = config.signing?.publicKeys.length ?? 0;
    if (!key) return ["none: an edited manifest is found by its checksum only, which whoever edits it can correct"];
    return [
      `signs with ${publicKeyText(key)}${accepted === 0 ? "; no signing.publicKeys, so unsigned manifests are accepted too" : ", which readers accept"}`,
    ];
  });
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
