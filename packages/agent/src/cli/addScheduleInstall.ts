import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { ExitCode, ProblemError } from "@pgkeep/core";
import { loadConfigurationFile } from "../configuration/loadConfiguration.js";
import { writeWhole } from "../report/writeWhole.js";
import { crontabBlock, withBlock } from "../schedule/install/crontabBlock.js";
import { installationOf } from "../schedule/install/installedJobs.js";
import { machineTimeZone } from "../schedule/install/machineTimeZone.js";
import { planFiles } from "../schedule/install/planFiles.js";
import { systemdUnits } from "../schedule/install/systemdUnits.js";
import { isCronie, readCrontab, writeCrontab } from "../schedule/install/userCrontab.js";
import type { AddCommand } from "./commandLine.js";
import { confirmWriting } from "./confirmWriting.js";
import { describeCrontab, describeUnits, type InstallReport } from "./describeInstall.js";
import type { GlobalOptions } from "./GlobalOptions.js";
import { printResult } from "./printResult.js";
import type { Surroundings } from "./Surroundings.js";
import { placeOf } from "./withConfiguration.js";

interface InstallOptions extends GlobalOptions {
  systemd?: boolean;
  crontab?: boolean;
  user?: boolean;
  dryRun?: boolean;
  yes?: boolean;
}

export const addScheduleInstall: AddCommand = (schedule, surroundings, finish) => {
  schedule
    .command("install")
    .description("Write the schedule as systemd timers or as lines of a crontab, which then run the commands; shows them first.")
    .option("--systemd", "a service and a timer for each job")
    .option("--crontab", "lines in the crontab of this account")
    .option("--user", "with --systemd: units of this account (default: of the system, in /etc/systemd/system)")
    .option("--dry-run", "show what would be written, and write nothing")
    .option("--yes", "write without asking")
    .addHelpText("after", HELP)
    .action(async (_options, command) => {
      const options = command.optsWithGlobals() as InstallOptions;
      assertOneKind(options);
      const report = options.systemd ? await installSystemd(options, surroundings) : await installCrontab(options, surroundings);
      printResult(surroundings, options.json === true, report, () =>
        [...(options.dryRun ? [report.shown, ""] : []), ...report.next].join("\n"),
      );
      finish(ExitCode.Done);
    });
};

function assertOneKind({ systemd, crontab, user }: InstallOptions): void {
  if (systemd === crontab) {
    const reason = systemd ? "every job would run twice" : "it is not said which of the two is to run the jobs";
    throw new ProblemError(ExitCode.Usage, { where: "--systemd, --crontab", reason, next: "give one of them" });
  }
  if (user && crontab) {
    const reason = "a crontab always belongs to the account that writes it";
    throw new ProblemError(ExitCode.Usage, { where: "--user", reason, next: "leave --user out" });
  }
}

async function installSystemd(options: InstallOptions, surroundings: Surroundings): Promise<InstallReport> {
  const { environment } = surroundings;
  const installation = installationOf(await loadConfigurationFile(placeOf(surroundings, options)));
  const user = options.user === true;
  const { files, timers, notes } = systemdUnits(installation, user);
  const folder = user ? join(configurationHome(environment), "systemd/user") : "/etc/systemd/system";
  const planned = await planFiles(folder, files);
  const changes = planned.filter(({ change }) => change !== "unchanged");
  const report = describeUnits({ planned, timers, notes, user, environmentFile: installation.environmentFile });
  if (!options.dryRun) surroundings.messages.write(`${report.shown}\n`);
  if (options.dryRun || changes.length === 0) return { ...report, written: [] };
  await confirmWriting(`these ${changes.length} files`, options, surroundings);
  await mkdir(folder, { recursive: true });
  for (const { path, text } of changes) await writeWhole(path, text, 0o644);
  return { ...report, written: changes.map(({ path }) => path) };
}

function configurationHome({ XDG_CONFIG_HOME, HOME }: NodeJS.ProcessEnv): string {
  if (XDG_CONFIG_HOME) return XDG_CONFIG_HOME;
  if (HOME) return join(HOME, ".config");
  throw new ProblemError(ExitCode.Usage, {
    where: "HOME",
    reason: "it is not set, so the folder of this account's units is unknown",
    next: "set HOME",
  });
}

async function installCrontab(options: InstallOptions, surroundings: Surroundings): Promise<InstallReport> {
  const { environment } = surroundings;
  const installation = installationOf(await loadConfigurationFile(placeOf(surroundings, options)));
  const before = await readCrontab(environment);
  const daemon = { timeZone: await machineTimeZone(), readsCronTz: await isCronie(environment) };
  const block = crontabBlock(installation, daemon);
  const after = withBlock(before, installation.cluster, block);
  const report = describeCrontab({ block, isChange: after !== before, environmentFile: installation.environmentFile });
  if (!options.dryRun) surroundings.messages.write(`${report.shown}\n`);
  if (options.dryRun || after === before) return { ...report, written: [] };
  await confirmWriting("these lines, at the end of this account's crontab,", options, surroundings);
  await writeCrontab(after, environment);
  return { ...report, written: ["crontab"] };
}

const HELP = `
The units and lines run \`pgkeep backup\` and the other commands by themselves: no \`pgkeep schedule\` runs beside them. A file that pgkeep did not write is
never overwritten. Nothing is started: the commands that do are printed.

Example:
  $ pgkeep schedule install --systemd --dry-run
  $ sudo pgkeep --config /etc/pgkeep/shop.yaml schedule install --systemd
  $ pgkeep schedule install --crontab --yes`;
