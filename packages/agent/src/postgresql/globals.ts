import {
  ExitCode,
  type GlobalsRecord,
  type GrantRecord,
  type MembershipRecord,
  ProblemError,
  type RoleRecord,
  type TablespaceRecord,
} from "@pgkeep/core";
import { explodedAcl } from "./grants.js";
import { shownName, sqlName } from "./objectName.js";
import { BOOTSTRAP_SUPERUSER } from "./renderGlobals.js";
import { serviceRoles } from "./serviceRoles.js";
import type { Session } from "./session.js";
import { readSettings } from "./settings.js";
import { unlessForbidden } from "./unlessForbidden.js";

export { renderGlobals } from "./renderGlobals.js";

export interface Globals {
  globals: GlobalsRecord;
  /** Password verifiers by role; empty unless asked for. As secret as the passwords. */
  verifiers: Map<string, string>;
  /** What a restore will lack, for people to read. */
  warnings: string[];
}

/** Roles whose name begins so are the server's own: they exist everywhere and cannot be created. */
const PREDEFINED = "^pg_";

/**
 * Reads what belongs to the whole cluster, by SQL that an ordinary role may run: pg_dumpall would want pg_authid, which managed services
 * hide. Verifiers are read only on request, and then their absence is an error. Of a managed service's own roles only who is a member of them
 * is kept.
 */
export async function readGlobals(session: Session, options: { passwords: boolean }): Promise<Globals> {
  const passwords = await readPasswords(session, options.passwords);
  if (options.passwords && passwords === undefined) throw await hiddenPasswords(session);
  const bootstrapSuperuser = await readBootstrapSuperuser(session);
  const ofService = serviceRoles({ bootstrapSuperuser });
  const roles = (await readRoles(session, passwords)).filter(({ name }) => !ofService.has(name));
  const memberships = (await readMemberships(session)).filter(({ member }) => !ofService.has(member));
  const settings = await readSettings(session, null);
  const parameterAcl = await readParameterAcl(session);
  return {
    globals: {
      bootstrapSuperuser,
      roles,
      memberships: memberships.map(({ lostGrantor: _, ...membership }) => membership),
      settings: settings.filter(({ role }) => role === null || !ofService.has(role)),
      tablespaces: await readTablespaces(session),
      parameterAcl: parameterAcl
        .map(({ parameter, acl }) => ({ parameter, acl: acl.filter(({ grantee }) => grantee === null || !ofService.has(grantee)) }))
        .filter(({ acl }) => acl.length > 0),
    },
    verifiers: new Map(
      [...(passwords ?? [])].flatMap(([role, verifier]) =>
        typeof verifier === "string" && !ofService.has(role) ? [[role, verifier]] : [],
      ),
    ),
    warnings: [...memberships.flatMap(lostGrantorWarning), ...(await readSecurityLabels(session))],
  };
}

/** For each role its verifier, or, when not asked for, only whether there is one; undefined where pg_authid is hidden. */
async function readPasswords(session: Session, verifiers: boolean): Promise<Map<string, string | boolean | null> | undefined> {
  const rows = await unlessForbidden(session, "pg_authid", () =>
    session.query<{ name: string; password: string | boolean | null }>(
      `SELECT rolname AS name, rolpassword${verifiers ? "" : " IS NOT NULL"} AS password FROM pg_authid`,
    ),
  );
  return rows && new Map(rows.map(({ name, password }) => [name, password]));
}

async function hiddenPasswords(session: Session): Promise<ProblemError> {
  const [row] = await session.query<{ role: string }>("SELECT current_user AS role");
  return new ProblemError(ExitCode.Permission, {
    where: "dump.rolePasswords",
    received: "true",
    reason: `role ${shownName(row?.role ?? "")} may not read pg_authid, where password verifiers are; managed services hide it from everybody`,
    next: `GRANT SELECT ON pg_catalog.pg_authid TO ${sqlName(row?.role ?? "")}; or set dump.rolePasswords to false: a restore then lists the roles left without a password`,
  });
}

