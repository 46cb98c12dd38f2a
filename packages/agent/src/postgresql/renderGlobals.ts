import type { GlobalsRecord, GrantRecord, MembershipRecord, RoleRecord, SettingRecord, TablespaceRecord } from "@pgkeep/core";
import pg from "pg";
import { defaultTablespaceAcl, renderAcl, renderGrants } from "./grants.js";
import { shownName, sqlName } from "./objectName.js";
import { RDS_IAM, serviceRoles } from "./serviceRoles.js";
import { renderSetting } from "./settings.js";

/** Oid of the role that initdb made: BOOTSTRAP_SUPERUSERID of PostgreSQL's pg_authid.dat. */
export const BOOTSTRAP_SUPERUSER = 10;

/** Beginning of the name of every role that is the server's own. */
const PREDEFINED = /^pg_/;

export interface RenderGlobalsOptions {
  /** Where given, only these roles and what concerns nothing but them. */
  only?: ReadonlySet<string>;
  /** False leaves out privileges on server parameters, which only a superuser can grant. */
  parameters?: boolean;
  /** True grants rds_iam whoever runs it. Else only a superuser does: whoever makes a role may be a member of it, and RDS takes no password of members. */
  rdsIam?: boolean;
}

/**
 * The cluster's roles and what belongs to them as SQL for psql (or any client) and every server from the recorded version on. What exists
 * already stays as it is, above all passwords and attributes of roles; so a second run changes nothing. Every statement that
 * fails does so aloud: run it with ON_ERROR_STOP.
 */
export function renderGlobals(
  globals: GlobalsRecord,
  verifiers: ReadonlyMap<string, string> = new Map(),
  options: RenderGlobalsOptions = {},
): string {
  const wanted = (role: string | null) => role !== null && options.only?.has(role) !== false;
  const known = (role: string | null) => role === null || wanted(role) || PREDEFINED.test(role);
  const roles = globals.roles.filter(({ name }) => wanted(name));
  const memberships = globals.memberships.filter(({ role, member }) => known(role) && known(member) && (wanted(role) || wanted(member)));
  const parameters = (options.parameters === false ? [] : globals.parameterAcl).map(({ parameter, acl }) => ({
    parameter,
    acl: acl.filter(({ grantee }) => known(grantee)),
  }));
  const ofEveryRole = options.only ? [] : globals.settings.filter(({ role }) => role === null);
  return [
    HEADER,
    ...roles.map((role) => renderRole(role, verifiers.get(role.name), globals.settings)),
    ...(memberships.length === 0 ? [] : [renderMemberships(memberships, globals, options.rdsIam === true)]),
    ...ofEveryRole.map(renderSettingOfEveryRole),
    ...parameters.map((parameter) => renderParameter(parameter, globals.bootstrapSuperuser)).filter((text) => text !== ""),
    ...(options.only ? [] : globals.tablespaces.map(renderTablespace)),
  ].join("\n");
}

const HEADER = `-- Roles of a PostgreSQL cluster, saved by pgkeep. To restore them by hand:
--   psql -X -v ON_ERROR_STOP=1 -f globals.sql postgres
-- Roles that exist already keep their password, attributes and settings; whatever is missing is added. It may be run again.
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SET default_transaction_read_only = off;
`;

/** A role with its comment and settings comes into being whole or not at all: one DO block is one transaction. */
function renderRole(role: RoleRecord, verifier: string | undefined, settings: readonly SettingRecord[]): string {
  const name = sqlName(role.name);
  const statements = [
    `CREATE ROLE ${name} WITH ${attributes(role, verifier).join(" ")};`,
    ...(role.comment === null ? [] : [`COMMENT ON ROLE ${name} IS ${literal(role.comment)};`]),
    ...settings.filter((setting) => setting.role === role.name).map((setting) => `ALTER ROLE ${name} ${renderSetting(setting)};`),
  ];
  const withoutPassword = role.login && verifier === undefined && role.hasPassword !== false;
  return [
    comment(`Role ${shownName(role.name)}${withoutPassword ? ": its password was not saved; set one with \\password" : ""}`),
    doBlock([
      `IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ${literal(role.name)}) THEN`,
      ...statements.map((statement) => `  ${statement}`),
      "END IF;",
    ]),
  ].join("\n");
}

