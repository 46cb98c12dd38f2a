import { ExitCode, ProblemError } from "@pgkeep/core";
import type { Session } from "./session.js";

/** Refuses configured databases that the server does not have or that take no connections, all of them together. */
export async function assertDatabasesExist(session: Session, databases: readonly string[]): Promise<void> {
  const rows = await session.query<{ name: string }>(
    "SELECT datname AS name FROM pg_catalog.pg_database WHERE datallowconn AND NOT datistemplate ORDER BY 1",
  );
  const names = rows.map(({ name }) => name);
  const missing = databases.map((name, index) => ({ name, index })).filter(({ name }) => !names.includes(name));
  if (missing.length === 0) return;
  throw new ProblemError(
    ExitCode.Configuration,
    missing.map(({ name, index }) => ({
      where: `databases[${index}]`,
      received: name,
      allowed: names.join(", "),
      reason: "the server has no such database that allows connections",
      next: "correct the name, or remove it if the database is gone for good",
    })),
  );
}
