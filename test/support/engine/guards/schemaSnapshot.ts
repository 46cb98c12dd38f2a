import type { PackageSpec } from "@pulumi/pulumi/provider/experimental/schema.js";
import { expect } from "vitest";
import { packageSchema } from "./packageSchema.js";

interface Property {
  $ref?: string;
  description?: string;
  items?: Property;
  additionalProperties?: Property;
}

/**
 * Compares the public surface of a package of components with a committed file, and fails where any argument or output has no description or
 * the type `any`, which is also what becomes of a type that the analyzer does not understand.
 */
export async function schemaSnapshot(packageFolder: string, snapshotFile: string): Promise<void> {
  const schema = packageSchema(packageFolder);
  expect(schemaFaults(schema)).toEqual([]);
  await expect(`${JSON.stringify(schema, undefined, 2)}\n`).toMatchFileSnapshot(snapshotFile);
}

/** What a user of another language would miss, each by its path. */
export function schemaFaults(schema: PackageSpec): string[] {
  const resources = Object.entries(schema.resources).flatMap(([token, { description, inputProperties, properties }]) => [
    ...(description === undefined ? [`${token}: no description`] : []),
    ...faults(`${token} argument`, inputProperties ?? {}),
    ...faults(`${token} output`, properties ?? {}),
  ]);
  const types = Object.entries(schema.types).flatMap(([token, type]) =>
    faults(token, ("properties" in type ? type.properties : undefined) ?? {}),
  );
  return [...resources, ...types];
}

function faults(where: string, properties: object): string[] {
  return Object.entries(properties as Record<string, Property>).flatMap(([name, property]) => [
    ...(property.description === undefined || property.description.trim() === "" ? [`${where} ${name}: no description`] : []),
    ...(property.description?.includes("[object Object]") === true ? [`${where} ${name}: a {@link} in the description`] : []),
    ...(isAny(property) ? [`${where} ${name}: any`] : []),
  ]);
}

function isAny({ $ref, items, additionalProperties }: Property): boolean {
  return (
    $ref === "pulumi.json#/Any" ||
    (items !== undefined && isAny(items)) ||
    (additionalProperties !== undefined && isAny(additionalProperties))
  );
}
