import { ExitCode, ProblemError } from "@pgkeep/core";
import { Command, CommanderError, Option } from "commander";
import { printProblem } from "../terminal/printProblem.js";
import { agentVersion } from "../version.js";
import { addBackup } from "./addBackup.js";
import { addConfig } from "./addConfig.js";
import { addDoctor } from "./addDoctor.js";
import { addDrill } from "./addDrill.js";
import { addInit } from "./addInit.js";
import { addList } from "./addList.js";
import { addRestore } from "./addRestore.js";
import { addShow } from "./addShow.js";
import type { Surroundings } from "./Surroundings.js";

/** Parses and runs one command line; the result is the exit code. Never throws. */
export async function runCommandLine(commandLine: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const { environment, messages, output } = surroundings;
  const program = new Command("pgkeep")
    .description("PostgreSQL backups that are proven to restore.")
    .version(agentVersion, "-V, --version", "print the version")
    .addOption(new Option("-c, --config <file>", "configuration (default: ./pgkeep.yaml)").env("PGKEEP_CONFIG"))
    .option("--json", "print the result as JSON on standard output")
    .addOption(
      new Option("--log-format <format>", "how progress is told on standard error").choices(["auto", "plain", "json"]).default("auto"),
    )
    .addHelpText("after", EXIT_CODES)
    .showHelpAfterError("Run `pgkeep help` or `pgkeep COMMAND --help` to see what is possible.")
    .configureOutput({ writeOut: (text) => output.write(text), writeErr: (text) => messages.write(text) })
    .exitOverride();
  let exitCode = ExitCode.Done;
  const finish = (code: ExitCode) => {
    exitCode = code;
  };
  for (const add of [addInit, addBackup, addRestore, addDrill, addList, addShow, addDoctor, addConfig]) add(program, surroundings, finish);
  try {
    await program.parseAsync(commandLine, { from: "user" });
    return exitCode;
  } catch (error) {
    // commander has printed its own message, or the help or version that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.Done : ExitCode.Usage;
    messages.write(printProblem(error, environment, messages));
    return error instanceof ProblemError ? error.exitCode : ExitCode.Defect;
  }
}

/** Adds one command to the program. `finish` sets the exit code of a command that ended in order. */
export type AddCommand = (program: Command, surroundings: Surroundings, finish: (exitCode: ExitCode) => void) => void;

const EXIT_CODES = `
Exit codes: 0 done, 64 usage, 65 data wrong, 66 no such recovery point, 69 unavailable, 70 a defect of pgkeep, 73 no space,
74 input or output, 75 try again, 77 permission, 78 configuration, 79 could not verify, 80 committed but suspicious.`;
