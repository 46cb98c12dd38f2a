import { systemdSchedule } from "@pgkeep/core";
import type { Installation, InstalledJob } from "./InstalledJob.js";

/** A file and what it is to hold. */
export interface UnitFile {
  name: string;
  text: string;
}

/** The first line of every unit that is ours. A file without it is somebody else's. */
export const UNIT_MARK = "# Written by `pgkeep schedule install`";

export interface SystemdUnits {
  files: UnitFile[];
  /** Names of the timers. */
  timers: string[];
  /** Where systemd will run a schedule otherwise than `pgkeep schedule` would. */
  notes: string[];
}

/** A service and a timer for each job. `user` makes units for the account's own systemd, in which most of the hardening needs rights that it has not. */
export function systemdUnits(installation: Installation, user: boolean): SystemdUnits {
  const files: UnitFile[] = [];
  const notes: string[] = [];
  for (const job of installation.jobs) {
    const name = `pgkeep-${installation.cluster}-${job.name}`;
    const schedule = systemdSchedule(job.schedule);
    files.push({ name: `${name}.service`, text: service(installation, job, name, user) });
    files.push({ name: `${name}.timer`, text: timer(installation, job, schedule.onCalendar) });
    notes.push(...schedule.notes.map((note) => `${job.name}: ${note}`));
  }
  return { files, timers: files.map(({ name }) => name).filter((name) => name.endsWith(".timer")), notes };
}

function service(
  { cluster, configPath, environmentFile, writableFolders }: Installation,
  job: InstalledJob,
  name: string,
  user: boolean,
): string {
  return lines(
    `${UNIT_MARK} for ${configPath}. It is written anew by the next; changes belong into a drop-in: systemctl edit ${name}.service`,
    "[Unit]",
    `Description=pgkeep: ${job.name} of ${cluster}`,
    ...(user ? [] : ["Wants=network-online.target", "After=network-online.target"]),
    "# At most four tries within an hour, see RestartForceExitStatus.",
    "StartLimitIntervalSec=1h",
    "StartLimitBurst=4",
    "",
    "[Service]",
    "# Not oneshot, which may not be restarted by exit code.",
    "Type=simple",
    `ExecStart=${job.command.map(unitWord).join(" ")}`,
    "# Passwords and keys, or the files that hold them: PGPASSWORD_FILE=…, PGKEEP_IDENTITY_FILE=…",
    // The rest of the line as it is, blanks and quotes too.
    `EnvironmentFile=-${environmentFile.replaceAll("%", "%%")}`,
    ...(user ? [] : ["Environment=HOME=%h"]),
    "# Exit codes 69 and 75 say that another try is worth it; all others would end the same way.",
    "RestartForceExitStatus=69 75",
    "RestartSec=5min",
    "UMask=0077",
    "Nice=5",
    "NoNewPrivileges=yes",
    "LockPersonality=yes",
    "RestrictRealtime=yes",
    "SystemCallArchitectures=native",
    ...(user ? [] : hardening(writableFolders)),
  );
}

/** Not PrivateNetwork and not RestrictNamespaces: a drill makes a namespace of its own. Not MemoryDenyWriteExecute: V8 compiles while it runs. */
function hardening(writableFolders: readonly string[]): string[] {
  return [
    "ProtectSystem=strict",
    "ProtectHome=read-only",
    "PrivateTmp=yes",
    "PrivateDevices=yes",
    "ProtectControlGroups=yes",
    "ProtectKernelLogs=yes",
    "ProtectKernelModules=yes",
    "ProtectKernelTunables=yes",
    "ProtectHostname=yes",
    "ProtectClock=yes",
    "RestrictSUIDSGID=yes",
    ...writableFolders.map((folder) => `ReadWritePaths=${unitPath(folder)}`),
  ];
}

function timer({ cluster, configPath }: Installation, { name, schedule }: InstalledJob, onCalendar: readonly string[]): string {
  return lines(
    `${UNIT_MARK} for ${configPath}.`,
    "[Unit]",
    `Description=pgkeep: when ${name} of ${cluster} runs (${schedule.cron.text} in ${schedule.timeZone})`.replaceAll("%", "%%"),
    "",
    "[Timer]",
    ...onCalendar.map((value) => `OnCalendar=${value}`),
    "# A time that was missed, because the machine was off, is made up for once.",
    "Persistent=true",
    "AccuracySec=1s",
    "",
    "[Install]",
    "WantedBy=timers.target",
  );
}

function lines(...all: string[]): string {
  return `${all.join("\n")}\n`;
}

/** systemd.service(5): `%` and `$` are doubled; what holds blanks or quotes is quoted. */
function unitWord(word: string): string {
  const escaped = word.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("%", "%%").replaceAll("$", "$$$$");
  return /^[\w@+=:,./%$-]+$/.test(escaped) ? escaped : `"${escaped}"`;
}

/** A path in a setting that takes several: in quotes where it holds blanks. */
function unitPath(path: string): string {
  const escaped = path.replaceAll("%", "%%");
  return /[\s"'\\]/.test(escaped) ? `"${escaped.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"` : escaped;
}
