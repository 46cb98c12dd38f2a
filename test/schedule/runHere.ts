import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { runCommandLine } from "../../packages/agent/src/cli/commandLine.js";
import type { Surroundings } from "../../packages/agent/src/cli/Surroundings.js";
import type { Project } from "../agent/Project.js";

/** Runs a command line of a project in this process, which saves a second for each. Nobody can be asked anything. */
export async function runHere(project: Project, words: readonly string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const [output, messages] = [new PassThrough(), new PassThrough()];
  const streams = { output, messages, input: Readable.from([]) } as unknown as Pick<Surroundings, "output" | "messages" | "input">;
  const reading = Promise.all([text(output), text(messages)]);
  const exitCode = await runCommandLine(words, { environment: { ...project.environment }, folder: project.folder, ...streams });
  output.end();
  messages.end();
  const [stdout, stderr] = await reading;
  return { exitCode, stdout, stderr };
}
