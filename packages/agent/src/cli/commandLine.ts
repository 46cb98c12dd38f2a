import { ExitCode } from "@pgkeep/core";
import { Command, Option } from "commander";
import { agentVersion } from "../version.js";
import { addAccept } from "./addAccept.js";
import { addAudit } from "./addAudit.js";
import { addBackup } from "./addBackup.js";
import { addConfig } from "./addConfig.js";
import { addCopy } from "./addCopy.js";
import { addDoctor } from "./addDoctor.js";
import { addDrill } from "./addDrill.js";
import { addInit } from "./addInit.js";
import { addList } from "./addList.js";
import { addMetrics } from "./addMetrics.js";
import { addPin, addUnpin } from "./addPin.js";
import { addReport } from "./addReport.js";
import { addRestore } from "./addRestore.js";
import { addRetention } from "./addRetention.js";
import { addRunbook } from "./addRunbook.js";
import { addSchedule } from "./addSchedule.js";
import { addShow } from "./addShow.js";
import { addStatus } from "./addStatus.js";
import { addUndelete } from "./addUndelete.js";
import { assertWorksOnCopies } from "./assertWorksOnCopies.js";
import type { GlobalOptions } from "./GlobalOptions.js";
import { reportFailure } from "./reportFailure.js";
import type { Surroundings } from "./Surroundings.js";

/** Adds one command to the program. `finish` sets the exit code of a command that ended in order. */
export type AddCommand = (program: Command, surroundings: Surroundings, finish: (exitCode: ExitCode) => void) => void;

/** Parses and runs one command line; the result is the exit code. Never throws. */
export async function runCommandLine(commandLine: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const { messages, output } = surroundings;
  const program = new Command("pgkeep")
    .description("PostgreSQL backups that are proven to restore.")
    .version(agentVersion, "-V, --version", "print the version")
    .option("-c, --config <file>", "configuration (default: PGKEEP_CONFIG, then ./pgkeep.yaml)")
    .option("--json", "print the result, or what went wrong, as one JSON document on standard output")
    .addOption(
      new Option("--log-format <format>", "how progress is told on standard error").choices(["auto", "plain", "json"]).default("auto"),
    )
    .option("--copy <name>", "work on this copy (section `copies`) instead of the store")
    .hook("preAction", (_program, command) => assertWorksOnCopies(command))
    .configureHelp({ showGlobalOptions: true })
    .addHelpText("after", HELP)
    .showHelpAfterError("Run `pgkeep help` or `pgkeep COMMAND --help` to see what is possible.")
    .configureOutput({ writeOut: (text) => output.write(text), writeErr: (text) => messages.write(text) })
    .exitOverride();
  let exitCode = ExitCode.Done;
  const finish = (code: ExitCode) => {
    exitCode = code;
  };
  for (const add of [
    addInit,
    addBackup,
    addList,
    addShow,
    addStatus,
    addMetrics,
    addDrill,
    addRestore,
    addRetention,
    addCopy,
    addAccept,
    addPin,
    addUnpin,
    addUndelete,
    addAudit,
    addDoctor,
    addReport,
    addRunbook,
    addSchedule,
    addConfig,
  ])
    add(program, surroundings, finish);
  try {
    await program.parseAsync(commandLine, { from: "user" });
    return exitCode;
  } catch (error) {
    // By the words themselves, too: the parser may have stopped before it came to them.
    const json = program.opts<GlobalOptions>().json === true || commandLine.includes("--json");
    return reportFailure(error, { ...program.opts<GlobalOptions>(), json }, surroundings);
  }
}

const HELP = `
Example:
  $ pgkeep init --cluster shop --database shop --store s3://shop-backups/postgres
  $ pgkeep doctor && pgkeep backup && pgkeep drill latest

Secrets come from the environment, from files that it names (the same name with _FILE) or from a libpq password file, never from the
command line: PGPASSWORD, PGKEEP_IDENTITY, PGKEEP_SIGNING_KEY, PGKEEP_HEARTBEAT_URL, PGKEEP_WEBHOOK_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
AZURE_STORAGE_KEY, AZURE_STORAGE_SAS_TOKEN; a copy's own behind PGKEEP_COPY_NAME_.

Exit codes: 0 done, 64 usage, 65 data wrong, 66 no such recovery point, 69 unavailable, 70 a defect of pgkeep, 73 no space,
74 input or output, 75 try again, 77 permission, 78 configuration, 79 could not verify, 80 done, and somebody has to look.`;
