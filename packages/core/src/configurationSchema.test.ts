import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { agentConfigSchema } from "./agentConfig.js";
import { configurationJsonSchema, pathsOfProperty, type SchemaNode, schemaNodeAt } from "./configurationSchema.js";

const schema = configurationJsonSchema();

describe("the JSON Schema of the configuration", () => {
  it("in the package is current; if not: npm run schema -w @pgkeep/core", () => {
    const file = readFileSync(join(__dirname, "../schema/pgkeep.schema.json"), "utf8");
    expect(JSON.parse(file)).toEqual(schema);
  });

  it("is of what is written, not of what is read: only what has no default is required, durations are text", () => {
    expect(schema.required).toEqual(["version", "cluster", "databases", "store"]);
    expect(schemaNodeAt(schema, ["snapshot", "timeout"])).toMatchObject({ type: "string", default: "30s", pattern: expect.any(String) });
    expect(schema.additionalProperties).toBe(false);
  });

  it("describes every setting", () => {
    const undescribed: string[] = [];
    const walk = (node: SchemaNode, path: string) => {
      for (const [name, child] of Object.entries(node.properties ?? {})) {
        if (!child.description) undescribed.push(`${path}${name}`);
        walk(child, `${path}${name}.`);
      }
    };
    walk(schema, "");
    expect(undescribed).toEqual([]);
    expect(Object.keys(schema.properties ?? {})).toEqual(Object.keys(agentConfigSchema.shape));
  });

  it("finds a node by its path and a path by a name", () => {
    expect(schemaNodeAt(schema, ["encryption", "recipients", 3])?.type).toBe("string");
    expect(schemaNodeAt(schema, ["constructor"])).toBeUndefined();
    expect(pathsOfProperty(schema, "sslmode")).toEqual([
      ["connection", "sslmode"],
      ["drill", "connection", "sslmode"],
    ]);
  });
});
