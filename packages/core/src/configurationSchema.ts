import { z } from "zod";
import { agentConfigSchema } from "./agentConfig.js";

/** A node of the JSON Schema, as far as messages need it. */
export interface SchemaNode {
  type?: string;
  description?: string;
  properties?: Record<string, SchemaNode>;
  items?: SchemaNode;
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
}

/** The JSON Schema (2020-12) of `pgkeep.yaml` as it is written, for editors. Rules over several properties are the agent's alone. */
export function configurationJsonSchema(): SchemaNode & Record<string, unknown> {
  const schema = z.toJSONSchema(agentConfigSchema, { io: "input" });
  return { ...schema, title: "pgkeep configuration" } as SchemaNode & Record<string, unknown>;
}

/** The node that describes a path, undefined where the schema has none. */
export function schemaNodeAt(schema: SchemaNode, path: readonly PropertyKey[]): SchemaNode | undefined {
  return path.reduce<SchemaNode | undefined>((node, key) => {
    if (typeof key === "number") return node?.items;
    return node?.properties && Object.hasOwn(node.properties, key) ? node.properties[String(key)] : undefined;
  }, schema);
}

/** All paths of properties with a name, for example both places of `sslmode`. */
export function pathsOfProperty(schema: SchemaNode, name: string, path: readonly string[] = []): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, node]) => [
    ...(key === name ? [[...path, key]] : []),
    ...pathsOfProperty(node, name, [...path, key]),
  ]);
}
