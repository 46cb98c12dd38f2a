import { ExitCode, type GlobalsRecord, type Problem, type RoleRecord } from "@pgkeep/core";
import { shownName } from "../postgresql/objectName.js";
import { planRoles } from "../postgresql/planRoles.js";
import { RDS_IAM, serviceRoles } from "../postgresql/serviceRoles.js";
import type { Membership } from "./RoleMemberships.js";
import type { TargetFacts } from "./TargetFacts.js";

export interface RoleCreation {
  /** The globals reduced to what is missing: roles, their memberships, their settings, their privileges on parameters. */
  globals: GlobalsRecord;
  create: string[];
  withoutPassword: string[];
  /** Created roles that the restoring role joins, so that it can hand over what is theirs. */
  join: string[];
  /** The memberships there will be, the existing ones included. */
  memberships: Membership[];
  problems: { exitCode: ExitCode; problem: Problem }[];
  notices: string[];
}

const PREDEFINED = /^pg_/;

/**
 * Which roles have to be created. Roles that exist stay exactly as they are: neither password nor attributes, settings or memberships among
 * each other are touched. `wanted` absent: all of the cluster's.
 */
export function planRoleCreation(
  globals: GlobalsRecord | null,
  referenced: ReadonlySet<string>,
  wanted: "all" | "referenced",
  facts: TargetFacts,
  verifiers: { has(role: string): boolean },
): RoleCreation {
  const existing = new Set(facts.roles);
  const known = globals ?? { bootstrapSuperuser: "", roles: [], memberships: [], settings: [], tablespaces: [], parameterAcl: [] };
  const chosen = wanted === "all" ? new Set(known.roles.map(({ name }) => name)) : withTheirRoles(referenced, known);
  const ofService = serviceRoles(known);
  const create = new Set(
    known.roles.map(({ name }) => name).filter((name) => chosen.has(name) && !existing.has(name) && !ofService.has(name)),
  );
  const missing = [...referenced].filter((name) => !existing.has(name) && !create.has(name) && !PREDEFINED.test(name));
  const reachable = (name: string) => existing.has(name) || create.has(name) || PREDEFINED.test(name);
  // Whoever makes a role is a member of it from PostgreSQL 16 on, and joins it below where it owns something.
  const locksOut = facts.rds?.byIam === false;
  const parameterAcl = known.parameterAcl
    .map(({ parameter, acl }) => ({ parameter, acl: acl.filter(({ grantee }) => grantee !== null && create.has(grantee)) }))
    .filter(({ acl }) => acl.length > 0);
  const reduced: GlobalsRecord = {
    bootstrapSuperuser: known.bootstrapSuperuser,
    roles: known.roles.filter(({ name }) => create.has(name)).map((role) => withoutAttributes(role, facts)),
    memberships: known.memberships.filter(
      ({ role, member }) =>
        (create.has(role) || create.has(member)) && reachable(role) && reachable(member) && !(role === RDS_IAM && locksOut),
    ),
    settings: known.settings.filter(({ role }) => role !== null && create.has(role)),
    tablespaces: [],
    parameterAcl: facts.role.superuser ? parameterAcl : [],
  };
  const join = facts.role.superuser ? [] : [...create].filter((name) => referenced.has(name));
  const lost = known.memberships.filter(({ role, member }) => ofService.has(role) && !existing.has(role) && create.has(member));
  const everywhere = known.settings.filter(({ role }) => role === null);
  return {
    globals: reduced,
    create: [...create],
    withoutPassword: planRoles(reduced, { roles: [] }, verifiers).withoutPassword,
    join,
    memberships: [
      ...facts.memberships,
      ...reduced.memberships.map(({ role, member, inherit, set }) => ({
        role,
        member,
        inherit: inherit ?? reduced.roles.find(({ name }) => name === member)?.inherit ?? true,
        set: set ?? true,
      })),
      ...join.map((role) => ({ role, member: facts.role.name, inherit: true, set: true })),
    ],
    problems: [
      ...creationProblems(reduced, facts),
      ...missing.map((name) => ({
        exitCode: ExitCode.Configuration,
        problem: ofService.has(name) ? missingRoleOfService(name) : missingRole(name),
      })),
    ],
    notices: [
      ...withheldNotices(
        known.roles.filter(({ name }) => create.has(name)),
        facts,
      ),
      ...(locksOut ? rdsIamNotice(known, create, facts) : []),
      ...(lost.length === 0
        ? []
        : [
            `memberships in roles of the managed service that this server does not have are not restored: ${lost.map(({ role, member }) => `${shownName(member)} in ${role}`).join(", ")}`,
          ]),
      ...(facts.role.superuser || parameterAcl.length === 0
        ? []
        : [
            `privileges on parameters are not restored, which needs a superuser: ${parameterAcl.map(({ parameter }) => parameter).join(", ")}`,
          ]),
      ...(wanted === "all" && everywhere.length > 0
        ? [
            `settings of every role of the cluster are not touched; they were ${everywhere.map(({ name, value }) => `${name} = ${value}`).join(", ")}`,
          ]
        : []),
    ],
  };
}