async function readRoles(session: Session, passwords: ReadonlyMap<string, unknown> | undefined): Promise<RoleRecord[]> {
  const roles = await session.query<Omit<RoleRecord, "hasPassword">>(
    `SELECT rolname AS name, rolsuper AS superuser, rolinherit AS inherit, rolcreaterole AS "createRole", rolcreatedb AS "createDatabase",
            rolcanlogin AS login, rolreplication AS replication, rolbypassrls AS "bypassRls", rolconnlimit AS "connectionLimit",
            CASE WHEN isfinite(rolvaliduntil) THEN to_char(rolvaliduntil AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
                 ELSE rolvaliduntil::text END AS "validUntil",
            shobj_description(oid, 'pg_authid') AS comment
       FROM pg_roles WHERE rolname !~ $1 ORDER BY rolname`,
    [PREDEFINED],
  );
  return roles.map((role) => ({ ...role, hasPassword: passwords === undefined ? null : Boolean(passwords.get(role.name)) }));
}

async function readBootstrapSuperuser(session: Session): Promise<string> {
  const [row] = await session.query<{ name: string }>(`SELECT pg_get_userbyid(${BOOTSTRAP_SUPERUSER}) AS name`);
  return row?.name ?? "postgres";
}

type Membership = MembershipRecord & { lostGrantor: boolean };

/** Before PostgreSQL 16 a grantor may have been dropped since; the bootstrap superuser then stands in, as the server does from 16 on. */
function readMemberships(session: Session): Promise<Membership[]> {
  return session.query<Membership>(
    `SELECT role.rolname AS role, member.rolname AS member, coalesce(grantor.rolname, bootstrap.rolname) AS grantor,
            m.admin_option AS admin, (to_jsonb(m) ->> 'inherit_option')::boolean AS inherit, (to_jsonb(m) ->> 'set_option')::boolean AS set,
            grantor.rolname IS NULL AS "lostGrantor"
       FROM pg_auth_members m
       JOIN pg_roles role ON role.oid = m.roleid
       JOIN pg_roles member ON member.oid = m.member
       JOIN pg_roles bootstrap ON bootstrap.oid = ${BOOTSTRAP_SUPERUSER}
       LEFT JOIN pg_roles grantor ON grantor.oid = m.grantor
      WHERE NOT (role.rolname ~ $1 AND member.rolname ~ $1)
      ORDER BY 1, 2, 3`,
    [PREDEFINED],
  );
}

function lostGrantorWarning({ lostGrantor, role, member, grantor }: Membership): string[] {
  if (!lostGrantor) return [];
  return [`role ${shownName(member)} is a member of ${shownName(role)} by a role that was dropped; ${shownName(grantor)} stands in for it`];
}

function readTablespaces(session: Session): Promise<TablespaceRecord[]> {
  return session.query<TablespaceRecord>(
    `SELECT spcname AS name, pg_get_userbyid(spcowner) AS owner, pg_tablespace_location(oid) AS location,
            coalesce(spcoptions, '{}') AS options, ${explodedAcl("spcacl")} AS acl, shobj_description(oid, 'pg_tablespace') AS comment
       FROM pg_tablespace WHERE spcname !~ $1 ORDER BY spcname`,
    [PREDEFINED],
  );
}

async function readParameterAcl(session: Session): Promise<GlobalsRecord["parameterAcl"]> {
  const [row] = await session.query<{ known: boolean }>("SELECT to_regclass('pg_catalog.pg_parameter_acl') IS NOT NULL AS known");
  if (row?.known !== true) return [];
  return session.query<{ parameter: string; acl: GrantRecord[] }>(
    `SELECT parname AS parameter, ${explodedAcl("paracl")} AS acl FROM pg_parameter_acl ORDER BY parname`,
  );
}

async function readSecurityLabels(session: Session): Promise<string[]> {
  const labels = await session.query<{ provider: string; object: string; type: string }>(
    `SELECT l.provider, address.identity AS object, address.type
       FROM pg_shseclabel l, pg_identify_object(l.classoid, l.objoid, 0) AS address ORDER BY 1, 3, 2`,
  );
  return labels.map(({ provider, object, type }) => `the security label of provider ${provider} on ${type} ${object} is not saved`);
}
