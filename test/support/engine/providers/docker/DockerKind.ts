import type { DockerEngine } from "../../../docker/DockerEngine.js";
import type { Existing, PropertyRule, ResourceKind } from "../ResourceKind.js";
import { recordedKind } from "../recordedKind.js";
import type { PlainProperties, PlainValue } from "../wireValues.js";

export const upstream = "https://github.com/kreuzwerker/terraform-provider-docker/blob/v4.2.0/internal/provider";

/** A resource type that the Engine keeps where there is one, and that is recorded where there is none. */
export interface DockerKind extends ResourceKind<DockerEngine> {
  /** What an Engine would choose or tell. */
  recorded(planned: PlainProperties, name: string): Existing;
}

export const replacing: PropertyRule = { onChange: "replace" };
export const chosen: PropertyRule = { onChange: "replace", computed: true };
export const told: PropertyRule = { onChange: "update", output: true };
export const autonamed: PropertyRule = { onChange: "replace", autonamed: true };
export const labels: PropertyRule = { onChange: "replace", set: true };

export function withEngine({ recorded: _, ...kind }: DockerKind): ResourceKind<DockerEngine> {
  return kind;
}

export function withoutEngine({ recorded, ...kind }: DockerKind): ResourceKind<undefined> {
  const { deleteBeforeReplace } = kind;
  const answers = recordedKind({ type: kind.type, source: kind.source, properties: kind.properties, computed: recorded });
  return { ...answers, ...(deleteBeforeReplace === undefined ? {} : { deleteBeforeReplace }) };
}

/** Two things of one name cannot be: only where the provider chose the name is the new one made first (nameRequiresDeleteBeforeReplace in tfbridge). */
export function namedByProgram({ __defaults: filled }: PlainProperties): boolean {
  return !(Array.isArray(filled) && filled.includes("name"));
}

/** `[{ label, value }]` as the Engine's map. */
export function labelMap(value: PlainValue | undefined): Record<string, string> {
  return Object.fromEntries(listOf(value).map(({ label, value: text }) => [String(label), String(text)]));
}

export function labelList(map: Readonly<Record<string, string>> | null | undefined): PlainProperties {
  const list = Object.entries(map ?? {}).map(([label, value]) => ({ label, value }));
  return list.length === 0 ? {} : { labels: list };
}

/** A list of maps. */
export function listOf(value: PlainValue | undefined): PlainProperties[] {
  const isMap = (part: PlainValue): part is PlainProperties => typeof part === "object" && part !== null && !Array.isArray(part);
  return Array.isArray(value) ? value.filter(isMap) : [];
}

/** A list of texts. */
export function textsOf(value: PlainValue | undefined): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** As the official provider begins each of its messages. */
export async function saying<Answer>(what: string, work: Promise<Answer>): Promise<Answer> {
  return await work.catch((error: unknown) => {
    throw new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  });
}
