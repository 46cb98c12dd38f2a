import { type Check, type Connection, ExitCode, ProblemError, Verdict } from "@pgkeep/core";
import { openSessionWithRetry, type Session } from "../../postgresql/session.js";
import { serverMessage, sqlState } from "../../postgresql/sessionProblem.js";
import type { Reporter } from "../../reporter.js";

/** What one check found. Anything damaged fails it; of what could not be looked at it passes nothing. */
export interface Findings {
  /** What was looked at, in a few words, for example `12 indexes`. */
  found: string;
  damaged: string[];
  unverified: string[];
}

/** What every check of one copy works with. */
export interface CopyUnderTest {
  connection: Connection;
  reporter: Reporter;
  signal?: AbortSignal;
  /** How long the copy may be away before it counts as gone, as while it restarts after a crash. */
  patienceMilliseconds: number;
}

/** A damaged copy can be wrong in every row; the first so many tell enough. */
export const MOST_FINDINGS = 50;

/**
 * Runs one check in a session of its own and makes a verdict of what it found or of what it died of. A session that is lost is tried once
 * more: a server process that dies twice at the same question, while the server itself lives, died of the data.
 */
export async function judge(
  name: string,
  copy: CopyUnderTest,
  database: string,
  work: (session: Session) => Promise<Findings>,
): Promise<Check> {
  const attempt = async () => {
    const session = await openSessionWithRetry(copy.connection, database, copy.patienceMilliseconds, copy.reporter, {
      settings: { jit: "off" },
      ...(copy.signal ? { signal: copy.signal } : {}),
    });
    return await work(session).finally(() => session.end());
  };
  return await judged(name, copy, attempt);
}

/** As judge, for work that opens what it needs by itself. */
export async function judged(name: string, copy: CopyUnderTest, work: () => Promise<Findings>): Promise<Check> {
  try {
    return checkOf(name, await work());
  } catch (error) {
    copy.signal?.throwIfAborted();
    if (!isLost(error)) return checkOfError(name, error);
    copy.reporter.warning(`${name}: ${firstLine(error)}; trying once more`);
  }
  try {
    return checkOf(name, await work());
  } catch (error) {
    copy.signal?.throwIfAborted();
    if (!isLost(error) || !(await isAlive(copy))) return checkOfError(name, error);
    return {
      name,
      verdict: Verdict.Fail,
      details: [`the server process that read it ended twice while the server itself goes on: ${firstLine(error)}`],
    };
  }
}

function checkOf(name: string, { found, damaged, unverified }: Findings): Check {
  if (damaged.length > 0) return { name, verdict: Verdict.Fail, details: shortened([...damaged, ...unverified]) };
  if (unverified.length > 0) return { name, verdict: Verdict.CouldNotVerify, details: shortened(unverified) };
  return { name, verdict: Verdict.Pass, details: [found] };
}

function checkOfError(name: string, error: unknown): Check {
  if (!isExpected(error)) throw error;
  const details = (error instanceof ProblemError ? error.message : serverMessage(error)).split("\n");
  return { name, verdict: isDamage(error) ? Verdict.Fail : Verdict.CouldNotVerify, details };
}

/** Errors of the server and what can be told to people; anything else is a defect of ours and no verdict. */
function isExpected(error: unknown): boolean {
  return error instanceof ProblemError || sqlState(error) !== undefined;
}

/**
 * SQLSTATEs by which the server says that what it read is not what it wrote: XX000 internal error (also `cache lookup failed`), XX001 data
 * corrupted, XX002 index corrupted, and the system errors of class 58 (58P01 undefined file, 58030 I/O error).
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function isDamage(error: unknown): boolean {
  const state = sqlState(error) ?? sqlState((error as { cause?: unknown } | null)?.cause) ?? "";
  return /^(XX|58)[0-9A-Z]{3}$/.test(state);
}

/** The server's words if they tell of damage; else the error goes on. */
export function damageIn(error: unknown): string {
  if (!isDamage(error)) throw error;
  return serverMessage(error);
}

/** A session that was there is gone, and nobody ended it on purpose. Whatever could not be opened at all was waited for already. */
function isLost(error: unknown): boolean {
  if (!(error instanceof ProblemError) || error.exitCode !== ExitCode.Unavailable) return false;
  return /^(session in )?database /.test(error.problems[0]?.where ?? "") && !error.message.includes("administrator command");
}

async function isAlive({ connection, patienceMilliseconds, reporter }: CopyUnderTest): Promise<boolean> {
  try {
    const session = await openSessionWithRetry(connection, connection.maintenanceDatabase, patienceMilliseconds, reporter);
    await session.end();
    return true;
  } catch {
    return false;
  }
}

function firstLine(error: unknown): string {
  if (error instanceof ProblemError) {
    const [problem] = error.problems;
    return [problem?.reason, problem?.received].filter((text) => text !== undefined).join(": ");
  }
  return serverMessage(error);
}

export function shortened(lines: readonly string[]): string[] {
  const hidden = lines.length - MOST_FINDINGS;
  return hidden > 0 ? [...lines.slice(0, MOST_FINDINGS), `… and ${hidden.toLocaleString("en")} more`] : [...lines];
}
