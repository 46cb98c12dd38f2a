import { ExitCode } from "../exitCode.js";
import { ProblemError } from "../problem.js";
import { fiveFields } from "./fieldsText.js";
import type { Schedule } from "./runs.js";
import { isSameTimeZone } from "./timeZone.js";

/** The cron program of a machine. */
export interface CrontabDaemon {
  /** The time zone it runs in. */
  timeZone: string;
  /** Whether it reads CRON_TZ= in a crontab: cronie does (Fedora, RHEL, Arch), Debian's cron does not and takes it for a variable of the job. */
  readsCronTz: boolean;
}

/**
 * Lines of a user's crontab: CRON_TZ where the time zone needs it, then the fields and the command, in which `%` would begin its input and is escaped.
 * Another time zone is refused where CRON_TZ is not read.
 */
export function crontabLines({ cron, timeZone }: Schedule, command: string, daemon: CrontabDaemon): string[] {
  if (/[\r\n]/.test(command)) throw new RangeError("a command in a crontab is one line");
  const line = `${fiveFields(cron)} ${command.replaceAll("%", "\\%")}`;
  if (isSameTimeZone(timeZone, daemon.timeZone)) return [line];
  if (daemon.readsCronTz) return [`CRON_TZ=${timeZone}`, line];
  throw new ProblemError(ExitCode.Configuration, {
    where: "timeZone",
    received: timeZone,
    allowed: daemon.timeZone,
    reason: `the cron of this machine knows its own time zone only, ${daemon.timeZone}: it would run at another time, which moves when clocks are changed`,
    next: "write the schedule in the machine's time zone, or use systemd timers or `pgkeep schedule`, which know time zones",
  });
}
