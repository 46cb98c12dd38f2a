import { createInterface } from "node:readline/promises";
import { type Connection, ExitCode, ProblemError } from "@pgkeep/core";
import { openSession } from "../postgresql/session.js";
import { serverAddress } from "../postgresql/sessionProblem.js";
import { printable } from "../terminal/printable.js";
import type { Surroundings } from "./Surroundings.js";

export interface ReplacingRequest {
  connection: Connection;
  /** Names at the target that are about to be restored. */
  targets: readonly string[];
  /** Of --yes-replace. */
  confirmed: readonly string[];
  inPlace: boolean;
  keepReplaced: boolean;
  signal: AbortSignal;
}

/**
 * Asks, on a terminal, for the name of each database that exists and would lose what it holds. Returns the names that are confirmed, typed now
 * or given before. Where nobody can be asked, nothing is confirmed, and the restore's own refusal says which option does it.
 */
export async function confirmReplacing(request: ReplacingRequest, { input, messages }: Surroundings): Promise<string[]> {
  const { connection, targets, confirmed, signal } = request;
  if (!input.isTTY || !messages.isTTY) return [...confirmed];
  const names = [...confirmed];
  for (const name of await existing(connection, targets, signal)) {
    if (names.includes(name)) continue;
    messages.write(`database ${printable(name)} exists at ${serverAddress(connection)}: ${fate(request)}\n`);
    const terminal = createInterface({ input, output: messages });
    const typed = await terminal.question("Type its name to go on, anything else to stop: ", { signal }).finally(() => terminal.close());
    if (typed.trim() !== name) {
      throw new ProblemError(ExitCode.Usage, {
        where: "confirmation",
        received: typed.trim(),
        allowed: name,
        reason: "the name was not typed, so nothing was touched",
        next: `run it again, or restore beside it with --as ANOTHER_NAME`,
      });
    }
    names.push(name);
  }
  return names;
}

function fate({ inPlace, keepReplaced }: ReplacingRequest): string {
  if (inPlace) return "everything in it is dropped and it is filled from the recovery point, in one transaction.";
  if (keepReplaced) return "it is renamed, and what was written to it since the recovery point is not in the one that takes its place.";
  return "it is dropped once the restored one has taken its place.";
}

async function existing(connection: Connection, names: readonly string[], signal: AbortSignal): Promise<string[]> {
  const session = await openSession(connection, connection.maintenanceDatabase, { signal });
  try {
    const rows = await session.query<{ name: string }>(
      "SELECT datname AS name FROM pg_catalog.pg_database WHERE datname = ANY($1) ORDER BY 1",
      [[...names]],
    );
    return rows.map(({ name }) => name);
  } finally {
    await session.end();
  }
}
