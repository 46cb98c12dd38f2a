import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { ExitCode } from "@pgkeep/core";
import { describe, expect, it } from "vitest";
import { runCommandLine } from "./commandLine.js";
import type { Surroundings } from "./Surroundings.js";

async function run(...words: string[]): Promise<{ exitCode: ExitCode; output: string; messages: string }> {
  const [output, messages] = [new PassThrough(), new PassThrough()];
  const streams = { output, messages, input: Readable.from([]) } as unknown as Pick<Surroundings, "output" | "messages" | "input">;
  const reading = Promise.all([text(output), text(messages)]);
  const exitCode = await runCommandLine(words, { environment: {}, folder: "/nonexistent", ...streams });
  output.end();
  messages.end();
  const [printed, told] = await reading;
  return { exitCode, output: printed, messages: told };
}

describe("the command line", () => {
  it.each([
    [["init"]],
    [["backup"]],
    [["list"]],
    [["show"]],
    [["status"]],
    [["metrics"]],
    [["drill"]],
    [["restore"]],
    [["accept"]],
    [["pin"]],
    [["unpin"]],
    [["undelete"]],
    [["audit"]],
    [["doctor"]],
    [["copy"]],
    [["retention", "plan"]],
    [["retention", "apply"]],
    [["config", "check"]],
    [["config", "print"]],
    [[]],
  ])("explains %s with an example", async (command) => {
    const { exitCode, output, messages } = await run(...command, "--help");
    expect(exitCode).toBe(ExitCode.Done);
    expect(messages).toBe("");
    expect(output).toMatch(/^Example:\n {2}\$ (\w+=\S+ )*pgkeep /m);
    expect(output).toContain("--config <file>");
    expect(output).toContain("--json");
  });

  it("tells its version", async () => {
    expect(await run("--version")).toEqual({ exitCode: ExitCode.Done, output: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), messages: "" });
  });

  it.each([
    [["restroe", "latest"], "restore"],
    [["dril"], "drill"],
    [["restore", "latest", "--dryrun"], "--dry-run"],
    [["backup", "--conifg", "x"], "--config"],
    [["config", "chekc"], "check"],
  ])("knows what %j was meant to be", async (words, meant) => {
    const { exitCode, output, messages } = await run(...words);
    expect(exitCode).toBe(ExitCode.Usage);
    expect(output).toBe("");
    expect(messages).toContain(`(Did you mean ${meant}?)`);
    expect(messages.trimEnd().split("\n").length).toBeLessThan(6);
  });

  it("shows what is possible when nothing was asked for", async () => {
    const { exitCode, messages } = await run();
    expect(exitCode).toBe(ExitCode.Usage);
    expect(messages).toContain("Usage: pgkeep");
  });

  it("prints a failure as JSON where JSON was asked for, wherever it was asked for", async () => {
    for (const words of [
      ["--json", "list"],
      ["list", "--json"],
      ["--json", "lisst"],
      ["list", "--jso", "--json"],
    ]) {
      const { exitCode, output } = await run(...words);
      expect(JSON.parse(output)).toEqual({
        error: { exitCode, problems: [expect.objectContaining({ where: expect.any(String), reason: expect.any(String) })] },
      });
      expect(output.trimEnd()).not.toContain("\n");
    }
  });

  it("tells a problem as a line of JSON where the log is one", async () => {
    const { exitCode, messages } = await run("list", "--log-format", "json");
    expect(JSON.parse(messages)).toMatchObject({ level: "error", exitCode, problems: [{ where: "pgkeep.yaml" }] });
  });
});
