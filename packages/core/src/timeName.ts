const NAME = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2}\.\d{3})Z$/;

/** A time as it stands in the name of an object, to the millisecond and in UTC: `20261121T020000.123Z`. Such names sort by time. */
export function formatTimeName(time: Date): string {
  return time.toISOString().replace(/[-:]/g, "");
}

/** Reads a time out of a name; undefined where it is none. */
export function parseTimeName(text: string): Date | undefined {
  const [, year, month, day, hour, minute, second] = NAME.exec(text) ?? [];
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time.getTime()) || formatTimeName(time) !== text ? undefined : time;
}
