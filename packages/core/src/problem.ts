import type { ExitCode } from "./exitCode.js";

/** One thing that is wrong, said so that its reader can mend it. */
export interface Problem {
  /** The property, flag, object or database that is wrong, for example `databases[1].name` or `--jobs`. */
  where: string;
  /** What is wrong and why it matters, in one sentence. */
  reason: string;
  /** The value received. Never a secret. */
  received?: string;
  /** What would be accepted. */
  allowed?: string;
  /** What to do next. */
  next?: string;
}

/** An error that a user can act on: one or several problems reported together, and the exit code they lead to. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly problems: readonly Problem[];

  constructor(
    readonly exitCode: ExitCode,
    problems: Problem | readonly Problem[],
    options?: { cause?: unknown },
  ) {
    const list = Array.isArray(problems) ? (problems as readonly Problem[]) : [problems as Problem];
    super(list.map(describeProblem).join("\n"), options);
    this.problems = list;
  }
}

/** A problem as text: the first line says what is wrong, indented lines say what was received, what is allowed and what to do. */
export function describeProblem(problem: Problem): string {
  return [
    `${problem.where}: ${problem.reason}`,
    problem.received === undefined ? undefined : `  received: ${problem.received}`,
    problem.allowed === undefined ? undefined : `  allowed:  ${problem.allowed}`,
    problem.next === undefined ? undefined : `  next:     ${problem.next}`,
  ]
    .filter((line) => line !== undefined)
    .join("\n");
}
