#!/usr/bin/env node
import "./boundedMemory.js";
import { ExitCode } from "@pgkeep/core";
import { runCommandLine } from "./commandLine.js";
import { reportFailure } from "./reportFailure.js";
import type { Surroundings } from "./Surroundings.js";
import { takeSecrets } from "./takeSecrets.js";

const surroundings: Surroundings = {
  environment: takeSecrets(process.env),
  folder: process.cwd(),
  output: process.stdout,
  messages: process.stderr,
  input: process.stdin,
};

for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    // Whoever read us has gone (`pgkeep list | head`): nobody is left to tell.
    process.exit(error.code === "EPIPE" ? ExitCode.Done : ExitCode.InputOutput);
  });
}
// A defect of ours, wherever it comes up, ends with our exit code and in our words.
process.on("uncaughtException", (error) => process.exit(reportFailure(error, {}, surroundings)));

process.exitCode = await runCommandLine(process.argv.slice(2), surroundings);
