import { ExitCode } from "@pgkeep/core";
import { Command, Option } from "commander";
import { agentVersion } from "../version.js";
import { assertWorksOnCopies } from "./assertWorksOnCopies.js";
import { deadline } from "./deadline.js";
import type { GlobalOptions } from "./GlobalOptions.js";
import { reportFailure } from "./reportFailure.js";
import type { Surroundings } from "./Surroundings.js";

/** Adds one command to the program. `finish` sets the exit code of a command that ended in order. */
export type AddCommand = (program: Command, surroundings: Surroundings, finish: (exitCode: ExitCode) => void) => void;

/** In the order of the help. Each is loaded only where it is needed: all of them together are 30 MB more in the memory of a backup. */
const COMMANDS: Record<string, () => Promise<AddCommand>> = {
  init: async () => (await import("./addInit.js")).addInit,
  backup: async () => (await import("./addBackup.js")).addBackup,
  list: async () => (await import("./addList.js")).addList,
  show: async () => (await import("./addShow.js")).addShow,
  status: async () => (await import("./addStatus.js")).addStatus,
  metrics: async () => (await import("./addMetrics.js")).addMetrics,
  drill: async () => (await import("./addDrill.js")).addDrill,
  restore: async () => (await import("./addRestore.js")).addRestore,
  retention: async () => (await import("./addRetention.js")).addRetention,
  copy: async () => (await import("./addCopy.js")).addCopy,
  accept: async () => (await import("./addAccept.js")).addAccept,
  pin: async () => (await import("./addPin.js")).addPin,
  unpin: async () => (await import("./addPin.js")).addUnpin,
  undelete: async () => (await import("./addUndelete.js")).addUndelete,
  audit: async () => (await import("./addAudit.js")).addAudit,
  doctor: async () => (await import("./addDoctor.js")).addDoctor,
  report: async () => (await import("./addReport.js")).addReport,
  runbook: async () => (await import("./addRunbook.js")).addRunbook,
  snapshot: async () => (await import("./addSnapshot.js")).addSnapshot,
  schedule: async () => (await import("./addSchedule.js")).addSchedule,
  config: async () => (await import("./addConfig.js")).addConfig,
};

/** The commands that the words may mean: those that they name, or else all, for the help and for a word that is misspelt. */
async function commandsFor(commandLine: readonly string[]): Promise<AddCommand[]> {
  const named = Object.keys(COMMANDS).filter((name) => commandLine.includes(name));
  const needed = named.length > 0 ? named : Object.keys(COMMANDS);
  return await Promise.all(needed.map((name) => COMMANDS[name]?.())).then((commands) =>
    commands.filter((command) => command !== undefined),
  );
}

/** Parses and runs one command line; the result is the exit code. Never throws. */
export async function runCommandLine(commandLine: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const { messages, output } = surroundings;
  const program = new Command("pgkeep")
    .description("PostgreSQL backups that are proven to restore.")
    .version(agentVersion, "-V, --version", "print the version")
    .option("-c, --config <file>", "configuration (default: PGKEEP_CONFIG, PGKEEP_CONFIG_YAML, then ./pgkeep.yaml)")
    .option("--json", "print the result, or what went wrong, as one JSON document on standard output")
    .addOption(
      new Option("--log-format <format>", "how progress is told on standard error").choices(["auto", "plain", "json"]).default("auto"),
    )
    .option("--deadline <duration>", "end it as if interrupted, with exit code 75, if it takes longer than this, for example 6h", deadline)
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
  for (const add of await commandsFor(commandLine)) add(program, surroundings, finish);
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
