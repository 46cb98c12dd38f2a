const DAY = 24 * 60;
const WEEK = 7 * DAY;
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const DAILY = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/;
const WEEKLY = /^(sun|mon|tue|wed|thu|fri|sat):([01]\d|2[0-3]):([0-5]\d)-(sun|mon|tue|wed|thu|fri|sat):([01]\d|2[0-3]):([0-5]\d)$/i;

/**
 * The shortest window that RDS takes, for backups and for maintenance.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
 */
const SHORTEST_RDS_WINDOW = 30;

/** How long before a maintenance window AWS Backup starts no backup of the database. */
const AWS_BACKUP_CLEARANCE = 60;

/** A span on the ring of 10,080 minutes that a week is, in minutes after Sunday 00:00 UTC. It may reach past the end of the week. */
export interface WeeklySpan {
  start: number;
  minutes: number;
}

/** A span of each day, in minutes after 00:00 UTC. It may reach past midnight. */
export interface DailySpan {
  start: number;
  minutes: number;
}

/** Reads a backup window such as `23:45-00:30` (UTC). */
export function parseDailyWindow(text: string): DailySpan {
  const problem = dailyWindowProblem(text);
  if (problem !== undefined) throw new RangeError(`"${text}": ${problem}`);
  return readDaily(text) as DailySpan;
}

/** Reads a maintenance window such as `sun:23:45-mon:00:30` (UTC). */
export function parseWeeklyWindow(text: string): WeeklySpan {
  const problem = weeklyWindowProblem(text);
  if (problem !== undefined) throw new RangeError(`"${text}": ${problem}`);
  return readWeekly(text) as WeeklySpan;
}

/** What is wrong with a backup window. */
export function dailyWindowProblem(text: string): string | undefined {
  const span = readDaily(text);
  return span === undefined ? "this is no daily window: hours and minutes have two digits each, in UTC" : tooShort(span.minutes);
}

/** What is wrong with a maintenance window. */
export function weeklyWindowProblem(text: string): string | undefined {
  const span = readWeekly(text);
  return span === undefined
    ? "this is no weekly window: weekdays have three letters, hours and minutes two digits each, in UTC"
    : tooShort(span.minutes);
}

/** Whether a backup window and a maintenance window share a minute of some day. Windows that only touch do not. */
export function windowsOverlap(daily: DailySpan, weekly: WeeklySpan): boolean {
  return WEEKDAYS.some((_, day) => spansOverlap({ start: day * DAY + daily.start, minutes: daily.minutes }, weekly));
}

function spansOverlap(a: WeeklySpan, b: WeeklySpan): boolean {
  return (b.start - a.start + WEEK) % WEEK < a.minutes || (a.start - b.start + WEEK) % WEEK < b.minutes;
}

/**
 * When AWS Backup starts no backup of an RDS instance: in its maintenance window and the hour before.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html
 */
export function awsBackupPause({ start, minutes }: WeeklySpan): WeeklySpan {
  return { start: (start - AWS_BACKUP_CLEARANCE + WEEK) % WEEK, minutes: Math.min(minutes + AWS_BACKUP_CLEARANCE, WEEK) };
}

/**
 * A maintenance window that is clear of a backup window: on Sunday, an hour after the backups' end and an hour long where the day has room
 * for that, else shorter and nearer. Undefined where the backups leave no 30 minutes of a day.
 */
export function maintenanceBeside({ start, minutes }: DailySpan): WeeklySpan | undefined {
  const free = DAY - minutes;
  if (free < SHORTEST_RDS_WINDOW) return undefined;
  const length = Math.min(60, free);
  return { start: (start + minutes + Math.min(60, free - length)) % WEEK, minutes: length };
}

/**
 * A backup window that is clear of a maintenance window on each day: an hour after its end where the day has room for that, else nearer; half
 * an hour long. Undefined where maintenance leaves no 30 minutes of a day.
 */
export function backupsBeside({ start, minutes }: WeeklySpan): DailySpan | undefined {
  const free = DAY - minutes;
  if (free < SHORTEST_RDS_WINDOW) return undefined;
  return { start: (start + minutes + Math.min(60, free - SHORTEST_RDS_WINDOW)) % DAY, minutes: SHORTEST_RDS_WINDOW };
}

/** The windows of an instance, as RDS takes them. */
export interface RdsWindows {
  backup: string;
  maintenance: string;
}

/** Where neither window is said. */
const DEFAULT_BACKUP_WINDOW = "03:00-03:30";

/** Both windows, the one that is not said beside the other. Undefined where one leaves the other no room. Throws for what is no window. */
export function settleRdsWindows(backup: string | undefined, maintenance: string | undefined): RdsWindows | undefined {
  if (backup === undefined && maintenance !== undefined) {
    const weekly = parseWeeklyWindow(maintenance);
    const daily = backupsBeside(weekly);
    return daily && { backup: dailyWindowText(daily), maintenance: weeklyWindowText(weekly) };
  }
  const daily = parseDailyWindow(backup ?? DEFAULT_BACKUP_WINDOW);
  const weekly = maintenance === undefined ? maintenanceBeside(daily) : parseWeeklyWindow(maintenance);
  return weekly && { backup: dailyWindowText(daily), maintenance: weeklyWindowText(weekly) };
}

/** Writes a daily span as RDS takes it. */
export function dailyWindowText({ start, minutes }: DailySpan): string {
  return `${clockText(start)}-${clockText(start + minutes)}`;
}

/** Writes a weekly span as RDS takes it. */
export function weeklyWindowText({ start, minutes }: WeeklySpan): string {
  return `${momentText(start)}-${momentText(start + minutes)}`;
}

function readDaily(text: string): DailySpan | undefined {
  const match = DAILY.exec(text);
  if (match === null) return undefined;
  const start = clock(match[1], match[2]);
  return { start, minutes: (clock(match[3], match[4]) - start + DAY) % DAY };
}

function readWeekly(text: string): WeeklySpan | undefined {
  const match = WEEKLY.exec(text);
  if (match === null) return undefined;
  const moment = (day = "", hours = "", minutes = "") => WEEKDAYS.indexOf(day.toLowerCase()) * DAY + clock(hours, minutes);
  const start = moment(match[1], match[2], match[3]);
  return { start, minutes: (moment(match[4], match[5], match[6]) - start + WEEK) % WEEK };
}

function tooShort(minutes: number): string | undefined {
  return minutes < SHORTEST_RDS_WINDOW ? `this lasts ${minutes} minutes, and RDS needs ${SHORTEST_RDS_WINDOW} or more` : undefined;
}

function clock(hours = "", minutes = ""): number {
  return Number(hours) * 60 + Number(minutes);
}

function clockText(minutes: number): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${two(Math.floor((minutes % DAY) / 60))}:${two(minutes % 60)}`;
}

function momentText(minutes: number): string {
  return `${WEEKDAYS[Math.floor((minutes % WEEK) / DAY)]}:${clockText(minutes)}`;
}
