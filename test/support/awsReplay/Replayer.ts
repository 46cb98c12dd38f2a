import type { AwsClients } from "./AwsClients.js";

/** Inputs or outputs of a resource, by Pulumi's names. */
export type Properties = Record<string, unknown>;

/** How the recorded inputs of one resource type become requests of the AWS SDK. */
export interface Replayer {
  /** `aws:kms/key:Key` */
  type: string;
  /** Makes it, and returns what AWS told: `id` and `arn` as far as there are, and other outputs that resources behind it use. */
  create(clients: AwsClients, inputs: Properties): Promise<Properties>;
  /** What AWS says of it afterwards, by the names of the inputs. */
  read(clients: AwsClients, inputs: Properties, created: Properties): Promise<Properties>;
  /** Inputs that say what the provider does, and are never sent. */
  providersOwn?: readonly string[];
  /** Inputs that moto takes and does not tell, or parts of one, at any depth: `rules.blockedEncryptionTypes`. */
  untold?: readonly string[];
}

/** Tags as a list, as most services take them. */
export function tagList(tags: unknown): { Key: string; Value: string }[] {
  return Object.entries((tags ?? {}) as Record<string, string>).map(([Key, Value]) => ({ Key, Value }));
}

export function tagMap(tags: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined): Record<string, string> {
  return Object.fromEntries((tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));
}

/** The names of the SDK for those of Pulumi, at any depth: `allocatedStorage` becomes `AllocatedStorage`. Keys of `verbatim` values stay. */
export function sdkNames(value: unknown, verbatim: readonly string[] = []): unknown {
  return renamed(value, (name) => name.charAt(0).toUpperCase() + name.slice(1), verbatim);
}

/** And back. */
export function pulumiNames(value: unknown, verbatim: readonly string[] = []): unknown {
  return renamed(value, (name) => name.charAt(0).toLowerCase() + name.slice(1), verbatim);
}

function renamed(value: unknown, rename: (name: string) => string, verbatim: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((entry) => renamed(entry, rename, verbatim));
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, entry]) => entry !== undefined)
      .map(([name, entry]) => [rename(name), verbatim.includes(name) ? entry : renamed(entry, rename, verbatim)]),
  );
}
