import { ExitCode, ProblemError } from "@pgkeep/core";
import type { Session } from "../postgresql/session.js";

/** Twice within the minute after which the strictest firewalls forget a connection, and patience for a server that is busy. */
const PACE = { everyMilliseconds: 20_000, answerWithinMilliseconds: 60_000 };

export interface KeepAlive {
  /** Settles with the reason once a session is lost, or a check fails. Never rejects. */
  lost: Promise<ProblemError>;
  stop(): void;
}

/**
 * Asks every idle session something trivial now and then: firewalls and NAT forget connections that say nothing for minutes, and TCP's own
 * keepalive is often longer than their patience. A question that fails means more than a lost connection: it would abort the transaction,
 * and with it the locks or the snapshot would be gone.
 */
export function keepAlive(sessions: () => readonly Session[], check: () => Promise<void>, pace = PACE): KeepAlive {
  let stopped = false;
  let report: (problem: ProblemError) => void = () => undefined;
  const failed = new Promise<ProblemError>((resolve) => {
    report = resolve;
  });
  const tick = async () => {
    try {
      await Promise.all([
        ...sessions()
          .filter(({ busy }) => !busy)
          .map((session) => ask(session, pace.answerWithinMilliseconds)),
        check(),
      ]);
    } catch (error) {
      if (!stopped) report(error instanceof ProblemError ? error : transactionGone(error));
    }
  };
  const timer = setInterval(() => void tick(), pace.everyMilliseconds);
  return {
    lost: Promise.race([failed, ...sessions().map(({ lost }) => lost)]),
    stop: () => {
      stopped = true;
      clearInterval(timer);
    },
  };
}

async function ask(session: Session, withinMilliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new ProblemError(ExitCode.Unavailable, {
            where: `session in database ${session.database}`,
            reason: `the server has not answered for ${withinMilliseconds / 1000} seconds`,
            next: "check the network and the server, then run again",
          }),
        ),
      withinMilliseconds,
    );
  });
  try {
    await Promise.race([session.query("SELECT 1"), silence]);
  } finally {
    clearTimeout(timer);
  }
}

function transactionGone(error: unknown): ProblemError {
  return new ProblemError(
    ExitCode.TryAgain,
    {
      where: "snapshot",
      received: error instanceof Error ? error.message : String(error),
      reason: "a statement in a held transaction failed, and with it the snapshot or the locks were lost",
      next: "run again; a cancelled statement (pg_cancel_backend) is the usual cause",
    },
    { cause: error },
  );
}
