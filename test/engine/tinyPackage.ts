import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import typescript from "typescript";

const repository = fileURLToPath(new URL("../..", import.meta.url));

/** A compiled package of one component, which finds Pulumi in this repository's node_modules. */
export function writePackage(folder: string): void {
  const source = `import * as pulumi from "@pulumi/pulumi";
export interface BoxArgs {
  /** How long it is. */
  length: pulumi.Input<number>;
  anything?: any;
}
/** A box. */
export class Box extends pulumi.ComponentResource {
  readonly colour: pulumi.Output<string>;
  constructor(name: string, args: BoxArgs, options?: pulumi.ComponentResourceOptions) {
    super("tiny:index:Box", name, args, options);
    this.colour = pulumi.output("red");
    this.registerOutputs({ colour: this.colour });
  }
}
`;
  const compilerOptions = { module: typescript.ModuleKind.CommonJS, target: typescript.ScriptTarget.ES2022 };
  const { outputText } = typescript.transpileModule(source, { compilerOptions });
  const json = (value: unknown) => JSON.stringify(value);
  writeFileSync(join(folder, "index.ts"), source);
  writeFileSync(join(folder, "index.js"), outputText);
  writeFileSync(
    join(folder, "package.json"),
    json({ name: "tiny", version: "1.0.0", description: "", type: "commonjs", main: "./index.js" }),
  );
  writeFileSync(
    join(folder, "tsconfig.json"),
    json({ compilerOptions: { module: "node16", strict: true, skipLibCheck: true }, files: ["index.ts"] }),
  );
  writeFileSync(join(folder, "PulumiPlugin.yaml"), "runtime: nodejs\n");
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
}