/** Those roles and all that they are members of, since rights come through them. */
function withTheirRoles(roles: ReadonlySet<string>, { memberships }: GlobalsRecord): Set<string> {
  const all = new Set(roles);
  for (const name of all) for (const { role, member } of memberships) if (member === name) all.add(role);
  return all;
}

/** Attributes that Amazon RDS gives to nobody, or not by this role, and what stands in for them there. */
const STAND_INS = {
  superuser: ["SUPERUSER", "GRANT rds_superuser TO it if it administers the server"],
  replication: ["REPLICATION", "GRANT rds_replication TO it if it replicates"],
  bypassRls: ["BYPASSRLS", "make it a member of the tables' owners if it must read every row"],
} as const;

function withheldFrom(role: RoleRecord, { rds }: TargetFacts): (keyof typeof STAND_INS)[] {
  return (["superuser", "replication", "bypassRls"] as const).filter((attribute) => role[attribute] && rds?.withheld.has(attribute));
}

/** A role without what the service withholds is better than none: its tables and its grants come back. */
function withoutAttributes(role: RoleRecord, facts: TargetFacts): RoleRecord {
  return { ...role, ...Object.fromEntries(withheldFrom(role, facts).map((attribute) => [attribute, false])) };
}

function withheldNotices(roles: readonly RoleRecord[], facts: TargetFacts): string[] {
  return roles.flatMap((role) =>
    withheldFrom(role, facts).map((attribute) => {
      const [name, next] = STAND_INS[attribute];
      return `role ${shownName(role.name)} is created without ${name}, which Amazon RDS does not let ${shownName(facts.role.name)} give; ${next}`;
    }),
  );
}

function rdsIamNotice({ memberships }: GlobalsRecord, create: ReadonlySet<string>, { role: { name } }: TargetFacts): string[] {
  const members = memberships.filter(({ role, member }) => role === RDS_IAM && create.has(member)).map(({ member }) => shownName(member));
  if (members.length === 0) return [];
  return [
    `rds_iam is not granted to ${members.join(", ")}: ${shownName(name)} makes them and so is a member of them, and RDS would take no password of ${shownName(name)} any more; restore as a role that logs in by IAM, or GRANT rds_iam afterwards as one`,
  ];
}

/** Who may create which roles: https://www.postgresql.org/docs/current/sql-createrole.html; before 16 CREATEROLE was enough for CREATEDB. */
function creationProblems({ roles }: GlobalsRecord, { role, major }: TargetFacts): { exitCode: ExitCode; problem: Problem }[] {
  if (role.superuser || roles.length === 0) return [];
  const next = "create the missing roles beforehand, restore as a superuser, or give --no-owner --no-acl";
  const problem = (reason: string) => ({ exitCode: ExitCode.Permission, problem: { where: "roles", reason, next } });
  if (!role.createRole) {
    return [
      problem(`role ${shownName(role.name)} may not create the missing roles ${roles.map(({ name }) => shownName(name)).join(", ")}`),
    ];
  }
  return roles.flatMap((missing) => {
    const needs = [
      ...(missing.superuser ? ["SUPERUSER"] : []),
      ...(missing.replication ? ["REPLICATION"] : []),
      ...(missing.bypassRls && !(major >= 16 && role.bypassRls) ? ["BYPASSRLS"] : []),
      ...(missing.createDatabase && major >= 16 && !role.createDatabase ? ["CREATEDB"] : []),
    ];
    return needs.length === 0
      ? []
      : [problem(`role ${shownName(missing.name)} is missing and role ${shownName(role.name)} may not give it ${needs.join(", ")}`)];
  });
}

function missingRoleOfService(name: string): Problem {
  return {
    where: `role ${shownName(name)}`,
    reason:
      "something belongs to it or is granted to it; it is a role of the managed service that the recovery point is from, and such roles are created nowhere else",
    next: `as a placeholder for its grants: CREATE ROLE ${shownName(name)} NOLOGIN, or give --no-owner --no-acl`,
  };
}

function missingRole(name: string): Problem {
  return {
    where: `role ${shownName(name)}`,
    reason: "it owns something or is granted something, exists neither at the target nor in the recovery point, and so cannot be created",
    next: `CREATE ROLE ${shownName(name)}, or give --no-owner --no-acl`,
  };
}
