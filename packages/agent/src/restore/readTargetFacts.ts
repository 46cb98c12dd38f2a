import type { Connection } from "@pgkeep/core";
import { readServer } from "../postgresql/server.js";
import type { Session } from "../postgresql/session.js";
import { serverAddress } from "../postgresql/sessionProblem.js";
import type { Membership } from "./RoleMemberships.js";
import { readRdsTarget } from "./readRdsTarget.js";
import type { AvailableExtension, RestoringRole, TargetDatabase, TargetFacts, TargetSetting } from "./TargetFacts.js";

/**
 * Roles with which managed services stand in for superusers: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Roles.rds_superuser.html,
 * https://cloud.google.com/sql/docs/postgres/users, https://learn.microsoft.com/azure/postgresql/flexible-server/concepts-security
 */
const MANAGED_ADMINISTRATORS = ["rds_superuser", "cloudsqlsuperuser", "alloydbsuperuser", "azure_pg_admin", "azuresu"];

/** Changes nothing; every role may run all of it. */
export async function readTargetFacts(session: Session, connection: Connection): Promise<TargetFacts> {
  const server = await readServer(session);
  const role = await readRole(session);
  const rds = await readRdsTarget(session, role, connection);
  return {
    address: serverAddress(connection),
    version: server.version,
    major: server.major,
    inRecovery: server.inRecovery,
    role,
    databases: await session.query<TargetDatabase>(
      `SELECT datname AS name, pg_get_userbyid(datdba) AS owner, datistemplate AS "isTemplate", datallowconn AS "allowsConnections",
              pg_encoding_to_char(encoding) AS encoding
         FROM pg_database ORDER BY datname`,
    ),
    ...(await readRoles(session)),
    extensions: await readExtensions(session),
    tablespaces: await session.query<TargetFacts["tablespaces"][number]>(
      `SELECT spcname AS name, has_tablespace_privilege(oid, 'CREATE') AS "mayCreate" FROM pg_tablespace ORDER BY spcname`,
    ),
    accessMethods: (await session.query<{ name: string }>("SELECT amname AS name FROM pg_am")).map(({ name }) => name),
    settings: await readKnownSettings(session, server.major),
    ...(rds ? { rds } : {}),
  };
}

async function readRole(session: Session): Promise<RestoringRole> {
  const [role] = await session.query<RestoringRole>(
    `SELECT rolname AS name, rolsuper AS superuser, rolcreatedb AS "createDatabase", rolcreaterole AS "createRole", rolbypassrls AS "bypassRls",
            ${isMemberOf("'pg_signal_backend'")} AS "signalBackend",
            ${isMemberOf("'pg_create_subscription'")} AS "createSubscription",
            (SELECT rolname FROM pg_roles administrator WHERE rolname = ANY ($1) AND pg_has_role(administrator.oid, 'MEMBER') LIMIT 1)
              AS "managedAdministrator"
       FROM pg_roles WHERE rolname = current_user`,
    [MANAGED_ADMINISTRATORS],
  );
  if (role === undefined) throw new Error("the server does not list the role it has let in");
  return role;
}

function isMemberOf(role: string): string {
  return `EXISTS (SELECT FROM pg_roles predefined WHERE predefined.rolname = ${role} AND pg_has_role(predefined.oid, 'USAGE'))`;
}

/** Before PostgreSQL 16 the member's own attribute decides whether it inherits, and every member may SET ROLE. */
async function readRoles(session: Session): Promise<Pick<TargetFacts, "roles" | "superusers" | "memberships">> {
  const roles = await session.query<{ name: string; superuser: boolean }>("SELECT rolname AS name, rolsuper AS superuser FROM pg_roles");
  const memberships = await session.query<Membership>(
    `SELECT role.rolname AS role, member.rolname AS member,
            coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, member.rolinherit) AS inherit,
            coalesce((to_jsonb(m) ->> 'set_option')::boolean, true) AS set
       FROM pg_auth_members m JOIN pg_roles role ON role.oid = m.roleid JOIN pg_roles member ON member.oid = m.member`,
  );
  return {
    roles: roles.map(({ name }) => name),
    superusers: roles.filter(({ superuser }) => superuser).map(({ name }) => name),
    memberships,
  };
}

/** Since PostgreSQL 13 an extension may be `trusted`; one that needs no superuser at all is open to everyone as well. */
function readExtensions(session: Session): Promise<AvailableExtension[]> {
  return session.query<AvailableExtension>(
    `SELECT e.name, e.default_version AS "defaultVersion", array_agg(v.version::text) AS "installableVersions",
            bool_or((v.trusted OR NOT v.superuser) AND v.version = e.default_version) AS open
       FROM pg_available_extensions e JOIN pg_available_extension_versions v ON v.name = e.name
      GROUP BY e.name, e.default_version ORDER BY e.name`,
  );
}

async function readKnownSettings(session: Session, major: number): Promise<Map<string, TargetSetting>> {
  // PostgreSQL 15 lets single settings be granted.
  const granted = major >= 15 ? "has_parameter_privilege(name, 'SET')" : "(SELECT rolsuper FROM pg_roles WHERE rolname = current_user)";
  const rows = await session.query<TargetSetting & { name: string }>(
    `SELECT lower(name) AS name, context, context IN ('user', 'backend') OR (context IN ('superuser', 'superuser-backend') AND ${granted}) AS "maySet"
       FROM pg_settings${major >= 15 ? GRANTED_PARAMETERS : ""}`,
  );
  return new Map(rows.map(({ name, ...setting }) => [name, setting]));
}

/** What is granted may be a setting that the server does not know itself. */
const GRANTED_PARAMETERS = `
      UNION ALL
     SELECT parname, 'granted', has_parameter_privilege(parname, 'SET') FROM pg_parameter_acl
      WHERE NOT EXISTS (SELECT FROM pg_settings WHERE lower(name) = parname)`;
