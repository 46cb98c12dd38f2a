import { type Check, counted, Verdict } from "@pgkeep/core";
import { shownName } from "../../postgresql/objectName.js";
import type { Session } from "../../postgresql/session.js";

/** The databases of a copy. */
export interface CopiedDatabases {
  /** Those to look at. */
  names: string[];
  checks: Check[];
  neverProven: string[];
}

/** Databases that a managed service keeps for itself and lets nobody into. */
const OF_THE_SERVICE = new Set(["rdsadmin", "cloudsqladmin", "azure_maintenance", "azure_sys"]);

interface Row {
  name: string;
  connectable: boolean;
  may: boolean;
}

/** Every database that lets connections in, templates too. Those of the configuration must be among them. */
export async function findCopiedDatabases(session: Session, expected: readonly string[]): Promise<CopiedDatabases> {
  const rows = await session.query<Row>(
    "SELECT datname AS name, datallowconn AS connectable, has_database_privilege(oid, 'CONNECT') AS may FROM pg_database ORDER BY datname",
  );
  const all = rows.filter(({ name }) => !OF_THE_SERVICE.has(name));
  const open = all.filter(({ connectable }) => connectable);
  const missing = expected.filter((name) => !all.some((row) => row.name === name));
  const closed = expected.filter((name) => all.some((row) => row.name === name && !row.connectable));
  const forbidden = open.filter(({ may }) => !may).map(({ name }) => `database ${shownName(name)}: this role may not connect to it`);
  const failures = [
    ...missing.map((name) => `database ${shownName(name)} of the configuration is not in the copy`),
    ...closed.map((name) => `database ${shownName(name)} of the configuration lets nobody connect`),
  ];
  const names = open.filter(({ may }) => may).map(({ name }) => name);
  return {
    names,
    checks: [
      failures.length > 0
        ? { name: "databases", verdict: Verdict.Fail, details: [...failures, ...forbidden] }
        : forbidden.length > 0
          ? { name: "databases", verdict: Verdict.CouldNotVerify, details: forbidden }
          : { name: "databases", verdict: Verdict.Pass, details: [counted(names.length, "database")] },
    ],
    neverProven: [
      ...rows.filter(({ name }) => OF_THE_SERVICE.has(name)).map(({ name }) => `database ${name}, which the service keeps for itself`),
      ...all
        .filter(({ name, connectable }) => !connectable && !expected.includes(name))
        .map(({ name }) => `database ${shownName(name)}, which lets nobody connect`),
    ],
  };
}
