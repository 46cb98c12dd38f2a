import type { GrantRecord } from "@pgkeep/core";
import pg from "pg";
import { shownName } from "./objectName.js";

/** SQL for an access control list as GrantRecord[], in its own order; null where the list is. */
export function explodedAcl(list: string): string {
  return `CASE WHEN ${list} IS NOT NULL THEN (
    SELECT coalesce(json_agg(json_build_object(
             'grantee', CASE WHEN entry.grantee <> 0 THEN pg_get_userbyid(entry.grantee) END,
             'grantor', pg_get_userbyid(entry.grantor),
             'privilege', entry.privilege_type,
             'grantable', entry.is_grantable)), '[]'::json)
      FROM aclexplode(${list}) AS entry) END`;
}

/** Privileges on a database whose list is null: acldefault('d', owner), the same from PostgreSQL 14 to 18. */
export function defaultDatabaseAcl(owner: string): GrantRecord[] {
  return [...grants(null, owner, ["CONNECT", "TEMPORARY"]), ...grants(owner, owner, ["CREATE", "TEMPORARY", "CONNECT"])];
}

/** Privileges on a tablespace whose list is null: acldefault('t', owner). */
export function defaultTablespaceAcl(owner: string): GrantRecord[] {
  return grants(owner, owner, ["CREATE"]);
}

function grants(grantee: string | null, grantor: string, privileges: string[]): GrantRecord[] {
  return privileges.map((privilege) => ({ grantee, grantor, privilege, grantable: false }));
}

/**
 * Statements that give a new object exactly these privileges, as pg_dump does it: what the owner and PUBLIC have by default is revoked,
 * then every grant is made in the name of its grantor, grantors before those that have it from them.
 */
export function renderAcl(object: string, owner: string, acl: readonly GrantRecord[]): string[] {
  return [
    `REVOKE ALL ON ${object} FROM PUBLIC;`,
    `REVOKE ALL ON ${object} FROM ${pg.escapeIdentifier(owner)};`,
    ...renderGrants(object, owner, acl),
  ];
}

/** The grants alone. A superuser grants in the owner's name; for anybody else's grant the statement changes role. */
export function renderGrants(object: string, owner: string, acl: readonly GrantRecord[]): string[] {
  return inOrder(owner, acl).flatMap(({ grantor, grantee, grantable, privileges }) => {
    const to = grantee === null ? "PUBLIC" : pg.escapeIdentifier(grantee);
    const grant = `GRANT ${privileges.join(", ")} ON ${object} TO ${to}${grantable ? " WITH GRANT OPTION" : ""};`;
    return grantor === owner ? [grant] : [`SET ROLE ${pg.escapeIdentifier(grantor)};`, grant, "RESET ROLE;"];
  });
}

interface Grant extends Omit<GrantRecord, "privilege"> {
  privileges: string[];
}

function inOrder(owner: string, acl: readonly GrantRecord[]): Grant[] {
  const ordered: Grant[] = [];
  const holders = new Set<string | null>([owner]);
  let waiting = [...acl];
  while (waiting.length > 0) {
    const ready = waiting.filter(({ grantor }) => holders.has(grantor));
    // A grantor who does not hold the privilege any more cannot be ordered: the server judges.
    for (const { grantee, grantor, privilege, grantable } of ready.length > 0 ? ready : waiting) {
      const same = ordered.find((grant) => grant.grantee === grantee && grant.grantor === grantor && grant.grantable === grantable);
      if (same) same.privileges.push(privilege);
      else ordered.push({ grantee, grantor, grantable, privileges: [privilege] });
      if (grantable) holders.add(grantee);
    }
    waiting = ready.length > 0 ? waiting.filter((grant) => !ready.includes(grant)) : [];
  }
  return ordered;
}

/** How two access control lists differ, one line per privilege. */
export function compareAcl(expected: readonly GrantRecord[], actual: readonly GrantRecord[]): string[] {
  const left = new Map(expected.map((grant) => [key(grant), grant]));
  const unexpected = actual.filter((grant) => !left.delete(key(grant)));
  return [
    ...[...left.values()].map((grant) => `${describe(grant)} is missing`),
    ...unexpected.map((grant) => `${describe(grant)} was not there`),
  ];
}

function key({ grantee, grantor, privilege, grantable }: GrantRecord): string {
  return JSON.stringify([grantee, grantor, privilege, grantable]);
}

function describe({ grantee, grantor, privilege, grantable }: GrantRecord): string {
  const to = grantee === null ? "PUBLIC" : shownName(grantee);
  return `${privilege} of ${to}${grantable ? " with grant option" : ""}, granted by ${shownName(grantor)},`;
}