/** Only what differs from a new role's defaults, because naming an attribute such as NOSUPERUSER takes rights that a restore may lack. */
function attributes(role: RoleRecord, verifier: string | undefined): string[] {
  return [
    role.login ? "LOGIN" : "NOLOGIN",
    ...(role.superuser ? ["SUPERUSER"] : []),
    ...(role.inherit ? [] : ["NOINHERIT"]),
    ...(role.createRole ? ["CREATEROLE"] : []),
    ...(role.createDatabase ? ["CREATEDB"] : []),
    ...(role.replication ? ["REPLICATION"] : []),
    ...(role.bypassRls ? ["BYPASSRLS"] : []),
    ...(role.connectionLimit === -1 ? [] : [`CONNECTION LIMIT ${role.connectionLimit}`]),
    ...(verifier === undefined ? [] : [`PASSWORD ${literal(verifier)}`]),
    ...(role.validUntil === null ? [] : [`VALID UNTIL ${literal(role.validUntil)}`]),
  ];
}

/**
 * The bootstrap superuser, whatever its name there, may be the grantor of anything. Any other grantor must, from PostgreSQL 16 on, hold ADMIN
 * OPTION itself; before, it may be anybody. Where the recorded grantor cannot be had, the server chooses one.
 */
function renderMemberships(memberships: readonly MembershipRecord[], globals: GlobalsRecord, rdsIam: boolean): string {
  const { bootstrapSuperuser } = globals;
  const ofService = serviceRoles(globals);
  const services = [...new Set(memberships.map(({ role }) => role))].filter((role) => ofService.has(role));
  const rows = grantorsFirst(memberships).map(({ role, member, grantor, admin, inherit, set }, place) => {
    const by = grantor === bootstrapSuperuser || ofService.has(grantor) ? "NULL" : literal(grantor);
    return `(${place}, ${literal(role)}, ${literal(member)}, ${by}, ${admin}, ${inherit}, ${set})`;
  });
  return [
    "-- Memberships: the role, its member, the grantor (null is the bootstrap superuser), then the options ADMIN, INHERIT and SET (null before 16)",
    ...(services.length === 0
      ? []
      : [comment(`Those in ${services.join(", ")}, which belong to the managed service, only where it runs the server`)]),
    doBlock(
      [
        `FOR wanted IN SELECT * FROM (VALUES
    ${rows.join(",\n    ")}
  ) AS memberships (place, role_name, member_name, grantor_name, admin, inherit, set_role) ORDER BY place LOOP
  role_oid := (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = wanted.role_name);
${services.length === 0 ? "" : `  CONTINUE WHEN role_oid IS NULL AND wanted.role_name IN (${services.map(literal).join(", ")});\n`}${services.includes(RDS_IAM) && !rdsIam ? WITHOUT_RDS_IAM : ""}  member_oid := (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = wanted.member_name);
  grantor := (SELECT g FROM pg_catalog.pg_roles g WHERE CASE
    WHEN wanted.grantor_name IS NULL THEN superuser AND g.oid = ${BOOTSTRAP_SUPERUSER}
    WHEN modern THEN g.rolname = wanted.grantor_name AND EXISTS (
      SELECT FROM pg_catalog.pg_auth_members m WHERE m.roleid = role_oid AND m.member = g.oid AND m.admin_option)
    ELSE g.rolname = wanted.grantor_name AND (superuser OR g.rolname = current_user) END);
  CONTINUE WHEN EXISTS (SELECT FROM pg_catalog.pg_auth_members m WHERE m.roleid = role_oid AND m.member = member_oid
                           AND (NOT modern OR grantor.oid IS NULL OR m.grantor = grantor.oid));
  EXECUTE pg_catalog.format('GRANT %I TO %I', wanted.role_name, wanted.member_name)
    || CASE WHEN wanted.admin THEN ' WITH ADMIN OPTION' ELSE '' END
    || CASE WHEN NOT modern OR wanted.inherit IS NULL THEN ''
            ELSE CASE WHEN wanted.admin THEN ', ' ELSE ' WITH ' END
                 || pg_catalog.format('INHERIT %s, SET %s', wanted.inherit::text, wanted.set_role::text) END
    || CASE WHEN grantor.oid IS NULL THEN '' ELSE pg_catalog.format(' GRANTED BY %I', grantor.rolname) END;
END LOOP;`,
      ],
      [
        "wanted record;",
        "role_oid oid;",
        "member_oid oid;",
        "grantor pg_catalog.pg_roles;",
        "modern CONSTANT boolean := pg_catalog.current_setting('server_version_num')::integer >= 160000;",
        "superuser CONSTANT boolean := (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user);",
      ],
    ),
  ].join("\n");
}

