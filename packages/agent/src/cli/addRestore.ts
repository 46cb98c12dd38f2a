import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { ExitCode, NotifiedJob, overallVerdict, ProblemError, parseDuration } from "@pgkeep/core";
import { type Command, InvalidArgumentError } from "commander";
import { loadConfiguration } from "../configuration/loadConfiguration.js";
import { readManifest } from "../manifest/readManifest.js";
import { resolveId } from "../manifest/resolveId.js";
import { onceRestore } from "../records/onceRestore.js";
import { whoAmI } from "../records/whoAmI.js";
import type { Reporter } from "../reporter.js";
import type { RestoreTargetOptions } from "../restore/RestoreOptions.js";
import { restoreFile } from "../restore/restoreFile.js";
import { runRestore } from "../restore/runRestore.js";
import { paintFor } from "../terminal/paint.js";
import { assertRestoreOptions } from "./assertRestoreOptions.js";
import { chooseDatabases } from "./chooseDatabases.js";
import type { AddCommand } from "./commandLine.js";
import { describeRestore, type RestoreReport } from "./describeRestore.js";
import { loadIdentitiesFor } from "./loadIdentitiesFor.js";
import { printResult } from "./printResult.js";
import type { RestoreCommandOptions } from "./RestoreCommandOptions.js";
import { repeatable } from "./repeatable.js";
import { restoreFiles } from "./restoreFiles.js";
import { restoreInto } from "./restoreInto.js";
import type { Surroundings } from "./Surroundings.js";
import { tracedRestore } from "./tracedRestore.js";
import { verdictExit } from "./verdictExit.js";
import { type ConfiguredInvocation, interruptibly, placeOf, withNotifiedJob } from "./withConfiguration.js";

export const addRestore: AddCommand = (program, surroundings, finish) => {
  const command = program
    .command("restore")
    .argument("[id]", "recovery point: an id, `latest` or `latest-proven`")
    .description("Restore databases of a recovery point, or a dump file, beside what lives; then swap, once all is loaded and compared.");
  addOptions(command).action(async (id: string | undefined, _options, itself: Command) => {
    const options = itself.optsWithGlobals() as RestoreCommandOptions;
    assertRestoreOptions(id, options);
    const { file, into } = options;
    const report =
      file !== undefined && into !== undefined
        ? await restoreDumpFile(file, into, options, surroundings)
        : await restorePoint(id ?? "latest", options, surroundings);
    finish(exitOf(report));
  });
};

function addOptions(command: Command): Command {
  return command
    .optionsGroup("What:")
    .option("--database <name>", "only this database; may be repeated", repeatable)
    .option("--as <name>", "under another name: NEW, or OLD=NEW where there are several; may be repeated", repeatable)
    .option("--table <schema.table>", "only this table of the one database; may be repeated", repeatable)
    .option("--schema-only", "definitions without rows")
    .option("--files <folder>", "also extract the saved files into this folder; nothing there is overwritten")
    .option("--no-databases", "only the files")
    .option(
      "--file <file>",
      "with --into: not a recovery point, but a dump that anybody made: .sql, custom, tar or directory, also .gz, .zst or .age",
    )
    .option("--into <name>", "the database that --file becomes")
    .optionsGroup("Where to:")
    .option("--to <uri>", "another server, as a libpq URI without a password (default: the server that is backed up)")
    .option("--in-place", "with --clean: empty the living database and fill it again, in one transaction")
    .option("--clean", "said with --in-place: everything in the database is dropped first")
    .option("--yes-replace <name>", "confirm that this database, or with --table this table, is replaced; may be repeated", repeatable)
    .option("--drop-replaced", "drop the replaced database afterwards (default: it stays under another name)")
    .optionsGroup("How:")
    .option("--once <name>", "only if no restore of this name was begun before, wherever it is started; a record in the store says so")
    .option("--dry-run", "print the plan and all that would stop it; touch nothing")
    .option("--no-owner", "everything belongs to the restoring role")
    .option("--no-acl", "without privileges")
    .option("--accept-missing", "restore without the objects that the preflight lists as impossible here")
    .option("--accept-older-migrations", "replace a database although it was migrated further than the recovery point")
    .option("--no-verify", "do not read back and compare what was restored")
    .option("--read-first", "read and verify each object whole before anything is touched (default: where manifests are signed)")
    .option("--no-read-first", "verify each object only while it is loaded")
    .option("--jobs <number>", "connections that load at once; above 1 the decrypted dump lies on disk meanwhile (default: 1)", wholeNumber)
    .option("--work-folder <folder>", "where it lies (default: the system's temporary folder)")
    .option("--identity-file <file>", "decrypt with the age identities of this file and no others")
    .optionsGroup("The application:")
    .option("--stop <command>", "shell command that stops it, run right before its databases change")
    .option("--start <command>", "shell command that starts it again, run whatever happens")
    .option("--check-url <url>", "address that answers once it is well again")
    .option("--check-for <duration>", "how long the address is asked (default: 2m)", duration)
    .addHelpText("after", HELP);
}

const MEANING = "databases under their own names are as they were, unless a line above says that they were swapped";

