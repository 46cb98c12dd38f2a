import type { GlobalsRecord, GrantRecord, MembershipRecord, RoleRecord } from "@pgkeep/core";
import { compareAcl, defaultTablespaceAcl } from "./grants.js";
import { shownName } from "./objectName.js";
import { serviceRoles } from "./serviceRoles.js";
import { compareSettings } from "./settings.js";

export interface CompareGlobalsOptions {
  /** Roles of the target itself: they may be extra, and may stand in as grantors. The superuser that initdb made there is always one. */
  rolesOfTarget?: readonly string[];
  /** Whether a role's having a password counts: only where verifiers were restored. Defaults to false. */
  passwords?: boolean;
  /** Whether tablespaces count: a restore does not make them. Defaults to true. */
  tablespaces?: boolean;
}

/** Stands for the superuser that initdb made, which may have another name on each server. */
const BOOTSTRAP = "bootstrap-superuser";

const ATTRIBUTES = [
  "superuser",
  "inherit",
  "createRole",
  "createDatabase",
  "login",
  "replication",
  "bypassRls",
  "connectionLimit",
  "validUntil",
] as const;

/** How the roles of a cluster, and what belongs to them, differ from their record: one line per difference, naming the object. */
export function compareGlobals(expected: GlobalsRecord, actual: GlobalsRecord, options: CompareGlobalsOptions = {}): string[] {
  const ofTarget = new Set([...(options.rolesOfTarget ?? []), actual.bootstrapSuperuser]);
  return [
    ...compareRoles(expected, actual, ofTarget, options.passwords === true),
    ...compareMemberships(byBootstrap(expected), byBootstrap(actual), ofTarget),
    ...compareSettings(
      expected.settings,
      actual.settings.filter(({ role }) => role === null || !ofTarget.has(role)),
    ),
    ...compareParameters(expected, actual),
    ...(options.tablespaces === false ? [] : compareTablespaces(expected.tablespaces, actual.tablespaces)),
  ];
}

function compareRoles(expected: GlobalsRecord, actual: GlobalsRecord, ofTarget: ReadonlySet<string>, passwords: boolean): string[] {
  const left = new Map(actual.roles.map((role) => [role.name, role]));
  const differences = expected.roles.flatMap((role) => {
    const found = left.get(role.name);
    left.delete(role.name);
    const name = `role ${shownName(role.name)}`;
    if (!found) return [`${name}: missing`];
    const both = passwords && role.hasPassword !== null && found.hasPassword !== null && role.hasPassword !== found.hasPassword;
    return [...compareRole(role, found), ...(both ? [`hasPassword ${found.hasPassword}, was ${role.hasPassword}`] : [])].map(
      (difference) => `${name}: ${difference}`,
    );
  });
  const extra = [...left.keys()].filter((name) => !ofTarget.has(name));
  return [...differences, ...extra.map((name) => `role ${shownName(name)}: was not there`)];
}

/** How two roles of one name differ, such as `createDatabase false, was true`. Passwords do not count. */
export function compareRole(expected: RoleRecord, actual: RoleRecord): string[] {
  return [
    ...ATTRIBUTES.filter((attribute) => expected[attribute] !== actual[attribute]).map(
      (attribute) => `${attribute} ${actual[attribute]}, was ${expected[attribute]}`,
    ),
    ...(expected.comment === actual.comment ? [] : [`comment ${JSON.stringify(actual.comment)}, was ${JSON.stringify(expected.comment)}`]),
  ];
}

/**
 * One role can be a member of another by several grantors (from PostgreSQL 16 on); such grants are matched by grantor. The grantor itself
 * counts only between servers that keep it: before 16 it could be anybody, and the target's own superuser stands in for what it cannot be.
 */
