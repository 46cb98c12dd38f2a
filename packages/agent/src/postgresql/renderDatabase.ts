import { type DatabaseProperties, ExitCode, ProblemError } from "@pgkeep/core";
import pg from "pg";
import { renderAcl } from "./grants.js";
import { sqlName } from "./objectName.js";
import { renderSetting } from "./settings.js";

export interface CreateDatabaseOptions {
  /** Major version of the server that the statement is for. */
  targetMajor: number;
  /** Absent: the recorded one; null: whoever runs the statement. */
  owner?: string | null;
  /** Absent: the recorded one; null: the server's default. */
  tablespace?: string | null;
}

/**
 * CREATE DATABASE with the recorded encoding and locale. From template0, the only template that may have other ones
 * (https://www.postgresql.org/docs/current/manage-ag-templatedbs.html). No collation version is carried over: a restore builds every
 * index anew under the server's own libraries.
 */
export function createDatabaseStatement(name: string, properties: DatabaseProperties, options: CreateDatabaseOptions): string {
  const owner = options.owner === undefined ? properties.owner : options.owner;
  const tablespace = options.tablespace === undefined ? properties.tablespace : options.tablespace;
  const clauses = [
    "TEMPLATE = template0",
    ...(owner === null ? [] : [`OWNER = ${pg.escapeIdentifier(owner)}`]),
    `ENCODING = ${literal(properties.encoding)}`,
    ...localeClauses(name, properties, options.targetMajor),
    ...(tablespace === null || tablespace === "pg_default" ? [] : [`TABLESPACE = ${pg.escapeIdentifier(tablespace)}`]),
  ];
  return `CREATE DATABASE ${sqlName(name)} WITH ${clauses.join(" ")};`;
}

function localeClauses(name: string, properties: DatabaseProperties, targetMajor: number): string[] {
  const { localeProvider, locale, icuRules, collate, ctype } = properties;
  const needs = { libc: 0, icu: icuRules === null ? 15 : 16, builtin: 17 }[localeProvider];
  if (targetMajor < needs) {
    throw new ProblemError(ExitCode.Configuration, {
      where: `database ${name}`,
      received: `PostgreSQL ${targetMajor}`,
      allowed: `PostgreSQL ${needs} or newer`,
      reason: `its locale comes from the ${localeProvider} provider${icuRules === null ? "" : " with rules of its own"}, which this server does not have`,
      next: "restore into a newer server",
    });
  }
  return [
    ...(targetMajor >= 15 ? [`LOCALE_PROVIDER = ${localeProvider}`] : []),
    ...clause("LC_COLLATE", collate),
    ...clause("LC_CTYPE", ctype),
    ...(localeProvider === "icu" ? [...clause("ICU_LOCALE", locale), ...clause("ICU_RULES", icuRules)] : []),
    ...(localeProvider === "builtin" ? clause("BUILTIN_LOCALE", locale) : []),
  ];
}

function clause(option: string, value: string | null): string[] {
  return value === null ? [] : [`${option} = ${literal(value)}`];
}

export interface RenderDatabaseOptions {
  /** False leaves out privileges, and settings that are of one role. */
  acl?: boolean;
  /** Where given, the owner at the target, who takes the recorded owner's place in the privileges. */
  owner?: string;
  /** Where given, the roles that exist at the target: grants and settings of others are left out. */
  roles?: ReadonlySet<string>;
}

/**
 * Statements that give a database, fresh from `createDatabaseStatement`, the rest of its properties. For after its contents: the
 * connection limit and the settings may stand in a restore's own way, and from a template anybody with CREATEDB may copy.
 */
export function renderDatabaseProperties(name: string, properties: DatabaseProperties, options: RenderDatabaseOptions = {}): string[] {
  const database = `DATABASE ${sqlName(name)}`;
  const exists = (role: string | null) => role === null || options.roles?.has(role) !== false;
  const settings = properties.settings.filter(({ role }) => exists(role) && (role === null || options.acl !== false));
  const owner = options.owner ?? properties.owner;
  const atTarget = <Role extends string | null>(role: Role) => (role === properties.owner ? owner : role);
  const acl = (options.acl === false ? null : properties.acl)?.map((grant) => ({
    ...grant,
    grantee: atTarget(grant.grantee),
    grantor: atTarget(grant.grantor),
  }));
  return [
    ...(properties.comment === null ? [] : [`COMMENT ON ${database} IS ${literal(properties.comment)};`]),
    ...settings.map((setting) => {
      const subject = setting.role === null ? database : `ROLE ${sqlName(setting.role)} IN ${database}`;
      return `ALTER ${subject} ${renderSetting(setting)};`;
    }),
    ...(acl === undefined
      ? []
      : renderAcl(
          database,
          owner,
          acl.filter(({ grantee, grantor }) => exists(grantee) && exists(grantor)),
        )),
    ...(properties.connectionLimit === -1 ? [] : [`ALTER ${database} WITH CONNECTION LIMIT ${properties.connectionLimit};`]),
    ...(properties.isTemplate ? [`ALTER ${database} WITH IS_TEMPLATE true;`] : []),
  ];
}

function literal(text: string): string {
  return pg.escapeLiteral(text).trim();
}
