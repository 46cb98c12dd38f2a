import type { Reporter } from "../reporter.js";
import { JsonReporter } from "./JsonReporter.js";
import { chooseLogFormat } from "./logFormat.js";
import { PlainReporter } from "./PlainReporter.js";
import { paintFor } from "./paint.js";
import { TerminalReporter } from "./TerminalReporter.js";

/** A reporter that holds a part of the screen, or a thought not yet told, until it is ended. */
export interface EndingReporter extends Reporter {
  /** Takes bars away and tells what is left. Nothing may be reported afterwards. */
  end(): void;
}

export interface ReporterOptions {
  /** Where progress goes: standard error, so that standard output holds results only. */
  stream: NodeJS.WritableStream;
  format: "auto" | "plain" | "json";
  environment: NodeJS.ProcessEnv;
}

/** The reporter that suits a stream. */
export function createReporter({ stream, format, environment }: ReporterOptions): EndingReporter {
  const paint = paintFor(stream, environment);
  switch (chooseLogFormat(format, stream, environment)) {
    case "json":
      return new JsonReporter(stream);
    case "plain":
      return new PlainReporter(stream, paint);
    case "terminal":
      return new TerminalReporter(stream as NodeJS.WriteStream, paint);
  }
}