function compareMemberships(
  expected: readonly MembershipRecord[],
  actual: readonly MembershipRecord[],
  ofTarget: ReadonlySet<string>,
): string[] {
  const left = new Set(actual);
  const found = new Map<MembershipRecord, MembershipRecord>();
  // Equal grantors find each other first, so that one lost grant is told as one.
  for (const matches of [sameGrantor, grantorMayDiffer(ofTarget), () => true]) {
    for (const membership of expected.filter((each) => !found.has(each))) {
      const match = [...left].find(
        (other) => other.role === membership.role && other.member === membership.member && matches(membership, other),
      );
      if (match) found.set(membership, match);
      if (match) left.delete(match);
    }
  }
  const differences = expected.flatMap((membership) => {
    const match = found.get(membership);
    if (!match) return [`${describe(membership)}: missing, was granted by ${shownName(membership.grantor)}`];
    const accepted = sameGrantor(membership, match) || grantorMayDiffer(ofTarget)(membership, match);
    return [
      ...(accepted ? [] : [`${describe(membership)}: granted by ${shownName(match.grantor)}, was by ${shownName(membership.grantor)}`]),
      ...(["admin", "inherit", "set"] as const)
        .filter((option) => membership[option] !== null && match[option] !== null && membership[option] !== match[option])
        .map((option) => `${describe(membership)}: option ${option} ${match[option]}, was ${membership[option]}`),
    ];
  });
  const extra = [...left].filter(({ role, member }) => !ofTarget.has(role) && !ofTarget.has(member));
  return [...differences, ...extra.map((membership) => `${describe(membership)}: was not there`)];
}

/** A managed service's own roles grant for it. */
function byBootstrap(globals: GlobalsRecord): MembershipRecord[] {
  const granting = new Set([globals.bootstrapSuperuser, ...serviceRoles(globals)]);
  return globals.memberships.map((each) => (granting.has(each.grantor) ? { ...each, grantor: BOOTSTRAP } : each));
}

function sameGrantor(expected: MembershipRecord, actual: MembershipRecord): boolean {
  return expected.grantor === actual.grantor;
}

function grantorMayDiffer(ofTarget: ReadonlySet<string>): typeof sameGrantor {
  return (expected, actual) => ofTarget.has(actual.grantor) || (expected.inherit === null && actual.inherit !== null);
}

function describe({ role, member }: MembershipRecord): string {
  return `membership of ${shownName(member)} in ${shownName(role)}`;
}

function compareParameters(expected: GlobalsRecord, actual: GlobalsRecord): string[] {
  const parameters = new Set([...expected.parameterAcl, ...actual.parameterAcl].map(({ parameter }) => parameter));
  return [...parameters].flatMap((parameter) =>
    compareAcl(granted(expected, parameter), granted(actual, parameter)).map((difference) => `parameter ${parameter}: ${difference}`),
  );
}

/** Parameters belong to the bootstrap superuser, who has every privilege on them, written down or not. */
function granted({ parameterAcl, bootstrapSuperuser }: GlobalsRecord, parameter: string): GrantRecord[] {
  return (parameterAcl.find((each) => each.parameter === parameter)?.acl ?? [])
    .filter(({ grantee }) => grantee !== bootstrapSuperuser)
    .map((grant) => (grant.grantor === bootstrapSuperuser ? { ...grant, grantor: BOOTSTRAP } : grant));
}

function compareTablespaces(expected: GlobalsRecord["tablespaces"], actual: GlobalsRecord["tablespaces"]): string[] {
  const left = new Map(actual.map((tablespace) => [tablespace.name, tablespace]));
  const differences = expected.flatMap((tablespace) => {
    const found = left.get(tablespace.name);
    left.delete(tablespace.name);
    const name = `tablespace ${shownName(tablespace.name)}`;
    if (!found) return [`${name}: missing`];
    return [
      ...(["owner", "location", "comment"] as const)
        .filter((property) => tablespace[property] !== found[property])
        .map((property) => `${name}: ${property} ${found[property]}, was ${tablespace[property]}`),
      ...([...tablespace.options].sort().join() === [...found.options].sort().join()
        ? []
        : [`${name}: options ${found.options.join(", ")}, was ${tablespace.options.join(", ")}`]),
      ...compareAcl(tablespace.acl ?? defaultTablespaceAcl(tablespace.owner), found.acl ?? defaultTablespaceAcl(found.owner)).map(
        (difference) => `${name}: ${difference}`,
      ),
    ];
  });
  return [...differences, ...[...left.keys()].map((name) => `tablespace ${shownName(name)}: was not there`)];
}
