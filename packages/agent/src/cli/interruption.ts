import { durationText, ExitCode, ProblemError } from "@pgkeep/core";

/** What asks a process to end: Ctrl+C, whoever runs it (Kubernetes, Docker, systemd), a terminal that is gone. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** How long a command may still take to end in order once its deadline is over. What hangs beyond would renew its locks for ever. */
const GRACE_MILLISECONDS = 60_000;

/**
 * A signal that aborts when the process is asked to end, or once the deadline (milliseconds from now) is over, with a reason that says what that
 * means. A second request ends it at once.
 */
export function interruption(meaning: string, deadline?: number): { signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const onSignal = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(ExitCode.TryAgain);
    controller.abort(
      new ProblemError(ExitCode.TryAgain, { where: `interrupted by ${name}`, reason: meaning, next: "run the command again" }),
    );
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  const timers = deadline === undefined ? [] : deadlineTimers(controller, meaning, deadline);
  return {
    signal: controller.signal,
    dispose: () => {
      for (const name of SIGNALS) process.off(name, onSignal);
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

function deadlineTimers(controller: AbortController, meaning: string, deadline: number): NodeJS.Timeout[] {
  const over = new ProblemError(ExitCode.TryAgain, {
    where: `--deadline ${durationText(deadline)}`,
    reason: `it took longer than that and was ended: ${meaning}`,
    next: "see in the log what it waited for; give it more time where it only had much to do",
  });
  return [
    setTimeout(() => controller.abort(over), deadline),
    setTimeout(() => process.exit(ExitCode.TryAgain), deadline + GRACE_MILLISECONDS).unref(),
  ];
}
