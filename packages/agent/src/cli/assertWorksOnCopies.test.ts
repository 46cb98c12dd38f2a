import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { ExitCode } from "@pgkeep/core";
import { expect, it } from "vitest";
import { runCommandLine } from "./commandLine.js";
import type { Surroundings } from "./Surroundings.js";

async function run(...words: string[]): Promise<{ exitCode: ExitCode; messages: string }> {
  const [output, messages] = [new PassThrough(), new PassThrough()];
  const streams = { output, messages, input: Readable.from([]) } as unknown as Pick<Surroundings, "output" | "messages" | "input">;
  const reading = text(messages);
  output.resume();
  const exitCode = await runCommandLine(words, { environment: {}, folder: "/nonexistent", ...streams });
  messages.end();
  return { exitCode, messages: await reading };
}

it.each([
  [["backup", "--copy", "offsite"], "`pgkeep backup` does not work on a copy"],
  [["--copy", "offsite", "copy", "--to", "offsite"], "name the copy with --to"],
  [["init", "--cluster", "c", "--database", "d", "--store", "./s", "--copy", "x"], "write the section `copies`"],
  [["config", "check", "--copy", "offsite"], "`pgkeep config` does not work on a copy"],
  [["copy", "latest", "--all", "--to", "offsite"], "cannot be meant at once"],
])("%j is refused", async (words, message) => {
  const { exitCode, messages } = await run(...words);
  expect(exitCode).toBe(ExitCode.Usage);
  expect(messages).toContain(message);
});

it.each(["list", "show", "drill", "status"])("%s works on a copy", async (command) => {
  const { exitCode, messages } = await run(command, "--copy", "offsite");
  // As far as it comes without a configuration.
  expect(messages).toContain("pgkeep.yaml");
  expect(exitCode).toBe(ExitCode.Configuration);
});
