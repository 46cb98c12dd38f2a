import { formatDuration, formatSize } from "@pgkeep/core";
import type { ProgressUnit } from "../reporter.js";

/** An amount of work in words, for example `12.3 MB` or `1,204`. */
export function describeAmount(amount: number, unit: ProgressUnit): string {
  return unit === "bytes" ? formatSize(amount) : amount.toLocaleString("en");
}

/** How far a piece of work is, for example `12.3 MB of about 20 MB, 61 %`. A total is an estimate until the work is done. */
export function describeProgress(done: number, total: number | undefined, unit: ProgressUnit): string {
  if (total === undefined || total <= 0 || done >= total) return describeAmount(done, unit);
  return `${describeAmount(done, unit)} of about ${describeAmount(total, unit)}, ${Math.floor((100 * done) / total)} %`;
}

/** What a finished piece of work was, for example `dump syntho-core: 20 MB in 1.2 s`. */
export function describeFinished(work: string, done: number, unit: ProgressUnit, milliseconds: number): string {
  const took = milliseconds < 50 ? "" : ` in ${formatDuration(milliseconds)}`;
  return `${work}: ${describeAmount(done, unit)}${took}`;
}
