import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { runCommandLine } from "../../packages/agent/src/cli/commandLine.js";
import type { Surroundings } from "../../packages/agent/src/cli/Surroundings.js";
import type { Project, RunOptions } from "./Project.js";

export interface RunHere {
  exitCode: number;
  stdout: string;
  stderr: string;
  /** What --json printed. */
  // biome-ignore lint/suspicious/noExplicitAny: each command has a document of its own
  json(): any;
}

/** Runs a command of pgkeep in this process: for what a process of its own would not show better, and much sooner. */
export async function runHere(project: Project, args: readonly string[], options: Pick<RunOptions, "environment"> = {}): Promise<RunHere> {
  const [output, messages] = [new PassThrough(), new PassThrough()];
  const streams = { output, messages, input: Readable.from([]) } as unknown as Pick<Surroundings, "output" | "messages" | "input">;
  const reading = Promise.all([text(output), text(messages)]);
  const exitCode = await runCommandLine(args, { environment: project.variables(options), folder: project.folder, ...streams });
  output.end();
  messages.end();
  const [stdout, stderr] = await reading;
  return { exitCode, stdout, stderr, json: () => JSON.parse(stdout) };
}
