import type { PlannedFile } from "../schedule/install/planFiles.js";
import { shellWord } from "../terminal/shellWord.js";

/** What `schedule install` shows, wrote, and leaves to do. */
export interface InstallReport {
  /** As it is shown before anything is written. */
  shown: string;
  /** Paths of the files that were written, or `crontab`. */
  written: string[];
  /** What to do now, and how to undo it. */
  next: string[];
}

interface UnitsToDescribe {
  planned: readonly PlannedFile[];
  timers: readonly string[];
  notes: readonly string[];
  user: boolean;
  environmentFile: string;
}

export function describeUnits({ planned, timers, notes, user, environmentFile }: UnitsToDescribe): Omit<InstallReport, "written"> {
  const files = planned.flatMap(({ path, change, text }) => [`── ${path} (${change})`, text]);
  const systemctl = user ? "systemctl --user" : "systemctl";
  const services = timers.map((timer) => timer.replace(".timer", ".service"));
  return {
    shown: [...files, ...notes.map((note) => `note: ${note}`)].join("\n"),
    next: [
      `secrets    ${environmentFile} (mode 600), or files that it names`,
      `start      ${systemctl} daemon-reload && ${systemctl} enable --now ${timers.join(" ")}`,
      ...(user ? ["           loginctl enable-linger, so that they run while nobody is logged in"] : []),
      `look       ${systemctl} list-timers 'pgkeep-*'; ${user ? "journalctl --user" : "journalctl"} -u ${services[0]}`,
      `undo       ${systemctl} disable --now ${timers.join(" ")} && rm ${planned.map(({ path }) => shellWord(path)).join(" ")}`,
    ],
  };
}

interface CrontabToDescribe {
  block: readonly string[];
  isChange: boolean;
  environmentFile: string;
}

export function describeCrontab({ block, isChange, environmentFile }: CrontabToDescribe): Omit<InstallReport, "written"> {
  return {
    shown: [`── crontab of this account (${isChange ? "changed at its end; all other lines stay" : "unchanged"})`, ...block].join("\n"),
    next: [
      `secrets    ${environmentFile} (mode 600), or files that it names`,
      "start      nothing to do: cron reads it by itself",
      "look       crontab -l; what a run prints is mailed to this account, where mail works",
      `undo       crontab -e, and remove all from "${block[0]}" to "${block.at(-1)}"`,
    ],
  };
}
