import { ExitCode, ProblemError } from "@pgkeep/core";
import { serverMessage, sqlState } from "../postgresql/sessionProblem.js";

/** An error of a statement in words for the user; anything else as it is. `untouched` says what the refusal left as it was. */
export function serverRefusal(where: string, untouched: string, error: unknown): unknown {
  const state = sqlState(error);
  if (error instanceof ProblemError || state === undefined) return error;
  return new ProblemError(
    // Class 42 holds missing permissions and what does not exist, class 53 missing space and connections.
    state === "42501"
      ? ExitCode.Permission
      : state === "53100"
        ? ExitCode.NoSpace
        : state.startsWith("53")
          ? ExitCode.TryAgain
          : ExitCode.Configuration,
    {
      where,
      received: serverMessage(error),
      reason: `the server refused; ${untouched}`,
      next: "mend what the message names and run again",
    },
    { cause: error },
  );
}
