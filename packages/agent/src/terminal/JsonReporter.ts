import { type DestinationStream, type Logger, pino, stdTimeFunctions } from "pino";
import type { ProgressUnit } from "../reporter.js";
import type { EndingReporter } from "./createReporter.js";
import { WorkTimes } from "./WorkTimes.js";

/** One JSON object per line, for whatever collects a container's output: `level`, `time`, `msg` and the fields of the step. */
export class JsonReporter implements EndingReporter {
  private readonly log: Logger;
  private readonly times = new WorkTimes();

  constructor(stream: DestinationStream) {
    this.log = jsonLog(stream);
  }

  info(message: string, fields: Record<string, unknown> = {}): void {
    this.log.info(fields, message);
  }

  warning(message: string, fields: Record<string, unknown> = {}): void {
    this.log.warn(fields, message);
  }

  progress(work: string, done: number, total?: number, unit: ProgressUnit = "bytes"): void {
    const { what, millisecondsSinceBeginning } = this.times.note(work, done, total, performance.now());
    if (what === "nothing") return;
    this.log.info({ work, done, total, unit, milliseconds: Math.round(millisecondsSinceBeginning) }, `${work}: ${what}`);
  }

  end(): void {}
}

/** The log itself, for what is not a step: the problem that ends a command. */
export function jsonLog(stream: DestinationStream): Logger {
  return pino({ base: null, timestamp: stdTimeFunctions.isoTime, formatters: { level: (level) => ({ level }) } }, stream);
}
