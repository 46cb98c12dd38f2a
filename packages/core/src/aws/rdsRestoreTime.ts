/**
 * What is wrong with the time to restore an RDS instance to. How long ago it may be is not judged: a declaration stays after its restore, and
 * must not begin to fail when the time has left the window of recovery.
 */
export function rdsRestoreTimeProblem(text: string, now: Date): string | undefined {
  const time = new Date(text);
  const wellFormed = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(text) && !Number.isNaN(time.getTime());
  // A day that does not exist, as the 30th of February, would be taken for one of the next month.
  if (!wellFormed || time.toISOString() !== text.replace("Z", ".000Z")) return "this is no time in UTC to the second";
  return time > now ? "this is in the future" : undefined;
}
