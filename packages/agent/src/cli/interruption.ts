import { ExitCode, ProblemError } from "@pgkeep/core";

/** A signal that aborts when the process is asked to end, with a reason that says what that means. A second request ends it at once. */
export function interruption(meaning: string): { signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const onSignal = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(ExitCode.TryAgain);
    controller.abort(
      new ProblemError(ExitCode.TryAgain, { where: `interrupted by ${name}`, reason: meaning, next: "run the command again" }),
    );
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  return {
    signal: controller.signal,
    dispose: () => process.off("SIGINT", onSignal).off("SIGTERM", onSignal),
  };
}
