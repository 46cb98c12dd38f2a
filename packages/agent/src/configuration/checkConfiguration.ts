import { type AgentConfig, describeConnection, SCHEDULED_JOBS, type ScheduleConfig } from "@pgkeep/core";
import { identityToRecipient } from "age-encryption";
import { publicKeyText } from "../manifest/seal.js";
import { loadNotifyTargets } from "../notify/notifyTargets.js";
import type { ConfigurationPlace } from "./configurationFile.js";
import type { Environment } from "./Environment.js";
import { findSigningKey, loadIdentities } from "./keys.js";
import { loadConfigurationFile } from "./loadConfiguration.js";
import { loadConnectionWithSource } from "./loadConnection.js";
import { ProblemCollector } from "./ProblemCollector.js";

/** One line of what a configuration means here. */
export interface ConfigurationFact {
  name: string;
  /** Never a secret. */
  value: string;
}

/**
 * Checks everything that can be known without reaching a server or the store: the configuration, the connection it leads to, and the files of its
 * secrets. Returns what it means, or throws one ProblemError with everything that is wrong.
 */
export async function checkConfiguration(place: ConfigurationPlace): Promise<ConfigurationFact[]> {
  const { path, config } = await loadConfigurationFile(place);
  const problems = new ProblemCollector();
  const connections = await problems.attempt(() => connectionFacts(config, place.env));
  const identities = await problems.attempt(() => encryptionFact(config, place.env));
  const signing = await problems.attempt(() => signingFact(config, place.env));
  const notified = await problems.attempt(() => notifyFact(place.env));
  problems.throwIfAny();
  return [
    { name: "configuration", value: path },
    { name: "cluster", value: config.cluster },
    { name: "databases", value: config.databases.join(", ") },
    ...(connections ?? []),
    { name: "store", value: config.store.url },
    { name: "encryption", value: identities ?? "" },
    { name: "signing", value: signing ?? "" },
    { name: "notified", value: notified ?? "" },
    ...(config.schedule ? [{ name: "schedule", value: scheduleFact(config.schedule) }] : []),
  ];
}

function scheduleFact(schedule: ScheduleConfig): string {
  const jobs = SCHEDULED_JOBS.filter((job) => schedule[job] !== undefined).map((job) => `${job} ${schedule[job]}`);
  return jobs.length === 0 ? "nothing is scheduled" : `${jobs.join(", ")}, in ${schedule.timeZone}`;
}

async function connectionFacts(config: AgentConfig, environment: Environment): Promise<ConfigurationFact[]> {
  const facts: ConfigurationFact[] = [];
  const problems = new ProblemCollector();
  for (const [name, part] of [
    ["connection", config.connection],
    ["drill.connection", config.drill.connection],
  ] as const) {
    if (!part) continue;
    const loaded = await problems.attempt(() => loadConnectionWithSource(part, environment, name));
    if (!loaded) continue;
    const { connection, passwordFrom } = loaded;
    facts.push({
      name,
      value: `${describeConnection(connection)}, ${passwordFrom === undefined ? "no password" : `password from ${passwordFrom}`}`,
    });
  }
  problems.throwIfAny();
  return facts;
}

async function encryptionFact(config: AgentConfig, environment: Environment): Promise<string> {
  const recipients = config.encryption?.recipients ?? [];
  const identities = await loadIdentities(config, environment);
  const opened = await Promise.all(identities.map((identity) => identityToRecipient(identity)));
  const decrypts = opened.map((recipient) => {
    const index = recipients.indexOf(recipient);
    return index < 0
      ? `the identity of ${recipient}, which is not a recipient (older recovery points may need it)`
      : `the identity of recipient ${index + 1}`;
  });
  const encrypts =
    recipients.length === 0
      ? "none: objects are as readable as the store"
      : `to ${recipients.length} age ${recipients.length === 1 ? "key" : "keys"}`;
  return `${encrypts}; ${decrypts.length === 0 ? "no identity here, so nothing encrypted can be restored from here" : `decrypts with ${decrypts.join(", ")}`}`;
}

async function signingFact(config: AgentConfig, environment: Environment): Promise<string> {
  const key = await findSigningKey(config, environment);
  const accepted = config.signing?.publicKeys.length ?? 0;
  const signs = key ? `manifests are signed with ${publicKeyText(key)}` : "manifests are not signed";
  return `${signs}; ${accepted === 0 ? "unsigned ones are accepted" : `only those signed by ${accepted === 1 ? "the configured key" : `one of ${accepted} keys`} are accepted`}`;
}

async function notifyFact(environment: Environment): Promise<string> {
  const { heartbeat, webhook } = await loadNotifyTargets(environment);
  const told = [...(heartbeat ? [`a heartbeat at ${heartbeat.url.host}`] : []), ...(webhook ? [`a webhook at ${webhook.url.host}`] : [])];
  return told.length === 0 ? "nobody" : told.join(", ");
}
