import { isDeepStrictEqual } from "node:util";
import rpc from "@pulumi/pulumi/runtime/rpc.js";
import type { ResourceView } from "../engine/EngineStack.js";
import { type AwsClients, awsClients, closeClients } from "./AwsClients.js";
import type { Properties, Replayer } from "./Replayer.js";
import { replayers } from "./replayers.js";

/** What a server said to the recorded inputs of one resource type. */
export interface Replayed {
  type: string;
  count: number;
  /** Sent, and read back as they were. */
  equal: string[];
  /** Sent, and not told by the server. */
  untold: string[];
}

export interface Replay {
  replayed: Replayed[];
  /** Types that the server does not implement, or that are the provider's own. */
  without: string[];
  /** Each `name: property …` that came back as something else. Must be empty. */
  differences: string[];
}

const GLOBAL_REGION = "us-east-1";

/**
 * Sends the recorded inputs of a stack's resources to a server that speaks AWS's API, by the AWS SDK, in the order in which they were made, and
 * reads each back. Ids and ARNs that the stand-in invented become those that the server gave.
 */
export async function replay(
  server: Parameters<typeof awsClients>[0],
  resources: readonly ResourceView[],
  given: Record<string, string> = {},
): Promise<Replay> {
  const clients = new Map<string, AwsClients>();
  const clientsOf = (region: string) => {
    const known = clients.get(region) ?? awsClients(server, region);
    clients.set(region, known);
    return known;
  };
  const renames = new Map(Object.entries(given));
  const result = new Results();
  try {
    for (const { type, name, inputs: recorded, outputs } of resources.filter((resource) => resource.type.startsWith("aws:"))) {
      const replayer = replayers.get(type);
      if (replayer === undefined) {
        result.miss(type);
        continue;
      }
      const inputs = named(substitute(bare(recorded), renames) as Properties);
      const place = clientsOf(typeof outputs.region === "string" ? outputs.region : GLOBAL_REGION);
      const created = await told(`${type} ${name}`, () => replayer.create(place, inputs));
      for (const [key, value] of Object.entries(created)) {
        const invented = key === "id" ? (outputs.id ?? "") : bare(outputs[key]);
        if (typeof invented === "string" && invented !== "" && typeof value === "string" && invented !== value)
          renames.set(invented, value);
      }
      result.compare(replayer, name, inputs, await told(`${type} ${name}`, () => replayer.read(place, inputs, created)));
    }
    return result;
  } finally {
    for (const each of clients.values()) closeClients(each);
  }
}

class Results implements Replay {
  readonly differences: string[] = [];
  private readonly types = new Map<string, { count: number; equal: Set<string>; untold: Set<string> }>();
  private readonly unknown = new Set<string>();

  get replayed(): Replayed[] {
    const sorted = [...this.types].sort(([left], [right]) => (left < right ? -1 : 1));
    return sorted.map(([type, { count, equal, untold }]) => ({ type, count, equal: [...equal].sort(), untold: [...untold].sort() }));
  }

  get without(): string[] {
    return [...this.unknown].sort();
  }

  miss(type: string): void {
    this.unknown.add(type);
  }

  compare({ type, providersOwn = [], untold = [] }: Replayer, name: string, inputs: Properties, found: Properties): void {
    const entry = this.types.get(type) ?? { count: 0, equal: new Set(), untold: new Set() };
    this.types.set(type, entry);
    entry.count += 1;
    for (const [key, value] of Object.entries(inputs)) {
      if (["__defaults", "region", "namePrefix", ...providersOwn].includes(key)) continue;
      const within = untold.filter((path) => path.startsWith(`${key}.`) && hasWithin(value, path.slice(key.length + 1)));
      for (const path of untold.includes(key) ? [key] : within) entry.untold.add(path);
      if (untold.includes(key)) continue;
      const leftOut = within.map((path) => path.slice(key.length + 1));
      // A class of the SDK that holds a text is that text.
      const told = found[key] === undefined ? undefined : JSON.parse(JSON.stringify(found[key]));
      if (isDeepStrictEqual(comparable(told, leftOut), comparable(value, leftOut))) entry.equal.add(key);
      else this.differences.push(`${type} ${name}: ${key} ${JSON.stringify(value)} came back as ${JSON.stringify(told)}`);
    }
  }
}

/** As the provider does where a program gives the beginning of a name only. */
function named(inputs: Properties): Properties {
  return typeof inputs.namePrefix === "string" && inputs.name === undefined ? { ...inputs, name: `${inputs.namePrefix}0001` } : inputs;
}

async function told<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw new Error(`${what}: ${(error as Error).message}`, { cause: error });
  }
}

/** Texts that are JSON are compared as what they say; lists of texts regardless of their order. Properties `without`, at any depth, are not compared. */
function comparable(value: unknown, without: readonly string[] = []): unknown {
  if (typeof value === "string") return fromJson(value);
  if (Array.isArray(value)) {
    const entries = value.map((entry) => comparable(entry, without));
    return entries.every((entry) => typeof entry === "string") ? [...(entries as string[])].sort() : entries;
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([key, entry]) => key !== "__defaults" && entry !== undefined && !without.includes(key));
  return Object.fromEntries(entries.map(([key, entry]) => [key, comparable(entry, without)]));
}

function hasWithin(value: unknown, name: string): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([key, entry]) => key === name || hasWithin(entry, name));
}

/** An input transformer's template begins as JSON does, and is none. */
function fromJson(text: string): unknown {
  if (!/^[[{]/.test(text)) return text;
  try {
    return comparable(JSON.parse(text));
  } catch {
    return text;
  }
}

/** Secrets of an exported state without their wrapping, nothing of the bridge's. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== "object" || value === null) return value;
  const properties = value as Record<string, unknown>;
  if (properties[rpc.specialSigKey] === rpc.specialSecretSig) return bare(JSON.parse(String(properties.plaintext)));
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([key]) => key !== "__defaults")
      .map(([key, entry]) => [key, bare(entry)]),
  );
}

/** Longer ones first: an ARN may hold an id. */
function substitute(value: unknown, renames: ReadonlyMap<string, string>): unknown {
  if (typeof value === "string") {
    const sorted = [...renames].filter(([from]) => value.includes(from)).sort(([left], [right]) => right.length - left.length);
    return sorted.reduce((text, [from, to]) => text.replaceAll(from, to), value);
  }
  if (Array.isArray(value)) return value.map((entry) => substitute(entry, renames));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, substitute(entry, renames)]));
}