async function restorePoint(idOrAlias: string, options: RestoreCommandOptions, surroundings: Surroundings): Promise<RestoreReport> {
  const { environment, folder, output } = surroundings;
  const factsOf = (report: RestoreReport) => ({ exitCode: exitOf(report), summary: `from ${idOrAlias}` });
  const telling = { job: options.dryRun ? undefined : NotifiedJob.Restore, factsOf };
  return await withNotifiedJob(telling, surroundings, options, MEANING, async (invocation: ConfiguredInvocation) => {
    const { config, store, layout, reporter, json } = invocation;
    const by = whoAmI(environment);
    const run = environment.PGKEEP_RUN_ID || undefined;
    const request = { name: options.once ?? "", recoveryPoint: idOrAlias, run, by };
    // First of all: a recovery point of long ago may be gone by now.
    const once = options.once === undefined ? undefined : await onceRestore(store, layout, request, reporter);
    if (once?.done !== undefined) return doneBefore(request.name, once.done, reporter);
    const id = await resolveId(store, layout, idOrAlias);
    const manifest = await readManifest(store, layout, id, config.signing?.publicKeys ?? []);
    const identities = await loadIdentitiesFor(options.identityFile, config, surroundings);
    const dryRun = options.dryRun === true;
    const trail = { store, layout, reporter, by };
    const report = await tracedRestore(trail, id, dryRun, async () => {
      const report: RestoreReport = { databases: null, files: null };
      // Files first: they can be refused without harm, and databases are swapped only when everything else is in place.
      if (options.files !== undefined) {
        report.files = await restoreFiles({ store, manifest, identities, folder: resolve(folder, options.files), reporter, dryRun });
      }
      if (options.databases) {
        const available = manifest.databases.map(({ name }) => name);
        const databases = chooseDatabases(available, options.database, options.as);
        const targets = databases?.map(({ name, as }) => as ?? name) ?? available;
        const restoring = (common: RestoreTargetOptions) =>
          runRestore({
            ...common,
            store,
            manifest,
            identities,
            ...(databases ? { databases } : {}),
            ...(options.table ? { tables: options.table } : {}),
            ...(options.inPlace ? { inPlaceClean: true } : {}),
            ...(options.readFirst === undefined ? {} : { readFirst: options.readFirst }),
          });
        report.databases = await restoreInto(targets, config, options, surroundings, invocation, restoring, once?.steps);
        if (!dryRun) await once?.steps.finish(exitOf(report));
        if (manifest.files && !options.files) reporter.info("the recovery point holds files too: --files FOLDER extracts them");
      }
      return report;
    });
    printResult(surroundings, json, report, () => describeRestore(report, dryRun, paintFor(output, environment)));
    return report;
  });
}

/** An attempt of the same run did it, and died before it could say so. */
function doneBefore(name: string, exitCode: ExitCode, reporter: Reporter): RestoreReport {
  const told = `an earlier attempt of this run came to the end of the restore ${name}: nothing is left to do`;
  if (exitCode !== ExitCode.Done) throw new ProblemError(exitCode, { where: "--once", reason: told, next: "see `pgkeep audit`" });
  reporter.info(told);
  return { databases: null, files: null };
}

/** No store is opened, and with --to no configuration is needed: so a dump can be restored on a machine that has nothing but pgkeep. */
async function restoreDumpFile(
  file: string,
  into: string,
  options: RestoreCommandOptions,
  surroundings: Surroundings,
): Promise<RestoreReport> {
  const { environment, folder, output } = surroundings;
  const isConfigured =
    options.config !== undefined ||
    environment.PGKEEP_CONFIG ||
    environment.PGKEEP_CONFIG_YAML ||
    existsSync(resolve(folder, "pgkeep.yaml"));
  const config = isConfigured || options.to === undefined ? await loadConfiguration(placeOf(surroundings, options)) : undefined;
  return await interruptibly(surroundings, options, MEANING, async (invocation) => {
    const identities = await loadIdentitiesFor(options.identityFile, config ?? {}, surroundings);
    const path = resolve(folder, file);
    const result = await restoreInto([into], config, options, surroundings, invocation, (common) =>
      restoreFile({ ...common, file: path, database: into, identities }),
    );
    const report: RestoreReport = { databases: result, files: null };
    printResult(surroundings, invocation.json, report, () =>
      describeRestore(report, options.dryRun === true, paintFor(output, environment)),
    );
    return report;
  });
}

/** What was verified decides; where verifying was declined there is nothing to say against it. */
function exitOf({ databases }: RestoreReport): ExitCode {
  return databases === null || databases.checks.length === 0 ? ExitCode.Done : verdictExit(overallVerdict(databases.checks));
}

function wholeNumber(text: string): number {
  const number = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > 64) throw new InvalidArgumentError("Allowed: a whole number from 1 to 64.");
  return number;
}

function duration(text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

const HELP = `
With --once NAME a restore happens at most once, however often it is started: its first step and the change of databases are recorded in the store,
and a second run ends with exit code 64 before anything is touched. Attempts of one run (PGKEEP_RUN_ID) may follow each other until databases change.

A database that exists is replaced only after its name was confirmed: typed at the terminal, or with --yes-replace NAME. The old one stays
under another name, and the statements that bring it back are printed.

The password for --to comes from PGKEEP_TARGET_PASSWORD_FILE, PGKEEP_TARGET_PASSWORD or a libpq password file (PGPASSFILE); PGPASSWORD and
the other PG* variables are meant for the server that is backed up and are not sent to another one. PGKEEP_TARGET_AUTHENTICATION=rds-iam signs in
to Amazon RDS with the AWS credentials instead.

Example:
  $ pgkeep restore latest-proven --dry-run
  $ pgkeep restore latest --database shop --as shop-yesterday
  $ pgkeep restore latest --yes-replace shop --stop "systemctl stop shop" --start "systemctl start shop" --check-url http://localhost:8080/health
  $ pgkeep restore latest --database shop --table public.orders --as shop-orders
  $ pgkeep restore latest --no-databases --files ./restored
  $ pgkeep restore --file dump.sql.gz --into shop --to postgresql://admin@db.example.org/postgres`;
