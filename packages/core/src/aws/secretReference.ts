import { parseArn } from "./parseArn.js";

/** Where ECS takes a container's secret from. */
export interface SecretReference {
  service: "secretsmanager" | "ssm";
  /** The secret or parameter itself, which a policy names: without JSON key and version. */
  arn: string;
  region: string;
}

/** What a container's secret may be named by. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html */
export const SECRET_REFERENCE_FORMS =
  "arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-RANDOM, with :JSON-KEY:: behind it for one value of a JSON document, or arn:aws:ssm:REGION:ACCOUNT:parameter/NAME";

/** Reads what ECS calls `valueFrom`. Undefined for what is none. */
export function parseSecretReference(text: string): SecretReference | undefined {
  const arn = parseArn(text);
  if (arn === undefined || arn.region === "" || arn.account === "") return undefined;
  const { service, region } = arn;
  if (service === "ssm") return /^parameter\/[^:]+$/.test(arn.resource) ? { service, region, arn: text } : undefined;
  // The name, then all three of JSON key, version stage and version id, or none.
  const [, secret = ""] = /^(secret:[^:]+)(?::[^:]*:[^:]*:[^:]*)?$/.exec(arn.resource) ?? [];
  if (service !== "secretsmanager" || secret === "") return undefined;
  return { service, region, arn: text.slice(0, text.length - arn.resource.length + secret.length) };
}

/** One value of a secret that is a JSON document, as RDS's own (`password`). */
export function secretJsonKey(secretArn: string, key: string): string {
  return `${secretArn}:${key}::`;
}
