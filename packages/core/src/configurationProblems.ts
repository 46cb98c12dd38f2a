import type { z } from "zod";
import { configurationJsonSchema, pathsOfProperty, type SchemaNode, schemaNodeAt } from "./configurationSchema.js";
import { nearestName } from "./nearestName.js";
import type { Problem } from "./problem.js";
import { propertyPath, valueAt } from "./propertyPath.js";
import type { Refusal } from "./refuse.js";
import { isPrivateKey, shownValue } from "./secretText.js";
import { sslModeProblem } from "./sslMode.js";

/** A problem and the path of the property it is about, from which its place is written. */
export interface PropertyProblem extends Omit<Problem, "where"> {
  path: readonly PropertyKey[];
}

/** Private keys that somebody put into the configuration, wherever they stand: never shown, and no further word about those properties. */
export function misplacedKeys(value: unknown, path: readonly PropertyKey[] = []): PropertyProblem[] {
  if (typeof value === "string") return isPrivateKey(value) ? [privateKey(value, path)] : [];
  if (typeof value !== "object" || value === null) return [];
  const entries: [PropertyKey, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return entries.flatMap(([key, nested]) => misplacedKeys(nested, [...path, key]));
}

function privateKey(value: string, path: readonly PropertyKey[]): PropertyProblem {
  const isIdentity = /AGE-SECRET-KEY-/i.test(value);
  return {
    path,
    received: "(not shown: it is a private key)",
    reason: `this is ${isIdentity ? "an age identity" : "a private key"}, which would open to everybody who reads the configuration`,
    ...(isIdentity ? { allowed: "in encryption.recipients the public key, age1…, which `age-keygen -y IDENTITY-FILE` prints" } : {}),
    next: `make a new key, for this one has been written down; keep it in a file named by ${
      isIdentity ? "encryption.identityFile or PGKEEP_IDENTITY_FILE" : "signing.privateKeyFile or PGKEEP_SIGNING_KEY_FILE"
    }`,
  };
}

/** A schema's issues in words. `value` is what was parsed; properties that `reported` names are left out. `schema` is that of `pgkeep.yaml` unless given. */
export function configurationProblems(
  issues: readonly z.core.$ZodIssue[],
  value: unknown,
  reported: readonly PropertyProblem[],
  schema: SchemaNode = configurationJsonSchema(),
): PropertyProblem[] {
  const isReported = (path: readonly PropertyKey[]) => reported.some((known) => propertyPath(known.path) === propertyPath(path));
  return issues.flatMap((issue) => describeIssue(issue, value, schema)).filter(({ path }) => !isReported(path));
}

function describeIssue(issue: z.core.$ZodIssue, document: unknown, schema: SchemaNode): PropertyProblem[] {
  const path = issue.path;
  const value = valueAt(document, path);
  const node = schemaNodeAt(schema, path);
  const problem = (reason: string, rest: Partial<PropertyProblem> = {}): PropertyProblem[] => [
    {
      path,
      reason,
      // Of a list or group nobody knows what it holds.
      ...(value === undefined || (typeof value === "object" && value !== null)
        ? {}
        : { received: isAddressToTell(path, value) ? "(not shown: it may hold a secret)" : shownValue(value) }),
      ...allowedBy(node),
      ...rest,
    },
  ];
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey(key, path, schema));
    case "custom": {
      const { hidden, allowed, next } = (issue.params ?? {}) as Partial<Refusal>;
      const rest = { ...(allowed === undefined ? {} : { allowed }), ...(next === undefined ? {} : { next }) };
      return problem(issue.message, hidden ? { ...rest, received: "(not shown: it may hold a secret)" } : rest);
    }
    case "invalid_type":
      return problem(
        typeProblem(value, issue.expected),
        typeof value === "object" || value === undefined ? {} : numberHint(value, issue.expected),
      );
    case "invalid_value": {
      if (value === undefined) return problem("this is missing");
      const reason = path.at(-1) === "sslmode" && typeof value === "string" ? sslModeProblem(value) : undefined;
      const near = typeof value === "string" ? nearestName(value, issue.values.map(String)) : undefined;
      const allowed = issue.values.map(String).join(", ");
      return problem(reason ?? "this is not one of the values there are", {
        allowed,
        ...(near === undefined ? {} : { next: `did you mean ${near}?` }),
      });
    }
    case "too_small":
    case "too_big":
      return problem(boundsProblem(issue));
    default:
      return problem(issue.message);
  }
}

