import { ExitCode, ProblemError } from "@pgkeep/core";
import type { Environment } from "../configuration/Environment.js";
import { ProblemCollector } from "../configuration/ProblemCollector.js";
import { readSecret } from "../configuration/readSecret.js";

/** Where somebody is told. The address is a secret, whoever knows it can send: only its host may be shown. */
export interface NotifyTarget {
  url: URL;
  /** Sent as a bearer token. */
  token?: string;
}

export interface NotifyTargets {
  heartbeat?: NotifyTarget;
  webhook?: NotifyTarget;
}

/** The addresses that the environment or its files name. Throws one ProblemError with everything that is wrong about them. */
export async function loadNotifyTargets(environment: Environment): Promise<NotifyTargets> {
  const problems = new ProblemCollector();
  const heartbeat = await problems.attempt(() => readAddress(environment, "PGKEEP_HEARTBEAT_URL"));
  const webhook = await problems.attempt(() => readAddress(environment, "PGKEEP_WEBHOOK_URL"));
  const token = await problems.attempt(() => readToken(environment));
  problems.throwIfAny();
  if (token !== undefined && webhook === undefined) {
    throw new ProblemError(ExitCode.Configuration, {
      where: "PGKEEP_WEBHOOK_TOKEN",
      reason: "there is a token, and no webhook that it is for",
      next: "set PGKEEP_WEBHOOK_URL or PGKEEP_WEBHOOK_URL_FILE, or unset the token",
    });
  }
  return {
    ...(heartbeat ? { heartbeat: { url: heartbeat } } : {}),
    ...(webhook ? { webhook: { url: webhook, ...(token === undefined ? {} : { token }) } } : {}),
  };
}

async function readAddress(environment: Environment, name: string): Promise<URL | undefined> {
  const text = await readSecret(environment, name);
  if (text === undefined) return undefined;
  const refusal = (reason: string, next: string) =>
    new ProblemError(ExitCode.Configuration, {
      where: name,
      received: "(not shown: whoever knows it can send)",
      allowed: "https://HOST/PATH, or http:// on a trusted network",
      reason,
      next,
    });
  if (!URL.canParse(text)) throw refusal("this is not an address", `correct ${name}, or the file that ${name}_FILE names`);
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol)) throw refusal("this is not an address of the web", `correct ${name}`);
  if (url.username !== "" || url.password !== "") {
    throw refusal("a user name or a password stands in the address", "put a token into PGKEEP_WEBHOOK_TOKEN, or into the address's path");
  }
  url.hash = "";
  return url;
}

async function readToken(environment: Environment): Promise<string | undefined> {
  const token = await readSecret(environment, "PGKEEP_WEBHOOK_TOKEN");
  if (token === undefined || /^[\x21-\x7e]+$/.test(token)) return token;
  throw new ProblemError(ExitCode.Configuration, {
    where: "PGKEEP_WEBHOOK_TOKEN",
    received: "(not shown: it is a secret)",
    allowed: "printable characters of ASCII, without spaces",
    reason: "no header of a request can hold this token",
    next: "correct it; the word Bearer is put before it by pgkeep",
  });
}
