import { statfs } from "node:fs/promises";
import { type Check, ExitCode, ProblemError, Verdict } from "@pgkeep/core";
import { endsSession, serverMessage, sqlState } from "../postgresql/sessionProblem.js";

/** Two segments of the write-ahead log. A server that cannot write its log removes the segment it began, and ends every session. */
const LEAST_BYTES = 32 * 2 ** 20;
/** How it looks from outside when a server is gone. */
const GONE = [ExitCode.Unavailable, ExitCode.TryAgain, ExitCode.InputOutput];

/**
 * The check that a drill ends with when its scratch server ran out of room, which says nothing of the recovery point; undefined when the error is another one.
 * A server that could not write its log tells why in its own log alone, so its folder is asked, where this machine sees it.
 */
export async function lackOfRoom(error: unknown, folder: string | undefined): Promise<Check | undefined> {
  const code = error instanceof ProblemError ? error.exitCode : undefined;
  const told = code === ExitCode.NoSpace || sqlState(error) === "53100";
  const gone = code === undefined ? endsSession(error) : GONE.includes(code);
  if (!told && !(gone && folder !== undefined && (await freeBytes(folder)) < LEAST_BYTES)) return undefined;
  return {
    name: "room for the restore",
    verdict: Verdict.CouldNotVerify,
    details: [
      "the scratch server ran out of room: a drill needs as much as the databases have on their own server, and room for its log",
      ...serverMessage(error).split("\n"),
    ],
  };
}

async function freeBytes(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