function allowedBy(node: SchemaNode | undefined): { allowed?: string } {
  if (node?.enum) return { allowed: node.enum.map(String).join(", ") };
  if (node?.minimum !== undefined && node.maximum !== undefined)
    return { allowed: `a whole number from ${node.minimum} to ${node.maximum}` };
  return node?.description === undefined ? {} : { allowed: node.description };
}

function typeProblem(value: unknown, expected: string): string {
  if (value === undefined) return "this is missing";
  if (value === null) return "this is empty";
  if (expected === "int" && typeof value === "number") return "this is not a whole number";
  return `this is ${kindOf(value)}, and ${KINDS[expected] ?? expected} is wanted`;
}

function numberHint(value: unknown, expected: string): Partial<PropertyProblem> {
  if (expected === "string") return { next: `write it in quotes: "${String(value)}"` };
  return typeof value === "string" ? { next: "write it without quotes" } : {};
}

const KINDS: Record<string, string> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a group of settings (name: value)",
};

function kindOf(value: unknown): string {
  return KINDS[Array.isArray(value) ? "array" : typeof value] ?? typeof value;
}

function boundsProblem({ origin, code }: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  if (origin === "array") return "this list is empty, and at least one entry is needed";
  if (origin === "string") return "this is empty";
  return `this is too ${code === "too_small" ? "small" : "large"}`;
}

/** An address under `notify` is a secret by itself. */
function isAddressToTell(path: readonly PropertyKey[], value: unknown): boolean {
  return path[0] === "notify" && typeof value === "string" && value.includes("://");
}

/** Words that name a secret, and where the secret of each part belongs. */
const SECRET_NAME =
  /pass(word|wd|phrase)?$|secret|token|(access|private|account|shared)_?key|identity$|credentials?$|^sas|connection_?string|key_?file(name)?$/i;
const SECRET_PLACES: Record<string, string> = {
  notify: "PGKEEP_HEARTBEAT_URL_FILE or PGKEEP_WEBHOOK_URL_FILE: whoever knows the address of a ping can send one",
  heartbeat: "PGKEEP_HEARTBEAT_URL_FILE or PGKEEP_HEARTBEAT_URL: whoever knows the address of a ping can send one",
  webhook: "PGKEEP_WEBHOOK_URL_FILE or PGKEEP_WEBHOOK_URL, and PGKEEP_WEBHOOK_TOKEN_FILE or PGKEEP_WEBHOOK_TOKEN",
  connection: "PGPASSWORD_FILE (or connection.passwordFile), PGPASSWORD, or a libpq password file (PGPASSFILE)",
  store:
    "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (S3), in a file that GOOGLE_APPLICATION_CREDENTIALS names (Google), in AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN (Azure), or use the machine's own role",
  encryption: "encryption.identityFile, PGKEEP_IDENTITY_FILE or PGKEEP_IDENTITY",
  signing: "signing.privateKeyFile, PGKEEP_SIGNING_KEY_FILE or PGKEEP_SIGNING_KEY",
};

/** The value of an unknown key is never shown: nobody knows what it is. */
function unknownKey(key: string, parent: readonly PropertyKey[], schema: SchemaNode): PropertyProblem {
  const known = Object.keys(schemaNodeAt(schema, parent)?.properties ?? {});
  // The key itself may be a secret, with a colon behind it in YAML.
  const path = isPrivateKey(key) ? parent : [...parent, key];
  const near = nearestName(key, known);
  const elsewhere = pathsOfProperty(schema, key).map((found) => propertyPath(found));
  const isSecret = SECRET_NAME.test(key) || (parent[0] === "notify" && /ur[il]$/i.test(key));
  const secretPlace =
    isSecret && (near === undefined || !SECRET_NAME.test(near))
      ? SECRET_PLACES[String(parent.findLast((part) => typeof part === "string"))]
      : undefined;
  const next =
    secretPlace !== undefined
      ? `a secret has no place in the configuration; put it in ${secretPlace}`
      : near !== undefined
        ? `did you mean ${near}?`
        : elsewhere.length > 0
          ? `did you mean ${elsewhere.join(" or ")}?`
          : "remove it";
  return { path, reason: "there is no such setting", allowed: known.join(", "), next };
}
