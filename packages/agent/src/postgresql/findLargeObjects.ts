import pg from "pg";
import type { DumpRole, Finding } from "./Finding.js";
import { shownName, sqlName } from "./objectName.js";
import type { Session } from "./session.js";

/** As many as fit into one statement that somebody may still want to read. */
const LISTED = 20;

/**
 * Large objects that the role may not read. pg_read_all_data does not reach them, and pg_dump can leave out all or none. Before
 * PostgreSQL 18 there is no has_largeobject_privilege: the list is judged as pg_largeobject_aclmask_snapshot does.
 */
export async function findLargeObjects(session: Session, role: DumpRole): Promise<Finding[]> {
  const [server] = await session.query<{ judges: boolean; everybodyMay: boolean }>(
    `SELECT to_regprocedure('has_largeobject_privilege(oid, text)') IS NOT NULL AS judges,
            current_setting('lo_compat_privileges')::boolean AS "everybodyMay"`,
  );
  if (role.superuser || server?.everybodyMay) return [];
  const readable = server?.judges
    ? "has_largeobject_privilege(l.oid, 'SELECT') IS NOT FALSE"
    : `EXISTS (SELECT FROM aclexplode(coalesce(l.lomacl, acldefault('L', l.lomowner))) entry
                WHERE entry.privilege_type = 'SELECT' AND (entry.grantee = 0 OR pg_has_role(entry.grantee, 'USAGE')))`;
  const [found] = await session.query<{ hidden: string; total: string; some: string[] | null }>(
    `SELECT count(*) FILTER (WHERE NOT readable) AS hidden, count(*) AS total,
            (array_agg(oid::text ORDER BY oid) FILTER (WHERE NOT readable))[1:${LISTED + 1}] AS some
       FROM (SELECT l.oid, ${readable} AS readable FROM pg_largeobject_metadata l) objects`,
  );
  const some = found?.some ?? [];
  if (some.length === 0) return [];
  return [
    {
      name: "large-objects",
      reason: `role ${shownName(role.name)} has no SELECT on ${found?.hidden} of ${found?.total} large objects (${some.slice(0, 5).join(", ")}${some.length > 5 ? ", …" : ""}), so pg_dump stops there`,
      remedy: some.length <= LISTED ? `GRANT SELECT ON LARGE OBJECT ${some.join(", ")} TO ${sqlName(role.name)};` : grantAll(role),
      loss: `all ${found?.total} large objects, since pg_dump can leave out all or none`,
      omission: { kind: "large-objects" },
      oids: [],
    },
  ];
}

function grantAll(role: DumpRole): string {
  return `DO $$ DECLARE o oid; BEGIN FOR o IN SELECT oid FROM pg_largeobject_metadata LOOP EXECUTE format('GRANT SELECT ON LARGE OBJECT %s TO %I', o, ${pg.escapeLiteral(role.name).trim()}); END LOOP; END $$;`;
}
