import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import type { Connection } from "@pgkeep/core";
import { type ChildEnvironmentOptions, childEnvironment } from "../postgresql/childEnvironment.js";
import { shownName } from "../postgresql/objectName.js";
import type { PostgresPrograms } from "../postgresql/programs.js";
import { restoreFailure } from "./restoreFailure.js";
import { withoutSecrets } from "./withoutSecrets.js";

/**
 * All tables and materialised views but foreign tables and what has one among its children, since to sample those is to call other servers. The
 * system's own only where the role may (vacuum_is_permitted_for_relation): the server would warn of each, and analyses them itself in time.
 */
const ANALYZE_LOCAL = String.raw`
SELECT pg_catalog.format('ANALYZE %I.%I', n.nspname, c.relname)
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't' AND n.nspname <> 'information_schema'
   AND (n.nspname !~ '^pg_' OR pg_catalog.pg_has_role(c.relowner, 'USAGE') OR NOT c.relisshared AND pg_catalog.pg_has_role(
     (SELECT datdba FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()), 'USAGE'))
   AND NOT EXISTS (
     WITH RECURSIVE child(oid) AS (
       SELECT inhrelid FROM pg_catalog.pg_inherits WHERE inhparent = c.oid
       UNION SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN child ON i.inhparent = child.oid)
     SELECT FROM child JOIN pg_catalog.pg_class f ON f.oid = child.oid WHERE f.relkind = 'f')
 ORDER BY c.relpages DESC, c.oid \gexec
`;
const NOTICES_KEPT = 10;

/**
 * Collects the planner's statistics, which a dump does not hold: without them the first queries can take hours. What could not be analysed
 * is told and no failure, since the rows are not concerned. Through psql, because its settings come with the connection, before anything in
 * the restored database can run (an event trigger ON login, from 17 on).
 */
export async function analyzeDatabase(
  programs: PostgresPrograms,
  connection: Connection,
  database: string,
  session: ChildEnvironmentOptions,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const environment = await childEnvironment(connection, session);
  const child = spawn(programs.path("psql"), ["--no-psqlrc", "--no-password", "--quiet", "--file=-"], {
    env: { ...environment, PGDATABASE: database },
    stdio: ["pipe", "ignore", "pipe"],
    ...(signal ? { signal } : {}),
  });
  child.stdin.on("error", () => {});
  child.stdin.end(ANALYZE_LOCAL);
  try {
    const [messages, [code]] = await Promise.all([text(child.stderr), once(child, "close")]);
    if (code !== 0) throw restoreFailure(database, `psql ended with exit code ${code} while analysing: ${messages.trim()}`, null);
    const failed = withoutSecrets(messages)
      .split("\n")
      .filter((line) => /ERROR: |WARNING: /.test(line));
    const notices = failed.map((line) => `not analysed in ${shownName(database)}: ${line.replace(/^psql:<stdin>:\d+: /, "")}`);
    return notices.length > NOTICES_KEPT ? [...notices.slice(0, NOTICES_KEPT), `and ${notices.length - NOTICES_KEPT} more`] : notices;
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
