import type { Connection } from "@pgkeep/core";
import type { Session } from "../postgresql/session.js";
import { sqlState } from "../postgresql/sessionProblem.js";
import { refusalOf } from "./probeServer.js";
import type { RdsTarget, RestoringRole } from "./TargetFacts.js";

/** What is special about the server when Amazon RDS or Aurora runs it; undefined for every other. What only it can tell it is asked, in a transaction that is rolled back. */
export async function readRdsTarget(session: Session, role: RestoringRole, connection: Connection): Promise<RdsTarget | undefined> {
  const [server] = await session.query<{ rds: boolean; inRecovery: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'rdsadmin' AND rolsuper) AND EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_superuser') AS rds,
            pg_is_in_recovery() AS "inRecovery"`,
  );
  if (server?.rds !== true || role.superuser) return undefined;
  const [offered, allowed] = [await listed(session, "rds.extensions"), await listed(session, "rds.allowed_extensions")];
  const withheld: RdsTarget["withheld"] = new Set([
    "superuser" as const,
    "replication" as const,
    ...(role.createRole && !server.inRecovery && (await mayGiveBypassRls(session)) ? [] : ["bypassRls" as const]),
  ]);
  const extensions =
    offered === null || allowed === null ? (offered ?? allowed) : new Set([...offered].filter((name) => allowed.has(name)));
  return { extensions, withheld, byIam: connection.rdsIam !== undefined };
}

/** Before PostgreSQL 16 only a superuser may, from then on whoever has it; a service may have rules of its own. */
async function mayGiveBypassRls(session: Session): Promise<boolean> {
  return (await refusalOf(session, "CREATE ROLE pgkeep_probe_role BYPASSRLS")) === undefined;
}

/** An empty list, and one with a star, limit nothing; nor does one that this role may not see. */
async function listed(session: Session, setting: string): Promise<ReadonlySet<string> | null> {
  const [row] = await session
    .query<{ list: string | null }>("SELECT current_setting($1, true) AS list", [setting])
    .catch((error: unknown) => {
      if (sqlState(error) === "42501") return [];
      throw error;
    });
  const names = (row?.list ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  return names.length === 0 || names.includes("*") ? null : new Set(names);
}
