import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AttachedProviders, attachProviders } from "./attachProviders.js";
import { engineEnvironment } from "./engineEnvironment.js";
import { provideLanguageHost } from "./languageHost/languageHost.js";
import { pulumiProgram } from "./pulumiProgram.js";
import { stableText } from "./stableText.js";

export interface CliResult {
  exitCode: number;
  /** Without what differs from run to run. */
  text: string;
  stdout: string;
  stderr: string;
}

/** The CLI as a user types it, on a folder with a Pulumi.yaml or a PulumiPlugin.yaml, with a state of its own. */
export interface Cli {
  /** `run(folder, ["preview", "--diff", "--stack", "dev"])` */
  run(folder: string, args: readonly string[]): Promise<CliResult>;
  /** What a program started by hand needs to talk to the same state and providers. */
  readonly environment: Readonly<Record<string, string>>;
  dispose(): Promise<void>;
}

export async function startCli(options: { providers?: AttachedProviders; environment?: Record<string, string> } = {}): Promise<Cli> {
  const folder = mkdtempSync(join(tmpdir(), "pgkeep-cli-"));
  const attached = await attachProviders(options.providers ?? []);
  const dispose = async () => {
    await attached.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    const folders = { home: join(folder, "home"), state: join(folder, "state") };
    for (const path of Object.values(folders)) mkdirSync(path);
    const pulumi = pulumiProgram();
    provideLanguageHost(pulumi, folders.home);
    const environment = { ...engineEnvironment(folders, attached.ports), ...options.environment };
    return {
      environment,
      dispose,
      run: async (where, args) => {
        const result = await runPulumi(pulumi, where, [...args, "--non-interactive", "--color", "never"], {
          ...process.env,
          ...environment,
        });
        attached.assertComplete();
        return result;
      },
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** One command on a fresh state. */
export async function runCli(folder: string, args: readonly string[], providers: AttachedProviders = []): Promise<CliResult> {
  const cli = await startCli({ providers });
  try {
    return await cli.run(folder, args);
  } finally {
    await cli.dispose();
  }
}

function runPulumi(pulumi: string, cwd: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(pulumi, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      stdout += chunk;
    });
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      stderr += chunk;
    });
    child.once("error", reject);
    child.once("close", (code) => resolve({ exitCode: code ?? 1, text: stableText(stdout + stderr), stdout, stderr }));
  });
}
