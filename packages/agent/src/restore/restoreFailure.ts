import { ExitCode, ProblemError } from "@pgkeep/core";
import { shownName } from "../postgresql/objectName.js";
import { withoutSecrets } from "./withoutSecrets.js";

const LINES_SHOWN = 12;

/** The error of a program that loads a database. Its words are the server's; secrets in the statement that failed are blacked out. */
export class RestoreFailure extends ProblemError {
  constructor(
    exitCode: ExitCode,
    database: string,
    reason: string,
    /** The signal that ended the program, where one did. */
    readonly endedBySignal: NodeJS.Signals | null,
  ) {
    super(exitCode, {
      where: `restore into database ${shownName(database)}`,
      reason,
      next: "mend what the message names and run the restore again",
    });
  }
}

export function restoreFailure(database: string, message: string, signal: NodeJS.Signals | null): RestoreFailure {
  const lines = withoutSecrets(message).split("\n");
  const shown = lines.length > LINES_SHOWN ? [...lines.slice(0, LINES_SHOWN - 1), "…"] : lines;
  return new RestoreFailure(exitCodeOf(message, signal), database, shown.join("\n  "), signal);
}

function exitCodeOf(message: string, signal: NodeJS.Signals | null): ExitCode {
  if (/canceling statement due to lock timeout|deadlock detected/.test(message)) return ExitCode.TryAgain;
  if (/No space left on device|could not extend file|disk full/i.test(message)) return ExitCode.NoSpace;
  if (/permission denied|must be (superuser|owner|member)|not allowed to/i.test(message)) return ExitCode.Permission;
  if (
    /server closed the connection|terminating connection|connection to server .* failed|could not connect|no connection to the server|lost synchronization|SSL connection has been closed/i.test(
      message,
    )
  ) {
    return ExitCode.Unavailable;
  }
  return signal === null ? ExitCode.DataWrong : ExitCode.TryAgain;
}
