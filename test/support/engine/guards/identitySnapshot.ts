import type { EngineStack, ResourceView } from "../EngineStack.js";

/**
 * What a stack's resources are to the engine: types, names, parents and the options that decide about their life, as a tree. A difference to
 * the committed one means that somebody's next `up` replaces or orphans something, or loses a protection.
 */
export async function identitySnapshot(stack: EngineStack): Promise<string> {
  const resources = await stack.resources();
  const root = resources.find(({ type }) => type === "pulumi:pulumi:Stack");
  return `${branches(resources, root?.urn, "").join("\n")}\n`;
}

function branches(resources: readonly ResourceView[], parent: string | undefined, indent: string): string[] {
  const children = resources.filter((resource) => resource.parent === parent && resource.type !== "pulumi:pulumi:Stack");
  return children
    .sort((left, right) => (`${left.type} ${left.name}` < `${right.type} ${right.name}` ? -1 : 1))
    .flatMap((resource) => [`${indent}${line(resource)}`, ...branches(resources, resource.urn, `${indent}  `)]);
}

function line({ type, name, protect, retainOnDelete, ignoreChanges, deletedWith }: ResourceView): string {
  const options = [
    ...(protect ? ["protect"] : []),
    ...(retainOnDelete ? ["retainOnDelete"] : []),
    ...(ignoreChanges.length === 0 ? [] : [`ignoreChanges: ${[...ignoreChanges].sort().join(", ")}`]),
    ...(deletedWith === undefined ? [] : [`deletedWith: ${deletedWith.split("::").slice(3).join("::")}`]),
  ];
  return `${type} ${name}${options.length === 0 ? "" : ` (${options.join("; ")})`}`;
}
