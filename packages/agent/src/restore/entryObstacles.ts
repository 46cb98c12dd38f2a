import type { ArchiveEntry } from "../archive/ArchiveEntry.js";
import { entryDependents } from "./entryDependents.js";
import { entryName } from "./entryName.js";
import type { RoleMemberships } from "./RoleMemberships.js";
import { superuserOnly } from "./superuserOnly.js";
import type { TargetFacts } from "./TargetFacts.js";

/** An archive entry that this role cannot restore into this server, found before anything is touched. */
export interface EntryObstacle {
  dumpId: number;
  /** For example `PUBLICATION everything`. */
  entry: string;
  reason: string;
  /** Whether another role could restore it; otherwise the server lacks something. */
  forbidden: boolean;
  /** What would let it be restored. */
  next: string;
}

export interface EntryChoices {
  noOwner?: boolean;
  noAcl?: boolean;
  /** Entries that the server was asked to make and would not, with its words, by dump id. */
  refused?: ReadonlyMap<number, string>;
  /** Entries that the server lets not even its managed service's administrators create, with its words, by dump id. */
  denied?: ReadonlyMap<number, string>;
}

/** Kinds that pg_restore runs as part of a grant or a remark: leaving one out costs no object and no data. */
const REMARKS = new Set(["ACL", "COMMENT", "SECURITY LABEL", "DEFAULT ACL"]);
const GRANTS = new Set(["ACL", "ACL LANGUAGE", "DEFAULT ACL"]);

/**
 * The entries that this role cannot create or this server does not have the means for, and after each those that need it. Entries whose
 * owner this role may not act as are not here, save grants and remarks: leaving out whole tables is no way out (see ownerProblems).
 */
export function entryObstacles(
  entries: readonly ArchiveEntry[],
  facts: TargetFacts,
  memberships: RoleMemberships,
  choices: EntryChoices = {},
): EntryObstacle[] {
  const direct = new Map<number, EntryObstacle>();
  for (const entry of entries) {
    const obstacle = GRANTS.has(entry.description) && choices.noAcl ? undefined : obstacleOf(entry, entries, facts, memberships, choices);
    if (obstacle) direct.set(entry.dumpId, { dumpId: entry.dumpId, entry: entryName(entry), ...obstacle });
  }
  const byId = new Map(entries.map((entry) => [entry.dumpId, entry]));
  const cause = entryDependents(entries, direct.keys());
  return entries.flatMap((entry) => {
    const own = direct.get(entry.dumpId);
    if (own) return [own];
    const needed = byId.get(cause.get(entry.dumpId) ?? 0);
    if (!needed) return [];
    const reason = `it needs ${entryName(needed)}, which cannot be restored`;
    const forbidden = direct.get(needed.dumpId)?.forbidden ?? false;
    return [{ dumpId: entry.dumpId, entry: entryName(entry), reason, forbidden, next: `see ${entryName(needed)}` }];
  });
}

type Reason = Pick<EntryObstacle, "reason" | "next" | "forbidden">;

function obstacleOf(
  entry: ArchiveEntry,
  entries: readonly ArchiveEntry[],
  facts: TargetFacts,
  memberships: RoleMemberships,
  choices: EntryChoices,
): Reason | undefined {
  const { role } = facts;
  const refused = choices.refused?.get(entry.dumpId);
  if (refused !== undefined)
    return { reason: `the server would not create it: ${refused}`, forbidden: false, next: "give the server what it lacks" };
  if (entry.description === "EXTENSION") return extensionObstacle(entry, facts);
  if (entry.accessMethod !== "" && !providesAccessMethod(entry.accessMethod, entries, facts)) {
    const reason = `the server has no access method ${entry.accessMethod}`;
    return { reason, forbidden: false, next: `install the extension that brings ${entry.accessMethod}` };
  }
  if (role.superuser) return undefined;
  const denial = choices.denied?.get(entry.dumpId);
  if (denial !== undefined) {
    const reason = `role ${role.name} may not create it, although it is a member of ${role.managedAdministrator}: ${denial}`;
    return { reason, forbidden: true, next: "leave it out, for this service has no role that may" };
  }
  const rule = role.managedAdministrator === null ? superuserOnly(entry, entries, facts) : undefined;
  if (rule !== undefined)
    return { reason: `role ${role.name} may not create it: ${rule}`, forbidden: true, next: "restore as a superuser" };
  const mayActAsOwner =
    entry.owner === "" ||
    // Whoever owns the database is a member of this one, and the restored database belongs to this role or to one that it may act as.
    entry.owner === "pg_database_owner" ||
    (memberships.maySet(role.name, entry.owner) && memberships.hasRightsOf(role.name, entry.owner));
  // Without owners everything belongs to the restoring role, so only default privileges still name another.
  const owned = !choices.noOwner || entry.description === "DEFAULT ACL";
  if (REMARKS.has(entry.description) && owned && !mayActAsOwner) {
    const reason = `role ${role.name} is no member of ${entry.owner}, who owns what it is about`;
    return { reason, forbidden: true, next: `GRANT ${entry.owner} TO ${role.name}, or restore as a superuser` };
  }
  return undefined;
}

function extensionObstacle(entry: ArchiveEntry, { extensions, role, rds }: TargetFacts): Reason | undefined {
  const available = extensions.find(({ name }) => name === entry.tag);
  if (available === undefined) {
    return {
      reason: "the server does not have this extension",
      forbidden: false,
      next: "install the package that brings it on the server's machine",
    };
  }
  if (rds?.extensions?.has(entry.tag) === false) {
    return {
      reason: "Amazon RDS does not let this instance have it (rds.extensions, rds.allowed_extensions)",
      forbidden: false,
      next: "add it to rds.allowed_extensions in the parameter group, or restore into an engine version that offers it",
    };
  }
  if (available.open || role.superuser || role.managedAdministrator !== null) return undefined;
  const reason = `role ${role.name} may not create it: the extension is not marked as trusted, so only a superuser may`;
  return { reason, forbidden: true, next: "restore as a superuser" };
}

function providesAccessMethod(name: string, entries: readonly ArchiveEntry[], facts: TargetFacts): boolean {
  return (
    facts.accessMethods.includes(name) ||
    // An extension may bring it, as may an entry of its own; then the entry or the extension decides.
    entries.some(({ description, tag }) => (description === "ACCESS METHOD" && tag === name) || description === "EXTENSION")
  );
}