const WITHOUT_RDS_IAM = `  IF NOT superuser AND wanted.role_name = '${RDS_IAM}' THEN
    RAISE WARNING '${RDS_IAM} is not granted to %: who made it may be a member of it, and would be let in by IAM alone', wanted.member_name;
    CONTINUE;
  END IF;
`;

/** Memberships in an order in which every grantor has ADMIN OPTION by the time it grants, as far as the record shows how it got it. */
export function grantorsFirst(memberships: readonly MembershipRecord[]): MembershipRecord[] {
  const ordered: MembershipRecord[] = [];
  let waiting = [...memberships];
  while (waiting.length > 0) {
    const ready = waiting.filter(
      ({ role, grantor }) => !waiting.some((other) => other.role === role && other.member === grantor && other.admin),
    );
    if (ready.length === 0) return [...ordered, ...waiting];
    ordered.push(...ready);
    waiting = waiting.filter((membership) => !ready.includes(membership));
  }
  return ordered;
}

function renderSettingOfEveryRole(setting: SettingRecord): string {
  const present = `SELECT FROM pg_catalog.pg_db_role_setting s, pg_catalog.unnest(s.setconfig) AS entry
             WHERE s.setdatabase = 0 AND s.setrole = 0
               AND pg_catalog.lower(pg_catalog.split_part(entry, '=', 1)) = pg_catalog.lower(${literal(setting.name)})`;
  return [
    comment(`Setting ${setting.name} of every role`),
    doBlock([`IF NOT EXISTS (${present}) THEN`, `  ALTER ROLE ALL ${renderSetting(setting)};`, "END IF;"]),
  ].join("\n");
}

/** Parameters belong to the bootstrap superuser. */
function renderParameter({ parameter, acl }: { parameter: string; acl: GrantRecord[] }, owner: string): string {
  const granted = acl.filter(({ grantee }) => grantee !== owner);
  if (granted.length === 0) return "";
  const statements = renderGrants(`PARAMETER ${sqlName(parameter)}`, owner, granted);
  return [comment(`Privileges on parameter ${parameter}`), ...statements, ""].join("\n");
}

/** Commented out: a tablespace needs a folder on the server's own disks. */
function renderTablespace({ name, owner, location, options, acl, comment: text }: TablespaceRecord): string {
  const object = `TABLESPACE ${sqlName(name)}`;
  const parameters = options.map((option) => {
    const equals = option.indexOf("=");
    return `${option.slice(0, equals)} = ${literal(option.slice(equals + 1))}`;
  });
  const withOptions = parameters.length === 0 ? "" : ` WITH (${parameters.join(", ")})`;
  return [
    comment(`Tablespace ${shownName(name)}. Once an empty folder that belongs to the server's account is there, run:`),
    ...[
      `CREATE ${object} OWNER ${sqlName(owner)} LOCATION ${literal(location)}${withOptions};`,
      ...(acl === null || JSON.stringify(acl) === JSON.stringify(defaultTablespaceAcl(owner)) ? [] : renderAcl(object, owner, acl)),
      ...(text === null ? [] : [`COMMENT ON ${object} IS ${literal(text)};`]),
    ].map((statement) => comment(statement, "--   ")),
    "",
  ].join("\n");
}

/** A comment whose every line is one: a name with a line break in it would otherwise end the comment and be run (CVE-2025-8715). */
function comment(text: string, prefix = "-- "): string {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => `${prefix}${line}`)
    .join("\n");
}

/** An anonymous code block whose quotes no text inside it can close. */
function doBlock(body: readonly string[], declarations: readonly string[] = []): string {
  let tag = "$pgkeep$";
  for (let i = 1; body.some((text) => text.includes(tag)); i++) tag = `$pgkeep${i}$`;
  const declare = declarations.length === 0 ? [] : ["DECLARE", ...declarations.map((line) => `  ${line}`)];
  return [`DO ${tag}`, ...declare, "BEGIN", ...body.map((line) => `  ${line}`), `END ${tag};`, ""].join("\n");
}

function literal(text: string): string {
  return pg.escapeLiteral(text).trim();
}
