import { sqlName } from "../postgresql/objectName.js";
import type { Session } from "../postgresql/session.js";
import { isReplacedName, isScratchName } from "./databaseNames.js";

/** A database that a restore made or set aside. */
interface Leftover {
  name: string;
  /** `scratch`: an unfinished restore, of no use once none runs. `replaced`: kept on purpose when another took its name. */
  kind: "scratch" | "replaced";
  /** What a scratch database's comment says of its restore. */
  remark: string | null;
  /** Whether somebody is connected to it, as a restore that runs is. */
  inUse: boolean;
  drop: string;
}

/** Databases that earlier restores left behind: for the next restore, and for doctor. */
export async function findLeftovers(session: Session): Promise<Leftover[]> {
  const databases = await session.query<Pick<Leftover, "name" | "remark" | "inUse">>(
    `SELECT d.datname AS name, shobj_description(d.oid, 'pg_database') AS remark,
            EXISTS (SELECT FROM pg_stat_activity a WHERE a.datid = d.oid AND coalesce(a.backend_type, '') NOT LIKE 'autovacuum%') AS "inUse"
       FROM pg_database d ORDER BY 1`,
  );
  return databases.flatMap(({ name, remark, inUse }): Leftover[] => {
    if (isScratchName(name)) return [{ name, kind: "scratch", remark, inUse, drop: `DROP DATABASE ${sqlName(name)} WITH (FORCE);` }];
    return isReplacedName(name) ? [{ name, kind: "replaced", remark: null, inUse, drop: `DROP DATABASE ${sqlName(name)};` }] : [];
  });
}

/** A line for each that nobody uses; the user decides. */
export function describeLeftover({ name, kind, remark, drop }: Leftover): string {
  return kind === "scratch"
    ? `${name} was left by a restore that did not finish${remark === null ? "" : ` (${remark})`}; when none runs: ${drop}`
    : `${name} was replaced by an earlier restore and kept; when it is no longer needed: ${drop}`;
}
