import { ExitCode, ProblemError } from "@pgkeep/core";
import type { Session } from "./session.js";

/** Refuses configured databases that the server does not have or that take no connections, all of them together. */
export async function assertDatabasesExist(session: Session, databases: readonly string[]): Promise<void> {
  const rows = await session.query<{ name: string; ofService: boolean }>(
    `SELECT datname AS name, datname = 'rdsadmin' AND pg_catalog.pg_get_userbyid(datdba) = 'rdsadmin' AS "ofService"
       FROM pg_catalog.pg_database WHERE datallowconn AND NOT datistemplate ORDER BY 1`,
  );
  const ofService = new Set(rows.filter((row) => row.ofService).map(({ name }) => name));
  const names = rows.map(({ name }) => name).filter((name) => !ofService.has(name));
  const missing = databases.map((name, index) => ({ name, index })).filter(({ name }) => !names.includes(name));
  if (missing.length === 0) return;
  throw new ProblemError(
    ExitCode.Configuration,
    missing.map(({ name, index }) => ({
      where: `databases[${index}]`,
      received: name,
      allowed: names.join(", "),
      ...(ofService.has(name)
        ? { reason: "it is Amazon RDS's own, which lets nobody else into it, and every instance has one", next: "remove it" }
        : {
            reason: "the server has no such database that allows connections",
            next: "correct the name, or remove it if the database is gone for good",
          }),
    })),
  );
}
