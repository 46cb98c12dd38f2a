import { ExitCode, ProblemError } from "@pgkeep/core";

/** What asks a process to end: Ctrl+C, whoever runs it (Kubernetes, Docker, systemd), a terminal that is gone. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** A signal that aborts when the process is asked to end, with a reason that says what that means. A second request ends it at once. */
export function interruption(meaning: string): { signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const onSignal = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(ExitCode.TryAgain);
    controller.abort(
      new ProblemError(ExitCode.TryAgain, { where: `interrupted by ${name}`, reason: meaning, next: "run the command again" }),
    );
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return {
    signal: controller.signal,
    dispose: () => {
      for (const name of SIGNALS) process.off(name, onSignal);
    },
  };
}
