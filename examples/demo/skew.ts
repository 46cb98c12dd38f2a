import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { DemoServer, Login } from "./server.js";

/** Payments and their bookings, as one pair of backups or databases holds them. */
export interface Pair {
  payments: number;
  bookings: number;
}

/**
 * How many payments and bookings have no counterpart. A writer commits a payment first and its booking right after, so at any one instant
 * there are at most as many payments as writers that are not booked yet, and never a booking without its payment.
 */
export function skewOf({ payments, bookings }: Pair): number {
  return Math.abs(payments - bookings);
}

/** Whether the two can be of one instant. */
export function isOneInstant({ payments, bookings }: Pair, writers: number): boolean {
  return payments >= bookings && payments - bookings <= writers;
}

/** What everybody does: one pg_dump after the other. */
export async function sequentialDumps(server: DemoServer, login: Login, folder: string): Promise<Pair> {
  const core = join(folder, "core.dump");
  const backend = join(folder, "backend.dump");
  for (const [database, file] of [
    ["syntho-core", core],
    ["syntho-backend", backend],
  ] as const) {
    await countLines(server, login, "pg_dump", ["-Fc", "-Z0", "-f", file, database]);
  }
  return {
    payments: await countLines(server, login, "pg_restore", ["--data-only", "--table=payment", "--file=-", core]),
    bookings: await countLines(server, login, "pg_restore", [
      "--data-only",
      "--schema=ledger",
      "--table=ledger_entry",
      "--file=-",
      backend,
    ]),
  };
}

/** What two live databases hold: the numbers, and, pair by pair, whether anything is missing. */
export async function livePair(server: DemoServer): Promise<Pair & { missing: number }> {
  const core = await server.connect("syntho-core");
  const backend = await server.connect("syntho-backend");
  try {
    const [payments, bookings] = await Promise.all([
      core.query<{ key: string }>("SELECT writer || '-' || number AS key FROM payment"),
      backend.query<{ key: string }>("SELECT writer || '-' || number AS key FROM ledger.ledger_entry"),
    ]);
    const paid = new Set(payments.rows.map(({ key }) => key));
    const missing = bookings.rows.filter(({ key }) => !paid.has(key)).length;
    return { payments: payments.rows.length, bookings: bookings.rows.length, missing };
  } finally {
    await Promise.all([core.end(), backend.end()]);
  }
}

/** Runs a client program and counts the lines of COPY data that it prints. */
async function countLines(server: DemoServer, login: Login, program: "pg_dump" | "pg_restore", args: string[]): Promise<number> {
  const env = { ...process.env, PGHOST: server.host, PGPORT: String(server.port), PGUSER: login.username, PGPASSWORD: login.password };
  const child = spawn(server.program(program), args, { env, stdio: ["ignore", "pipe", "inherit"] });
  const exit = once(child, "exit");
  let inData = false;
  let count = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === "\\.") inData = false;
    if (inData) count++;
    if (line.startsWith("COPY ")) inData = true;
  }
  const [code] = await exit;
  if (code !== 0) throw new Error(`${program} ended with ${code}`);
  return count;
}
