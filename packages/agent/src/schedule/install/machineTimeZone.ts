import { readlink } from "node:fs/promises";

/** The time zone that the machine's daemons run in, whatever TZ says in this shell. */
export async function machineTimeZone(localtime = "/etc/localtime"): Promise<string> {
  try {
    const [, name] = /zoneinfo\/(?:posix\/|right\/)?(.+)$/.exec(await readlink(localtime)) ?? [];
    if (name) return name;
  } catch (error) {
    // Without the file it is UTC.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "UTC";
  }
  // A copy instead of a link does not say its name: what this process goes by is the best there is.
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
