#!/usr/bin/env node
import { runCommandLine } from "./commandLine.js";

process.exitCode = await runCommandLine(process.argv.slice(2), {
  environment: process.env,
  folder: process.cwd(),
  output: process.stdout,
  messages: process.stderr,
  input: process.stdin,
});
