import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import analyzers from "@pulumi/pulumi/provider/experimental/analyzer.js";
import schemas, { type PackageSpec } from "@pulumi/pulumi/provider/experimental/schema.js";

interface PackageFile {
  name: string;
  version: string;
  description: string;
}

const known = new Map<string, PackageSpec>();

/** What `pulumi package get-schema` answers for a compiled package of components, without the CLI. Analysed once in a process. */
export function packageSchema(folder: string): PackageSpec {
  const schema = known.get(folder) ?? analyse(folder);
  known.set(folder, schema);
  return schema;
}

function analyse(folder: string): PackageSpec {
  const file = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as PackageFile;
  const exported = createRequire(join(folder, "index.js"))(folder) as Record<string, unknown>;
  const components = new Set(Object.entries(exported).flatMap(([name, value]) => (isComponent(value) ? [name] : [])));
  const name = file.name.replace(/^@[^/]*\//, "");
  const { components: found, typeDefinitions, dependencies } = new analyzers.Analyzer(folder, name, { ...file }, components).analyze();
  return schemas.generateSchema(name, file.version, file.description, found, typeDefinitions, dependencies);
}

/** By name, as Pulumi's own plugin host does it: the package may have a `@pulumi/pulumi` of its own. */
function isComponent(value: unknown): boolean {
  for (let type: unknown = value; typeof type === "function"; type = Object.getPrototypeOf(type)) {
    if (type.name === "ComponentResource") return type !== value;
  }
  return false;
}
