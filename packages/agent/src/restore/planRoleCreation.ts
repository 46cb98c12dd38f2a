import { ExitCode, type GlobalsRecord, type Problem } from "@pgkeep/core";
import { shownName } from "../postgresql/objectName.js";
import { planRoles } from "../postgresql/planRoles.js";
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
  const create = new Set(known.roles.map(({ name }) => name).filter((name) => chosen.has(name) && !existing.has(name)));
  const missing = [...referenced].filter((name) => !existing.has(name) && !create.has(name) && !PREDEFINED.test(name));
  const reachable = (name: string) => existing.has(name) || create.has(name) || PREDEFINED.test(name);
  const parameterAcl = known.parameterAcl
    .map(({ parameter, acl }) => ({ parameter, acl: acl.filter(({ grantee }) => grantee !== null && create.has(grantee)) }))
    .filter(({ acl }) => acl.length > 0);
  const reduced: GlobalsRecord = {
    bootstrapSuperuser: known.bootstrapSuperuser,
    roles: known.roles.filter(({ name }) => create.has(name)),
    memberships: known.memberships.filter(
      ({ role, member }) => (create.has(role) || create.has(member)) && reachable(role) && reachable(member),
    ),
    settings: known.settings.filter(({ role }) => role !== null && create.has(role)),
    tablespaces: [],
    parameterAcl: facts.role.superuser ? parameterAcl : [],
  };
  const join = facts.role.superuser ? [] : [...create].filter((name) => referenced.has(name));
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
      ...missing.map((name) => ({ exitCode: ExitCode.Configuration, problem: missingRole(name) })),
    ],
    notices: [
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

function missingRole(name: string): Problem {
  return {
    where: `role ${shownName(name)}`,
    reason: "it owns something or is granted something, exists neither at the target nor in the recovery point, and so cannot be created",
    next: `CREATE ROLE ${shownName(name)}, or give --no-owner --no-acl`,
  };
}
