import { type BackupSchedule, maintenanceProblems, type Problem, ProblemError, parseBackupSchedule, runIntervals } from "@pgkeep/core";
import type { KnownRule } from "./planRules.js";

const DAY_MINUTES = 24 * 60;

/** The schedule of a rule, where it is known and right. */
export function scheduleOf(rule: Pick<KnownRule, "schedule" | "timeZone">): BackupSchedule | undefined {
  return readSchedule("", rule).schedule;
}

/** What is wrong with a rule's schedule: its form, how often, and when. */
export function scheduleProblems(where: string, rule: KnownRule, maintenanceWindow: string | undefined): Problem[] {
  const { schedule, problems } = readSchedule(where, rule);
  if (schedule === undefined) return problems;
  return [
    ...(maintenanceWindow === undefined ? [] : maintenanceProblems(`${where}.schedule`, schedule.schedule, maintenanceWindow)),
    ...expiryProblems(where, rule, schedule),
  ];
}

function readSchedule(
  where: string,
  { schedule, timeZone }: Pick<KnownRule, "schedule" | "timeZone">,
): { schedule?: BackupSchedule; problems: Problem[] } {
  if (schedule === undefined || timeZone === undefined) return { problems: [] };
  try {
    return { schedule: parseBackupSchedule(where, schedule, timeZone), problems: [] };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { problems: [...error.problems] };
  }
}

/** https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery-retention-period.html */
function expiryProblems(where: string, { continuous, retentionDays }: KnownRule, { schedule }: BackupSchedule): Problem[] {
  if (!continuous || retentionDays === undefined) return [];
  const days = Math.ceil(runIntervals(schedule).longest / DAY_MINUTES);
  if (retentionDays * DAY_MINUTES > runIntervals(schedule).longest) return [];
  return [
    {
      where: `${where}.retentionDays`,
      received: String(retentionDays),
      allowed: `more than the ${days} ${days === 1 ? "day" : "days"} between two runs of ${schedule.cron.text}`,
      reason: "a continuous backup that is kept for no longer than until its next run expires in between",
      next: "run it every day: it costs nothing more",
    },
  ];
}

/** AWS Backup keeps one continuous backup of an RDS instance. */
export function continuousProblems(rules: readonly KnownRule[]): Problem[] {
  const [first, ...others] = rules.map((rule, index) => ({ ...rule, index })).filter(({ continuous }) => continuous);
  return others.map(({ index }) => ({
    where: `rules[${index}].continuous`,
    received: "true",
    reason: `there is one continuous backup of an RDS instance at a time, and ${first?.name} keeps it`,
    next: "make this a rule of snapshots",
  }));
}
