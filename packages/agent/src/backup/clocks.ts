import { ExitCode, type Problem, ProblemError } from "@pgkeep/core";

/** Ids, retention and expiry all rest on time, so agent, server and store must agree about it. */
const TOLERANCE_MILLISECONDS = 5 * 60_000;

/** A clock and what it showed while the agent's own clock showed `agent`. */
export interface ClockReading {
  /** Whose clock, for example `the PostgreSQL server`. */
  owner: string;
  shown: Date;
  agent: Date;
}

/** Refuses to go on when a clock differs from the agent's by more than five minutes. */
export function assertClocksAgree(readings: readonly ClockReading[]): void {
  const problems = readings.flatMap(({ owner, shown, agent }): Problem[] => {
    const difference = shown.getTime() - agent.getTime();
    if (Math.abs(difference) <= TOLERANCE_MILLISECONDS) return [];
    return [
      {
        where: `clock of ${owner}`,
        received: `${shown.toISOString()} while this machine's clock showed ${agent.toISOString()}`,
        allowed: "a difference of at most 5 minutes",
        reason: `it is ${Math.round(Math.abs(difference) / 1000)} s ${difference > 0 ? "ahead of" : "behind"} this machine's, and ids and retention rest on time`,
        next: "correct the wrong clock (for example with chrony) and run again",
      },
    ];
  });
  if (problems.length > 0) throw new ProblemError(ExitCode.Configuration, problems);
}
