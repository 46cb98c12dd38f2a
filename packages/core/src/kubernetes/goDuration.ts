import { parseDuration } from "../duration.js";

/** A duration such as `30d` or `90s` as Go's time.Duration prints and reads it, which knows no days: `720h0m0s`. */
export function goDuration(text: string): string {
  const seconds = parseDuration(text) / 1000;
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  return `${hours}h${minutes}m${seconds % 60}s`;
}
