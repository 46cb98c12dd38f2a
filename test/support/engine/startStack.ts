import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type ConfigMap, LocalWorkspace, type ProjectSettings, PulumiCommand, type Stack } from "@pulumi/pulumi/automation/index.js";
import { type AttachedProviders, attachProviders } from "./attachProviders.js";
import type { EngineStack, Program } from "./EngineStack.js";
import { engineEnvironment } from "./engineEnvironment.js";
import { LocalStack } from "./LocalStack.js";
import { pulumiProgram } from "./pulumiProgram.js";

export interface StackOptions {
  /** `pgkeep-test` unless said. */
  project?: string;
  /** `dev` unless said. */
  stack?: string;
  program: Program;
  /** Stand-ins for the official providers of the program's resources. */
  providers?: AttachedProviders;
  /** Configuration of the stack, each key with its namespace: `pgkeep:databases`. */
  config?: Record<string, string>;
  /** Configuration that the stack keeps encrypted. */
  secrets?: Record<string, string>;
  /** Texts that differ from run to run, such as a server's port, and what stands for them in what the stack's methods return as text. */
  standIns?: Record<string, string>;
}

/** Once for a process: to make it starts the CLI, which tells its version. */
let command: Promise<PulumiCommand> | undefined;

/** A stack of the real engine: an inline program of this process, state in a temporary folder, secrets under a passphrase. */
export async function startStack(options: StackOptions): Promise<EngineStack> {
  const folder = mkdtempSync(join(tmpdir(), "pgkeep-engine-"));
  const attached = await attachProviders(options.providers ?? []);
  const dispose = async () => {
    await attached.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    const folders = { home: join(folder, "home"), state: join(folder, "state"), work: join(folder, "work") };
    for (const path of Object.values(folders)) mkdirSync(path);
    const stack = await createStack(options, folders.work, engineEnvironment(folders, attached.ports));
    return new LocalStack(stack, options.program, attached, options.standIns ?? {}, folders.state, dispose);
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function createStack(options: StackOptions, workDir: string, envVars: Record<string, string>): Promise<Stack> {
  const projectName = options.project ?? "pgkeep-test";
  // Without `main`, the engine takes the process's working folder, this repository, for the program's, and looks there for its package.json.
  const projectSettings: ProjectSettings = { name: projectName, runtime: "nodejs", main: workDir };
  command ??= PulumiCommand.get({ root: dirname(dirname(pulumiProgram())) });
  const pulumiCommand = await command;
  const stack = await LocalWorkspace.createStack(
    { stackName: options.stack ?? "dev", projectName, program: options.program as () => Promise<Record<string, unknown>> },
    { workDir, envVars, pulumiCommand, projectSettings, ...(envVars.PULUMI_HOME === undefined ? {} : { pulumiHome: envVars.PULUMI_HOME }) },
  );
  const config: ConfigMap = {
    ...Object.fromEntries(Object.entries(options.config ?? {}).map(([key, value]) => [key, { value }])),
    ...Object.fromEntries(Object.entries(options.secrets ?? {}).map(([key, value]) => [key, { value, secret: true }])),
  };
  if (Object.keys(config).length > 0) await stack.setAllConfig(config);
  return stack;
}
