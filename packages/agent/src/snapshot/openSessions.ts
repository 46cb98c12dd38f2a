import { type Connection, ExitCode, type Problem, ProblemError } from "@pgkeep/core";
import { openSession, type Session, type SessionOptions } from "../postgresql/session.js";

/** Opens one session per name, all or none. What is wrong with several databases is told together. */
export async function openSessions(connection: Connection, databases: readonly string[], options: SessionOptions): Promise<Session[]> {
  const results = await Promise.allSettled(databases.map((database) => openSession(connection, database, options)));
  const failures = results.filter((result) => result.status === "rejected").map(({ reason }): unknown => reason);
  const sessions = results.filter((result) => result.status === "fulfilled").map(({ value }) => value);
  if (failures.length === 0) return sessions;
  await Promise.allSettled(sessions.map((session) => session.end()));
  const defect = failures.find((reason) => !(reason instanceof ProblemError));
  if (defect !== undefined) throw defect;
  const problems = new Map<string, Problem>();
  for (const failure of failures as ProblemError[]) for (const problem of failure.problems) problems.set(JSON.stringify(problem), problem);
  throw new ProblemError((failures[0] as ProblemError | undefined)?.exitCode ?? ExitCode.Unavailable, [...problems.values()], {
    cause: failures[0],
  });
}
